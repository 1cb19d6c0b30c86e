"""Undoing an entry takes two people and happens once; both entries lead to each other."""

import re
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused, StateRefused
from backoffice.kernel.money import Money
from billing import fee_invariants as promises
from billing.errors import AlreadyReversed, EntryHasOwnWay, SamePerson
from billing.event_words import event_label
from billing.invariants import balances_equal_postings, zero_sum
from billing.models import Adjustment, JournalEntry, ReversalRequest
from billing.operations.adjustments import approve_adjustment, propose_adjustment
from billing.operations.ledger import reverse_entry
from billing.operations.payouts import claim_payout
from billing.operations.reversals import ask_to_reverse_entry, confirm_reversal, refuse_reversal
from billing.permissions import (
    ADJUST_BALANCE,
    APPROVE_ADJUSTMENT,
    APPROVE_REVERSAL,
    REVERSE_ENTRY,
    VIEW_FINANCE,
)
from mms.operations.api_keys import create_api_key
from tests.billing.payout_stories import PREPARER, paid_out
from tests.factories import mms
from tests.factories.actors import operator_actor, stranger_actor
from tests.factories.billing import balance_of, entity, funded

pytestmark = pytest.mark.django_db

ASKER = operator_actor(REVERSE_ENTRY, APPROVE_REVERSAL, label="Anna Asker", user_id=1)
SECOND = operator_actor(APPROVE_REVERSAL, label="Sven Second", user_id=2)


@pytest.fixture
def entry(books, seller):
    return funded(books, seller.pk, 500)


def asked(entry):
    return ask_to_reverse_entry(entry.pk, reason="Booked twice", actor=ASKER)


def available(books, seller):
    return balance_of(books, "2110", merchant_id=seller.pk)


def test_asking_moves_nothing_and_a_second_person_books_the_opposite_once(books, seller, entry):
    request = asked(entry)
    assert asked(entry).pk == request.pk
    assert (JournalEntry.objects.count(), available(books, seller)) == (1, -500)

    done = confirm_reversal(request.ref, actor=SECOND)
    again = confirm_reversal(request.ref, actor=SECOND)

    assert (done.state, again.reversal_id) == ("confirmed", done.reversal_id)
    assert (JournalEntry.objects.count(), available(books, seller)) == (2, 0)
    opposite = JournalEntry.objects.get(pk=done.reversal_id)
    assert (opposite.reverses_id, opposite.note) == (entry.pk, "Booked twice")
    assert [*zero_sum(), *balances_equal_postings(), *promises.reversals_undo()] == []
    for part in (entry, opposite):
        with pytest.raises(AlreadyReversed):
            asked(part)


def test_who_asked_does_not_confirm(books, seller, entry):
    request = asked(entry)
    with pytest.raises(SamePerson):
        confirm_reversal(request.ref, actor=ASKER)
    other = reverse_entry(funded(books, seller.pk, 5).pk, reason="x", actor=system_actor())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReversalRequest.objects.filter(pk=request.pk).update(
            state="confirmed", decided_by_user_id=1, reversal=other
        )
    assert available(books, seller) == -500


