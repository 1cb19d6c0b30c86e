"""The trail keeps codes and names of timers; people read words."""

import pytest
from django.utils import translation

from backoffice.kernel import audit
from backoffice.kernel.actors import timer_actor
from backoffice.ui.timeline import actor_text, by_day
from tests.factories import mas
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db


def entry_of(changes, actor):
    merchant = mas.merchant()
    audit.record("mas.merchant.approved", actor=actor, subject=merchant, changes=changes)
    ((_day, (entry, *_others)),) = by_day(audit.list_entries(merchant))
    return entry


def test_changed_states_are_told_in_the_words_of_their_badges_and_in_the_readers_language():
    changes = {"kyc_status": ["to_approve", "approved"]}
    with translation.override("de"):
        entry = entry_of(changes, operator_actor())
        shown = [str(word) for word in entry.changes[0]]
    assert shown == ["Identitätsprüfung", "Freizugeben", "Genehmigt"]


def test_a_field_without_words_is_read_from_its_name_and_nothing_is_called_empty():
    entry = entry_of({"some_thing": [{}, "new_value"]}, operator_actor())
    assert entry.changes == (("Some thing", "empty", "new value"),)


def test_timers_are_named_in_words_and_people_by_their_names():
    assert str(entry_of({}, timer_actor("terms-overdue")).actor) == "Terms: not accepted in time"
    assert actor_text("Olivia Brandt") == "Olivia Brandt"
