"""Posting, repeating, reversing; balances on two axes; the chain; periods."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound, PermissionRefused
from billing.entries.drafts import Line, Owner, merchant
from billing.errors import (
    AlreadyReversed,
    EntryUnbalanced,
    NotEnoughAvailable,
    PayloadConflict,
    PeriodNotClosable,
    SamePerson,
)
from billing.models import Account, Balance, BalanceSnapshot, JournalEntry, JournalSeal, Period, Posting
from billing.operations.chain import broken_links, chain_entries
from billing.operations.ledger import post_entries, post_entry, reverse_entry
from billing.operations.periods import (
    ask_to_reopen_period,
    explain_clearing,
    hard_close_period,
    month_of,
    reopen_period,
    soft_close_period,
)
from billing.operations.snapshots import take_snapshots
from billing.permissions import CLOSE_PERIOD
from billing.selectors.balances import (
    get_balance,
    get_balance_as_of,
    get_merchant_balances,
    get_trial_balance,
)
from billing.selectors.closing import list_clearing
from tests.factories.actors import operator_actor
from tests.factories.billing import ACTOR, NOON, balance_of, draft, entity, funded, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    return entity()


def account(books, code):
    return Account.objects.get(entity=books, code=code)


def test_the_same_entry_twice_is_one_entry(books):
    first = post_entry(draft(books.pk, "capture:card:1"), actor=ACTOR)
    again = post_entry(draft(books.pk, "capture:card:1"), actor=ACTOR)

    assert again == first
    assert (JournalEntry.objects.count(), Posting.objects.count()) == (1, 2)
    assert balance_of(books, "2110", merchant_id=1) == -1000


def test_the_same_key_with_other_amounts_is_a_conflict_and_writes_nothing(books):
    post_entry(draft(books.pk, "capture:card:1"), actor=ACTOR)
    other = draft(
        books.pk, "capture:card:1", Line("1100", 5, "EUR"), Line("2110", -5, "EUR", merchant(1), "sale")
    )

    with pytest.raises(PayloadConflict):
        post_entry(other, actor=ACTOR)

    assert JournalEntry.objects.count() == 1
    assert balance_of(books, "2110", merchant_id=1) == -1000


def test_the_same_key_in_another_entity_is_another_entry(books):
    post_entry(draft(books.pk, "capture:card:1"), actor=ACTOR)
    post_entry(draft(entity().pk, "capture:card:1"), actor=ACTOR)

    assert JournalEntry.objects.count() == 2


@pytest.mark.parametrize(
    "lines",
    [
        (Line("1100", 5, "EUR"), Line("4000", -4, "EUR")),
        (Line("1100", 5, "EUR"), Line("4000", -5, "USD")),
        (Line("1100", 5, "EUR"),),
        (Line("1100", 5, "EUR"), Line("2110", -5, "EUR")),
    ],
)
def test_an_entry_that_does_not_balance_is_refused(books, lines):
    with pytest.raises(EntryUnbalanced):
        post_entry(draft(books.pk, "bad", *lines), actor=ACTOR)

    assert JournalEntry.objects.count() == 0


def test_money_out_never_overdraws(books):
    funded(books, 1, 500)
    out = draft(
        books.pk,
        "out",
        Line("2110", 501, "EUR", merchant(1), "payout", guarded=True),
        Line("2200", -501, "EUR"),
    )

    with pytest.raises(NotEnoughAvailable):
        post_entry(out, actor=ACTOR)

    assert balance_of(books, "2110", merchant_id=1) == -500
    assert not JournalEntry.objects.filter(idem_key="out").exists()


def test_refunds_may_take_a_merchant_below_zero(books):
    funded(books, 1, 500)
    posted(books.pk, Line("2110", 700, "EUR", merchant(1), "refund"), Line("2300", -700, "EUR"))

    assert get_merchant_balances(1)[0].available_minor == -200


def test_posting_one_entry_costs_few_statements(books, django_assert_num_queries):
    funded(books, 1, 500)
    # known, accounts, periods, entry, postings, seal, balance and the begin and end of the transaction
    with django_assert_num_queries(9):
        post_entry(draft(books.pk), actor=ACTOR)


def test_many_entries_cost_few_statements(books, django_assert_max_num_queries):
    funded(books, 1, 500)
    drafts = [draft(books.pk) for _number in range(300)]
    with django_assert_max_num_queries(9):
        post_entries(drafts, actor=ACTOR)

    assert balance_of(books, "2110", merchant_id=1) == -500 - 300 * 1000
    assert Balance.objects.get(account=account(books, "2110")).posted_minor == -300_500


def test_a_batch_may_repeat_itself(books):
    one, two = draft(books.pk, "a"), draft(books.pk, "b")
    entries = post_entries([one, two, one], actor=ACTOR)

    assert entries[0] == entries[2]
    assert JournalEntry.objects.count() == 2


def test_an_entry_and_its_reversal_restore_every_balance(books):
    entry = funded(books, 1, 500)
    reverse_entry(entry.pk, reason="Booked twice by the provider", actor=ACTOR)

    assert (balance_of(books, "1100"), balance_of(books, "2110", merchant_id=1)) == (0, 0)


def test_an_entry_is_reversed_once_and_a_reversal_never(books):
    entry = funded(books, 1, 500)
    reversal = reverse_entry(entry.pk, reason="wrong", actor=ACTOR)

    for closed in (entry, reversal):
        with pytest.raises(AlreadyReversed):
            reverse_entry(closed.pk, reason="again", actor=ACTOR)

    assert JournalEntry.objects.count() == 2


def test_reversing_what_does_not_exist_is_not_found(books):
    with pytest.raises(NotFound):
        reverse_entry("00000000-0000-7000-8000-000000000000", reason="?", actor=ACTOR)


def test_the_chain_numbers_entries_without_gaps_and_proves_itself(books):
    for _number in range(3):
        posted(books.pk)

    assert chain_entries() == 3
    assert chain_entries() == 0
    assert sorted(JournalSeal.objects.values_list("seq", flat=True)) == [1, 2, 3]
    assert list(broken_links()) == []


def test_a_changed_posting_shows_in_the_chain(books):
    entry = posted(books.pk)
    chain_entries()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_posting_no_update")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")
    Posting.objects.filter(entry=entry, line_no=1).update(kind="forged")

    assert list(broken_links()) == [f"journal entry {entry.pk} was changed after it was sealed"]


def test_balances_read_the_same_from_snapshots_and_from_postings(books):
    funded(books, 1, 500)
    take_snapshots()
    funded(books, 1, 200)

    assert BalanceSnapshot.objects.count() == 2
    assert get_balance(account(books, "1100").pk) == 700
    assert get_balance(account(books, "2110").pk) == -700
    assert take_snapshots() == 2
    assert get_balance(account(books, "1100").pk) == 700


def test_a_past_balance_is_read_on_both_axes(books):
    day = timedelta(days=1)
    with clock.frozen_at(NOON):
        funded(books, 1, 500)
    with clock.frozen_at(NOON + day):
        take_snapshots()
    with clock.frozen_at(NOON + 3 * day):
        posted(
            books.pk,
            Line("1100", 40, "EUR", Owner("psp:card")),
            Line("4000", -40, "EUR"),
            occurred_at=NOON + day,
        )
    psp = account(books, "1100").pk

    assert get_balance_as_of(psp, NOON - day) == 0
    assert get_balance_as_of(psp, NOON + 2 * day) == 500
    assert get_balance_as_of(psp, NOON + 2 * day, axis="effective") == 540
    assert get_balance_as_of(psp, NOON + 4 * day) == 540


def test_the_trial_balance_is_read_on_both_axes(books):
    late = posted(books.pk, occurred_at=NOON - timedelta(days=30))
    between = NOON - timedelta(days=1)

    assert get_trial_balance(books.pk, at=between) == []
    rows = get_trial_balance(books.pk, at=between, axis="effective")
    assert {row.code: row.minor for row in rows} == {"1100": 1000, "2110": 1000}
    assert late.booked_at > between


def test_the_trial_balance_sums_to_zero(books):
    funded(books, 1, 500)
    rows = {row.code: row.minor for row in get_trial_balance(books.pk)}

    assert rows == {"1100": 500, "2110": 500}


CLOSER = operator_actor(CLOSE_PERIOD, user_id=1)
OTHER = operator_actor(CLOSE_PERIOD, user_id=2)


def close(books, month):
    period = Period.objects.get(entity=books, starts_on=month)
    chain_entries()
    explain_everything(period)
    return hard_close_period(period.pk, actor=CLOSER)


def explain_everything(period):
    for row in list_clearing(period):
        if not row.is_explained:
            explain_clearing(
                period.pk, code=row.code, currency=row.currency, text="Paid on the 2nd", actor=CLOSER
            )


def test_a_late_event_lands_in_the_open_month_with_its_own_date(books):
    may = datetime(2026, 5, 20, 12, tzinfo=UTC)
    with clock.frozen_at(NOON):
        posted(books.pk, occurred_at=may)
        close(books, date(2026, 5, 1))
        late = posted(books.pk, occurred_at=may)

    assert (late.period.ref, late.occurred_at) == ("2026-06", may)


def test_a_softly_closed_month_takes_adjustments_only(books):
    first = posted(books.pk)
    soft_close_period(first.period_id, actor=CLOSER)

    assert posted(books.pk, is_adjustment=True).period == first.period
    assert posted(books.pk).period.starts_on > first.period.starts_on


def test_the_database_refuses_an_entry_into_a_closed_month(books):
    first = posted(books.pk)
    close(books, first.period.starts_on)

    with pytest.raises(Exception, match="closed"):
        JournalEntry.objects.create(
            seal_id=first.pk.__class__(int=7),
            entity=books,
            period=first.period,
            event_type="test",
            source_type="test",
            source_id="1",
            idem_key="x",
            payload_sha256="0" * 64,
            occurred_at=NOON,
            actor_label="tests",
            n_lines=2,
        )


def test_a_month_with_unchained_entries_or_open_suspense_is_not_closed(books):
    period = posted(books.pk, Line("1010", 9, "EUR"), Line("2900", -9, "EUR")).period

    with pytest.raises(PeriodNotClosable) as refused:
        hard_close_period(period.pk, actor=CLOSER)

    assert len(refused.value.params["obstacles"]) == 2
    period.refresh_from_db()
    assert period.state == "open"


def test_a_month_is_reopened_by_two_people(books):
    first = posted(books.pk)
    close(books, first.period.starts_on)
    with pytest.raises(SamePerson):
        reopen_period(first.period_id, actor=OTHER)
    ask_to_reopen_period(first.period_id, reason="The bank corrected a fee", actor=CLOSER)
    with pytest.raises(SamePerson):
        reopen_period(first.period_id, actor=CLOSER)

    assert reopen_period(first.period_id, actor=OTHER).state == "open"


def test_closing_needs_the_right(books):
    period = posted(books.pk).period
    with pytest.raises(PermissionRefused):
        soft_close_period(period.pk, actor=operator_actor())


def test_months_tile_the_year():
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2027, 1, 1))
    assert month_of(date(2026, 2, 1)) == (date(2026, 2, 1), date(2026, 3, 1))


@pytest.mark.django_db(transaction=True)
def test_eight_writers_with_the_same_key_make_one_entry():
    books = entity()
    funded(books, 1, 500)
    results: list[object] = []

    def write() -> None:
        try:
            results.append(post_entry(draft(books.pk, "twin"), actor=ACTOR).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 8
    assert len(set(results)) == 1
    assert balance_of(books, "2110", merchant_id=1) == -1500


@pytest.mark.django_db(transaction=True)
def test_parallel_payouts_never_overdraw():
    books = entity()
    funded(books, 1, 1000)
    done: list[str] = []

    def pay(number: int) -> None:
        out = draft(
            books.pk,
            f"out:{number}",
            Line("2110", 300, "EUR", merchant(1), "payout", guarded=True),
            Line("2200", -300, "EUR"),
        )
        try:
            post_entry(out, actor=ACTOR)
            done.append("paid")
        except NotEnoughAvailable:
            done.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=pay, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == ["paid"] * 3 + ["refused"] * 3
    assert balance_of(books, "2110", merchant_id=1) == -100
