"""The journal of a booking day: its lines lead from the opening to the closing balances, whatever was booked when."""

import csv
import io
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import InvalidInput
from billing.chart import normal_side
from billing.entries.drafts import Line, Owner, merchant
from billing.exports.journal import COLUMNS, journal_csv
from billing.operations.chain import chain_entries
from billing.operations.ledger import reverse_entry
from billing.permissions import VIEW_FINANCE
from billing.selectors.balances import get_trial_balance
from billing.selectors.journal_days import get_journal_day
from mms.operations.api_keys import create_api_key
from tests.factories import mas, mms
from tests.factories.billing import ACTOR, balance_of, earning, entity, posted

pytestmark = pytest.mark.django_db

# Berlin: 25 hours on 25 October, so the days from here on have 24, 24, 25, 24 and 24 of them.
FRIDAY = date(2026, 10, 23)
DAYS = [FRIDAY + timedelta(days=number) for number in range(5)]
BEGIN = datetime(2026, 10, 22, 22, tzinfo=UTC)
LATER = datetime(2026, 11, 20, tzinfo=UTC)


def rows_of(books, day):
    with clock.frozen_at(LATER):
        response = journal_csv(get_journal_day(books, day))
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def booked(books, at, *lines, **fields):
    with clock.frozen_at(at):
        return posted(books.pk, *lines, **fields)


def cash(amount, currency="EUR"):
    return Line("1100", amount, currency, Owner("psp:card", 0))


def exact(row, column):
    return Decimal(row[column] or 0)