def test_a_confirmed_reversal_has_its_entry_and_one_waits_per_entry(entry):
    request = asked(entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReversalRequest.objects.filter(pk=request.pk).update(state="confirmed", decided_by_user_id=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReversalRequest.objects.create(entry=entry, reason="x", asked_by_label="x")


def test_a_refused_reversal_moves_nothing_and_can_be_asked_for_again(books, seller, entry):
    request = asked(entry)
    assert refuse_reversal(request.ref, actor=SECOND).state == "refused"
    assert refuse_reversal(request.ref, actor=SECOND).state == "refused"
    with pytest.raises(StateRefused):
        confirm_reversal(request.ref, actor=SECOND)
    assert available(books, seller) == -500

    second = asked(entry)
    assert second.pk != request.pk
    confirm_reversal(second.ref, actor=SECOND)
    with pytest.raises(StateRefused):
        refuse_reversal(second.ref, actor=SECOND)


def test_who_asked_may_take_it_back_without_the_second_right(entry):
    clerk = operator_actor(REVERSE_ENTRY, user_id=7)
    request = ask_to_reverse_entry(entry.pk, reason="Twice", actor=clerk)
    with pytest.raises(PermissionRefused):
        refuse_reversal(request.ref, actor=operator_actor(REVERSE_ENTRY, user_id=8))
    assert refuse_reversal(request.ref, actor=clerk).state == "refused"


def test_what_was_reversed_meanwhile_is_not_reversed_again(entry):
    request = asked(entry)
    reverse_entry(entry.pk, reason="By the program", actor=system_actor())
    with pytest.raises(AlreadyReversed):
        confirm_reversal(request.ref, actor=SECOND)
    assert ReversalRequest.objects.get().state == "asked"
    refuse_reversal(request.ref, actor=SECOND)


def test_rights_reasons_and_entries_are_checked(entry):
    for act in (
        lambda: ask_to_reverse_entry(entry.pk, reason="x", actor=SECOND),
        lambda: confirm_reversal(asked(entry).ref, actor=operator_actor(REVERSE_ENTRY, user_id=3)),
    ):
        with pytest.raises(PermissionRefused):
            act()
    with pytest.raises(InvalidInput):
        ask_to_reverse_entry(entry.pk, reason=" ", actor=ASKER)
    with pytest.raises(PermissionRefused):
        ask_to_reverse_entry(entry.pk, reason="x", actor=stranger_actor())
    with pytest.raises(NotFound):
        ask_to_reverse_entry("00000000-0000-7000-8000-000000000000", reason="x", actor=ASKER)
    with pytest.raises(NotFound):
        confirm_reversal("REV-NONE", actor=SECOND)


def test_what_has_its_own_way_says_which(books, seller):
    payout = paid_out(books, seller)
    claim_payout(payout.ref, actor=PREPARER)
    claimed = JournalEntry.objects.get(event_type="payout_claimed")
    with pytest.raises(EntryHasOwnWay, match="rejection or its return"):
        asked(claimed)


@pytest.mark.parametrize("kind", ["goodwill", "penalty", "merchant_fee"])
def test_an_adjustment_that_is_undone_counts_as_taken_back_and_doctor_agrees(books, seller, kind):
    mms.tax_rate("DE", rate_bps=1900)
    made = propose_adjustment(
        seller.ref,
        entity=books,
        kind=kind,
        amount=Money(500, "EUR"),
        reason="Agreed",
        actor=operator_actor(ADJUST_BALANCE, user_id=1),
    )
    approve_adjustment(made.ref, actor=operator_actor(APPROVE_ADJUSTMENT, user_id=2))
    entry = JournalEntry.objects.get(source_id=made.ref)
    confirm_reversal(asked(entry).ref, actor=SECOND)

    assert Adjustment.objects.get().state == "reversed"
    assert available(books, seller) == 0
    assert [*promises.adjustments_match(), *promises.merchant_fees_match()] == []
    Adjustment.objects.update(state="approved")
    assert len(list(promises.adjustments_match())) == 1


def test_two_people_on_the_pages_and_the_link_on_both_entries(books, seller, entry):
    finance = mms.sign_in(Client(), mms.operator_user("finance"))
    approver = mms.sign_in(Client(), mms.operator_user("finance-approver"))
    page = reverse("console:billing-entry-detail", args=[entry.pk])
    ask = reverse("console:billing-entry-ask", args=[entry.pk])
    assert ask in finance.get(page).content.decode()
    assert ask not in approver.get(page).content.decode()

    finance.post(ask, {"reason": "Booked twice"})
    request = ReversalRequest.objects.get()
    confirm = reverse("console:billing-reversal-confirm", args=[request.ref])
    assert confirm in approver.get(page).content.decode()
    assert finance.post(confirm).status_code == 403
    assert "Reversals to confirm" in approver.get(reverse("console:billing-finance-home")).content.decode()
    assert request.ref in approver.get(reverse("console:billing-reversal-list")).content.decode()

    approver.post(confirm)
    opposite = JournalEntry.objects.get(reverses=entry)
    other = reverse("console:billing-entry-detail", args=[opposite.pk])
    assert other in finance.get(page).content.decode()
    assert page in finance.get(other).content.decode()
    assert ask not in finance.get(page).content.decode()


def test_the_asker_reads_that_another_person_must_confirm(entry):
    person = mms.operator_user("operator-admin")
    client = mms.sign_in(Client(), person)
    client.post(reverse("console:billing-entry-ask", args=[entry.pk]), {"reason": "Twice"})
    page = client.get(reverse("console:billing-entry-detail", args=[entry.pk])).content.decode()
    assert "Another person must confirm what you asked for." in page
    client.post(reverse("console:billing-reversal-confirm", args=[ReversalRequest.objects.get().ref]))
    assert ReversalRequest.objects.get().state == "asked"


def test_a_program_asks_and_reads_but_does_not_confirm(client, entry):
    secret = create_api_key(name="Bookkeeping", grants={VIEW_FINANCE, REVERSE_ENTRY}, actor=system_actor())[1]
    headers = {"authorization": f"Bearer {secret}"}
    path = "/api/operator/v1/reversals"
    body = {"entry": str(entry.pk), "reason": "Twice"}
    made = client.post(
        path, body, content_type="application/json", headers=headers | {"idempotency-key": "1"}
    ).json()
    assert (made["state"], made["reversal"]) == ("asked", None)
    confirm_reversal(made["ref"], actor=SECOND)
    (row,) = client.get(path, {"state": "confirmed"}, headers=headers).json()["items"]
    assert row["reversal"] == str(JournalEntry.objects.get(reverses=entry).pk)
    body["entry"] = "17"
    refused = client.post(
        path, body, content_type="application/json", headers=headers | {"idempotency-key": "2"}
    )
    assert refused.status_code == 404


def test_every_event_of_the_journal_has_words():
    folder = Path(__file__).parents[2] / "billing" / "entries"
    events = set()
    for file in folder.glob("*.py"):
        text = file.read_text()
        events |= set(re.findall(r'event_type="(\w+)"', text))
        prefix = re.search(r'event_type=f"(\w+_)\{step\}"', text)
        pattern = r'_?draft\(\w+, "(\w+)", '
        events |= {(prefix[1] if prefix else "") + step for step in re.findall(pattern, text)}
    assert len(events) > 20
    assert {event for event in events if event_label(event) == event} == set()
    assert event_label("capture_reversed") == "Undone: Payment captured"
    assert event_label("of_somebody_else") == "of_somebody_else"


def test_an_entity_of_its_own_is_not_touched(books, seller, entry):
    other = entity()
    funded(other, seller.pk, 70)
    confirm_reversal(asked(entry).ref, actor=SECOND)
    assert available(other, seller) == -70
