"""A balance below zero is a debt with a day: it ages, its merchant is reminded level by level, finance may pause it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.models import AuditEntry
from backoffice.kernel.money import Money
from billing.debt_invariants import debts_have_their_day, reminders_come_later
from billing.dunning import due_level
from billing.entries.drafts import Line, merchant
from billing.models import Balance, Debt, DebtReminder, LegalEntity
from billing.operations.adjustments import propose_adjustment, refuse_adjustment
from billing.operations.debts import pause_reminders, resume_reminders
from billing.operations.entities import change_entity
from billing.operations.ledger import post_entries
from billing.permissions import (
    APPROVE_ADJUSTMENT,
    EDIT_ENTITY,
    VIEW_FINANCE,
)
from billing.selectors.debts import get_debt, list_debt_ages, list_debts
from mms.models import Mail, Task
from tests.billing.at_once import at_once
from tests.billing.debt_stories import FINANCE, earns, levels, owes, ref_of, reminded, since_of
from tests.factories import billing as make
from tests.factories import mas
from tests.factories.actors import operator_actor
from tests.factories.billing import NOON, draft, entity

pytestmark = pytest.mark.django_db

DECIDER = operator_actor(APPROVE_ADJUSTMENT, label="Dora Decider", user_id=6)


# Since when


def test_a_debt_keeps_its_day_until_it_is_paid_and_comes_back_with_a_new_one(books, seller):
    owes(books, seller, 5000, on=0)
    owes(books, seller, 100, on=3)
    earns(books, seller, 5099, on=5)
    assert since_of(books, seller) == NOON
    earns(books, seller, 1, on=6)
    assert since_of(books, seller) is None
    owes(books, seller, 1, on=9)
    assert since_of(books, seller) == NOON + timedelta(days=9)
    assert list(debts_have_their_day()) == []


def test_entries_posted_together_count_by_their_sum(books, seller):
    lines = [
        (Line("2110", 700, "EUR", merchant(seller.pk)), Line("2300", -700, "EUR")),
        (Line("2110", -700, "EUR", merchant(seller.pk)), Line("1100", 700, "EUR")),
    ]
    post_entries([draft(books.pk, "", *each) for each in lines], actor=make.ACTOR)
    assert since_of(books, seller) is None


def test_every_company_and_currency_has_its_own_debt(books, seller):
    other = entity()
    owes(books, seller, on=0)
    owes(other, seller, on=1)
    owes(books, seller, on=2, currency="CHF")
    rows = list_debts(FINANCE)
    assert [(row.account.entity_id, row.currency) for row in rows] == [
        (books.pk, "EUR"),
        (other.pk, "EUR"),
        (books.pk, "CHF"),
    ]


@pytest.mark.parametrize(
    ("days", "age"), [(0, "30"), (30, "30"), (31, "60"), (60, "60"), (61, "90"), (90, "90"), (91, "older")]
)
def test_debts_grow_older_day_by_day(books, seller, days, age):
    owes(books, seller, 5000)
    with clock.frozen_at(NOON + timedelta(days=days)):
        assert get_debt(ref_of(books, seller), actor=FINANCE).age == age
        [ages] = list_debt_ages()
    assert {bucket: (owed, count) for bucket, _label, owed, count in ages.buckets if count} == {
        age: (5000, 1)
    }


def test_what_is_owed_by_age_adds_up_per_currency(books, seller):
    other = mas.merchant()
    owes(books, seller, 5000, on=0)
    owes(books, other, 700, on=40)
    owes(books, other, 20, on=40, currency="CHF")
    with clock.frozen_at(NOON + timedelta(days=45)):
        found = {row.currency: row.owed_minor for row in list_debt_ages()}
    assert found["EUR"] == {"30": 700, "60": 5000, "90": 0, "older": 0}
    assert found["CHF"]["30"] == 20


def test_the_doctor_sees_a_debt_without_a_day_and_a_day_without_a_debt(books, seller):
    owes(books, seller)
    Balance.objects.filter(posted_minor=5000).update(below_zero_since=None)
    assert len(list(debts_have_their_day())) == 1
    Balance.objects.filter(posted_minor=5000).update(posted_minor=0, below_zero_since=NOON)
    assert len(list(debts_have_their_day())) == 1


# Levels


@pytest.mark.parametrize(
    ("days", "last", "age", "level"),
    [
        ((14, 30, 60), None, 13, None),
        ((14, 30, 60), None, 14, 1),
        ((14, 30, 60), None, 99, 1),
        ((14, 30, 60), (1, 14), 29, None),
        ((14, 30, 60), (1, 14), 30, 2),
        ((14, 30, 60), (1, 40), 41, None),
        ((14, 30, 60), (1, 40), 56, 2),
        ((14, 30, 60), (2, 30), 60, 3),
        ((14, 30, 60), (3, 60), 400, None),
        ((0, 30, 60), None, 29, None),
        ((0, 30, 60), None, 30, 2),
        ((14, 0, 60), (1, 14), 60, 3),
        ((14, 30, 0), (2, 30), 400, None),
        ((0, 0, 0), None, 400, None),
    ],
)
def test_which_level_is_due(days, last, age, level):
    sent = (last[0], NOON + timedelta(days=last[1])) if last else None
    assert due_level(days, NOON, NOON + timedelta(days=age), sent) == level


def test_each_level_is_sent_once_and_the_last_one_asks_finance(books, seller):
    owes(books, seller)
    sent = [reminded(on=day) for day in (13, 14, 14, 15, 29, 30, 31, 59, 60, 61, 200)]
    assert sent == [0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0]
    assert levels() == [1, 2, 3]
    assert Mail.objects.filter(template="billing.debt_reminder").count() == 3
    task = Task.objects.get(kind="billing.debt")
    assert (task.closed_at, task.subject_ref) == (None, Debt.objects.get().ref)
    assert list(reminders_come_later()) == []

    earns(books, seller, 5000, on=201)
    reminded(on=201)
    task.refresh_from_db()
    assert task.closed_at == NOON + timedelta(days=201)


def test_a_debt_that_comes_back_starts_anew(books, seller):
    owes(books, seller)
    for day in (14, 30, 60):
        reminded(on=day)
    earns(books, seller, 5000, on=70)
    owes(books, seller, 2000, on=71)
    assert [reminded(on=day) for day in (72, 84, 85, 101)] == [0, 0, 1, 1]
    assert levels() == [1, 2, 3, 1, 2]
    assert not Task.objects.filter(kind="billing.debt", closed_at=None).exists()
    assert Debt.objects.filter(ended_at=None).count() == 1


def test_an_old_debt_is_reminded_gently_at_first(books, seller):
    owes(books, seller)
    assert [reminded(on=day) for day in (100, 101, 115, 116, 145, 146)] == [1, 0, 0, 1, 0, 1]
    assert levels() == [1, 2, 3]


def test_companies_say_when_and_how_much(books, seller):
    changer = operator_actor(EDIT_ENTITY)
    change_entity(books.code, changes={"reminder_1_days": 0, "reminder_minimum_minor": 5001}, actor=changer)
    owes(books, seller)
    assert reminded(on=40) == 0
    owes(books, seller, 1, on=41)
    assert (reminded(on=41), levels()) == (1, [2])
    with pytest.raises(InvalidInput) as refused:
        change_entity(books.code, changes={"reminder_3_days": 30}, actor=changer)
    assert "reminder_3_days" in refused.value.fields
    assert LegalEntity.objects.get(pk=books.pk).reminder_days == (0, 30, 60)


def test_the_mail_says_how_much_since_when_and_how_to_settle(books):
    seller = mas.merchant(language="de")
    owes(books, seller)
    reminded(on=14)
    mail = Mail.objects.get()
    assert mail.language == "de"
    assert "50,00" in mail.subject
    assert "15. Juni 2026" in mail.body
    assert "DE89 3704 0044 0532 0130 00" in mail.body
    assert seller.ref in mail.body
    assert books.name in mail.body


def test_without_an_account_only_sales_settle_it():
    books, seller = entity(iban=""), mas.merchant()
    owes(books, seller)
    reminded(on=14)
    assert "Your next sales settle it by themselves." in Mail.objects.get().body


def test_nothing_is_sent_while_a_write_off_or_a_chargeback_is_undecided(books, seller):
    owes(books, seller)
    asked = propose_adjustment(
        seller.ref,
        entity=books,
        kind="write_off",
        amount=Money(5000, "EUR"),
        reason="Bankrupt",
        actor=FINANCE,
    )
    assert reminded(on=14) == 0
    refuse_adjustment(asked.ref, actor=DECIDER)
    make.dispute(make.earning(seller, entity=books))
    assert reminded(on=15) == 0
    make.Dispute.objects.update(state="won")
    assert reminded(on=16) == 1


# Pauses


def test_a_pause_with_a_reason_holds_until_its_moment(books, seller):
    owes(books, seller)
    ref = ref_of(books, seller)
    with clock.frozen_at(NOON + timedelta(days=10)):
        row = pause_reminders(ref, until=NOON + timedelta(days=35), reason="Pays in parts", actor=FINANCE)
    assert row.pause_reason == "Pays in parts"
    assert [reminded(on=day) for day in (14, 30, 34)] == [0, 0, 0]
    assert [reminded(on=day) for day in (35, 36, 51)] == [1, 0, 1]
    [entry] = AuditEntry.objects.filter(action="billing.debt.paused")
    assert (entry.note, entry.actor_label, entry.merchant_id) == ("Pays in parts", "Fina", seller.pk)


def test_a_pause_is_ended_early_and_ends_with_its_debt(books, seller):
    owes(books, seller)
    ref, far = ref_of(books, seller), NOON + timedelta(days=3650)
    pause_reminders(ref, until=far, reason="Wait", actor=FINANCE)
    for _again in range(2):
        assert resume_reminders(ref, actor=FINANCE).paused_until is None
    assert AuditEntry.objects.filter(action="billing.debt.resumed").count() == 1
    pause_reminders(ref, until=far, reason="Wait", actor=FINANCE)
    earns(books, seller, 5000, on=1)
    with pytest.raises(NotFound):
        get_debt(ref, actor=FINANCE)
    owes(books, seller, on=2)
    assert reminded(on=16) == 1


def test_a_pause_needs_a_reason_a_later_day_and_the_right(books, seller):
    owes(books, seller)
    ref, far = ref_of(books, seller), clock.now() + timedelta(days=1)
    with pytest.raises(InvalidInput) as refused:
        pause_reminders(ref, until=far, reason=" ", actor=FINANCE)
    assert "reason" in refused.value.fields
    with pytest.raises(InvalidInput) as refused:
        pause_reminders(ref, until=clock.now(), reason="x", actor=FINANCE)
    assert "until" in refused.value.fields
    with pytest.raises(PermissionRefused):
        pause_reminders(ref, until=far, reason="x", actor=operator_actor(VIEW_FINANCE))
    assert not Debt.objects.exists()


# The database and two workers


def test_the_database_takes_a_level_and_a_debt_once(books, seller):
    owes(books, seller)
    reminded(on=14)
    debt = Debt.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DebtReminder.objects.create(debt=debt, level=1, amount_minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DebtReminder.objects.create(debt=debt, level=4, amount_minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Debt.objects.create(account=debt.account, since=debt.since)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_reminder_once(books, seller):
    sellers = [seller, *(mas.merchant() for _number in range(4))]
    for each in sellers:
        owes(books, each)

    def run():
        return reminded(on=14)

    at_once(run, run)
    reminded(on=14)
    assert DebtReminder.objects.count() == Debt.objects.count() == len(sellers)
    assert Mail.objects.filter(template="billing.debt_reminder").count() == len(sellers)


@pytest.mark.django_db(transaction=True)
def test_a_debt_paid_while_it_is_reminded_ends(books, seller):
    owes(books, seller)
    at_once(lambda: reminded(on=60), lambda: earns(books, seller, 5000, on=60))
    reminded(on=61)
    assert not Debt.objects.filter(ended_at=None).exists()
    assert list(debts_have_their_day()) == []


def test_looking_for_debts_costs_the_same_however_many_owe(books, seller, django_assert_num_queries):
    owes(books, seller)
    with CaptureQueriesContext(connection) as captured:
        reminded(on=1)
    for _number in range(3):
        owes(books, mas.merchant())
    with django_assert_num_queries(len(captured)):
        assert reminded(on=1) == 0