BOOKINGS = st.lists(
    st.tuples(
        st.integers(0, 121 * 60 - 1),
        st.integers(1, 99_999),
        st.sampled_from(["EUR", "JPY", "KWD"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(bookings=BOOKINGS)
def test_the_files_of_all_days_reproduce_every_balance(bookings):
    books = entity()
    for minute, amount, currency, undone in bookings:
        at = BEGIN + timedelta(minutes=minute)
        # What occurred long before counts on the day it was booked.
        entry = booked(
            books,
            at,
            cash(amount, currency),
            Line("2110", -amount, currency, merchant(1), "sale"),
            occurred_at=at - timedelta(days=40),
        )
        if undone:
            with clock.frozen_at(at):
                reverse_entry(entry.pk, reason="Twice", actor=ACTOR)

    balances: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    lines = 0
    for day in DAYS:
        rows = rows_of(books, day)
        opening = {(row["account"], row["currency"]): row for row in rows if row["record"] == "opening"}
        closing = {(row["account"], row["currency"]): row for row in rows if row["record"] == "closing"}
        moved: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        # An account that held nothing and did not move has no row.
        assert {key: exact(row, "balance") for key, row in opening.items() if exact(row, "balance")} == {
            key: before for key, before in balances.items() if before
        }
        for row in rows:
            if row["record"] == "line":
                lines += 1
                key = (row["account"], row["currency"])
                moved[key][0] += exact(row, "debit")
                moved[key][1] += exact(row, "credit")
                balances[key] += exact(row, "debit") - exact(row, "credit")
        for key, row in closing.items():
            assert exact(row, "balance") == balances[key]
            assert [exact(row, "debit"), exact(row, "credit")] == moved[key]
        assert set(moved) <= set(closing)
        assert rows[-1]["record"] == "end"
        assert int(rows[-1]["line"]) == sum(row["record"] == "line" for row in rows)
        ends = get_journal_day(books, day).to_at - timedelta(microseconds=1)
        for trial in get_trial_balance(books.pk, at=ends):
            shown = balances[(trial.code, trial.currency)] * normal_side(trial.code)
            digits = {"EUR": 2, "JPY": 0, "KWD": 3}[trial.currency]
            assert shown.scaleb(digits) == trial.minor
    assert lines == sum(4 if undone else 2 for *_rest, undone in bookings)
    assert balances["1100", "EUR"].scaleb(2) == balance_of(books, "1100")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 10, 24, 21, 59, 59, 999999, tzinfo=UTC), date(2026, 10, 24)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
        # The twenty-fifth hour still belongs to Sunday.
        (datetime(2026, 10, 25, 22, 59, 59, 999999, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_an_entry_is_in_the_file_of_its_day_by_the_clock_of_the_company(moment, day):
    books = entity()
    booked(books, moment)
    found = [each for each in DAYS if any(row["record"] == "line" for row in rows_of(books, each))]
    assert found == [day]


def test_a_line_says_what_bookkeeping_needs(seller):
    books = entity()
    order = earning(seller, entity=books)
    entry = booked(
        books,
        BEGIN,
        cash(1250),
        Line("2110", -1250, "EUR", merchant(seller.pk), "sale", order.merchant_order_id),
    )
    chain_entries()
    rows = rows_of(books, FRIDAY)

    assert tuple(rows[0]) == COLUMNS
    debit, credit = (row for row in rows if row["record"] == "line")
    assert (debit["account"], debit["owner"], debit["debit"], debit["credit"]) == (
        "1100",
        "psp:card",
        "12.50",
        "",
    )
    assert (credit["owner"], credit["order"], credit["credit"]) == (
        seller.ref,
        order.merchant_order_ref,
        "12.50",
    )
    assert (credit["journal_no"], credit["entry"], credit["event"]) == ("1", entry.ref, "test")


def test_other_companies_are_left_out():
    books = entity()
    booked(entity(), BEGIN)
    assert [row["record"] for row in rows_of(books, FRIDAY)] == ["end"]


def test_a_day_that_is_not_over_is_refused():
    with clock.frozen_at(datetime(2026, 10, 23, 21, 59, tzinfo=UTC)), pytest.raises(InvalidInput):
        get_journal_day(entity(), FRIDAY)


def test_the_id_of_a_day_stays_and_changes_with_its_figures():
    books = entity()
    booked(books, BEGIN)
    first = get_journal_day(books, FRIDAY).external_id
    booked(books, BEGIN + timedelta(days=1))
    assert get_journal_day(books, FRIDAY).external_id == first
    assert first.startswith(f"{books.code}:2026-10-23:")
    assert get_journal_day(books, DAYS[1]).external_id.rpartition(":")[2] != first.rpartition(":")[2]


@pytest.mark.parametrize("entries", [1, 30])
def test_a_long_day_costs_as_many_statements_as_a_short_one(entries, django_assert_num_queries, seller):
    books = entity()
    for _number in range(entries):
        booked(books, BEGIN, cash(5), Line("2110", -5, "EUR", merchant(seller.pk), "sale"))
    with django_assert_num_queries(4):
        rows_of(books, FRIDAY)


def test_finance_looks_at_a_day_and_takes_it_home(client, seller):
    mms.sign_in(client, mms.operator_user("finance"))
    books = entity()
    booked(books, BEGIN, cash(1250), Line("2110", -1250, "EUR", merchant(seller.pk), "sale"))

    page = client.get(
        reverse("console:billing-journal-day"), {"day": "2026-10-23", "company": books.code}
    ).content.decode()
    assert "€12.50" in page
    link = reverse("console:billing-journal-day-csv", args=[books.code, "2026-10-23"])
    assert link in page
    file = client.get(link)
    assert f"journal-{books.code}-2026-10-23.csv" in file["Content-Disposition"]
    assert b"12.50" in b"".join(file.streaming_content)
    assert (
        client.get(reverse("console:billing-journal-day-csv", args=[books.code, "June"])).status_code == 404
    )
    assert (
        "is not a day"
        in client.get(reverse("console:billing-journal-day"), {"day": "2026-13-40"}).content.decode()
    )


def test_a_program_reads_the_same_day(client):
    books = entity()
    shop = mas.merchant()
    booked(books, BEGIN, cash(1250), Line("2110", -1250, "EUR", merchant(shop.pk), "sale"))
    secret = create_api_key(name="Bookkeeping", grants={VIEW_FINANCE}, actor=system_actor())[1]
    key = {"authorization": f"Bearer {secret}"}
    path = f"/api/operator/v1/companies/{books.code}/journal/2026-10-23"
    day = client.get(path, headers=key).json()

    assert day["external_id"] == get_journal_day(books, FRIDAY).external_id
    assert [(row["account"], row["closing_minor"]) for row in day["figures"]] == [
        ("1100", 1250),
        ("2110", -1250),
    ]
    first = client.get(f"{path}/lines", {"limit": 1}, headers=key).json()
    second = client.get(f"{path}/lines", {"limit": 1, "cursor": first["next"]}, headers=key).json()
    assert [row["amount_minor"] for row in first["items"] + second["items"]] == [1250, -1250]
    assert second["items"][0]["owner"] == shop.ref
    assert second["next"] is None
    assert client.get(f"{path[:-10]}{clock.today()}", headers=key).status_code == 422
