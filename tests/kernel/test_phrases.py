"""A sentence that is stored by one person is read by another in their own language."""

import copy
import json

import pytest
from django.db import connection
from django.utils import translation

from backoffice.kernel import audit
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import Conflict
from backoffice.kernel.models import AuditEntry, Job
from backoffice.kernel.phrases import Phrase, clipped, shown, stored
from backoffice.kernel.phrases import gettext as _
from oms.models import DeliveryMethod
from oms.operations.delivery import MethodTerms, PriceStep, ZoneTerms, save_method, save_zone
from tests.factories import mas


def unpack(name: str) -> Phrase:
    return _("Unpack %(name)s") % {"name": name}


def test_a_phrase_is_a_text_in_the_language_of_whoever_acts():
    with translation.override("de"):
        assert unpack("a.zip") == "a.zip entpacken"
    assert f"{unpack('a.zip')}!" == "Unpack a.zip!"


def test_a_stored_phrase_is_told_in_the_language_of_whoever_reads():
    with translation.override("de"):
        kept = stored(unpack("Bücher.zip"))
    assert shown(kept) == "Unpack Bücher.zip"
    with translation.override("de"):
        assert shown(kept) == "Bücher.zip entpacken"


def test_a_phrase_may_hold_another_one_such_as_the_reason_of_a_refusal():
    reason = str(Conflict(_("The row has no SKU.")))
    kept = stored(_("%(ref)s could not be charged: %(reason)s") % {"ref": "MO-1", "reason": reason})
    with translation.override("de"):
        assert "Die Zeile hat keine SKU." in shown(kept)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Too late.",
        "100 % wool",
        '{"phrase": ',
        '{"phrase": "x"}',
        '{"phrase": "%(a)s", "with": {"b": 1}}',
        "{}",
    ],
)
def test_words_that_a_person_typed_stay_what_they_are(text):
    assert shown(stored(text)) == text


def test_cutting_a_text_leaves_a_phrase_whole():
    assert clipped("abcdef", 3) == "abc"
    assert clipped(unpack("a.zip"), 3) == "Unpack a.zip"


@pytest.mark.django_db
def test_a_saved_title_keeps_its_language_open_also_when_saved_again():
    job = Job.objects.create(kind="any", title=unpack("a.zip"))
    with translation.override("de"):
        again = Job.objects.get(pk=job.pk)
        assert again.title == "a.zip entpacken"
        again.save()
    assert Job.objects.values_list("title", flat=True).get(pk=job.pk) == "Unpack a.zip"


@pytest.mark.django_db
def test_the_seal_of_the_audit_trail_does_not_depend_on_the_language_of_whoever_checks_it():
    job = Job.objects.create(kind="any", title="Job")
    audit.record("tests.noted", actor=system_actor(), subject=job, note=unpack("a.zip"))
    with translation.override("de"):
        audit.seal_entries()
        assert AuditEntry.objects.get().note == "a.zip entpacken"
    assert list(audit.broken_links()) == []


@pytest.mark.django_db
def test_what_the_column_holds_can_be_read_without_this_program():
    Job.objects.create(kind="any", title=unpack("a.zip"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM kernel_job")
        kept = json.loads(cursor.fetchone()[0])
    assert kept == {"phrase": "Unpack %(name)s", "with": {"name": "a.zip"}}


def test_a_copied_phrase_is_still_a_phrase():
    assert stored(copy.deepcopy(unpack("a.zip"))) == stored(unpack("a.zip"))


@pytest.mark.django_db
def test_a_way_of_delivery_may_be_named_in_each_buyers_language():
    merchant = mas.merchant()
    zone = save_zone(ZoneTerms("Europe", ("DE",)), merchant_id=merchant.pk, actor=system_actor())
    save_method(zone.ref, MethodTerms(name=_("Parcel")), [PriceStep("EUR", 0, 390)], actor=system_actor())
    save_method(zone.ref, MethodTerms(name="By bike"), [PriceStep("EUR", 0, 990)], actor=system_actor())
    with translation.override("de"):
        assert sorted(DeliveryMethod.objects.values_list("name", flat=True)) == ["By bike", "Paket"]
