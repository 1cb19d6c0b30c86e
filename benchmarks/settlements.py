"""A settlement run at size: many merchants, many lines, cut in one go; time, memory and the raw limit beside it.

`python -m benchmarks --only settlements --merchants 10000 --lines 1000000`. The rows are made by SQL in the database,
every guard of the journal switched on, so that building them takes minutes instead of hours.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from benchmarks.measuring import Row, peak_megabytes, row
from billing.models import Account, Balance, LegalEntity, Period, Settlement, SettlementLine
from billing.operations.settlement_run import run_settlements
from mas.models import Merchant

ACTOR = system_actor("benchmark")
MONDAY = datetime(2026, 6, 22, tzinfo=UTC)
PER_ENTRY = 10
ENTRIES_AT_ONCE = 20_000
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) "
PARTS = "WITH RECURSIVE m(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM m WHERE j < {parts}), "


def _entry_id(number: str) -> str:
    """The primary key of an entry by its number, as each engine keeps it."""
    if connection.vendor == "postgresql":
        return f"lpad(to_hex({number}), 32, '0')::uuid"
    return f"printf('%%032x', {number})"


def _entity() -> LegalEntity:
    made: LegalEntity = LegalEntity.objects.create(
        code=f"settlements-{time.time_ns()}",
        name="Settlement benchmark",
        country="DE",
        currency="EUR",
        time_zone="UTC",
        minimum_payout_minor=0,
    )
    return made


def build_books(merchants: int, lines: int) -> LegalEntity:
    """A company whose merchants have `lines` movements in all, booked before the cut and numbered in the journal."""
    entity = _entity()
    shops = [
        Merchant(
            name=f"Shop {number}",
            slug=f"settled-{entity.pk}-{number}",
            email="shop@example.com",
            country="DE",
            currency="EUR",
            status="approved",
            kyc_status="approved",
        )
        for number in range(merchants)
    ]
    ids = [shop.pk for shop in Merchant.objects.bulk_create(shops, batch_size=2000)]
    psp = Account.objects.create(entity=entity, code="1100", owner_type="psp:bench", currency="EUR")
    owned = Account.objects.bulk_create(
        [
            Account(entity=entity, code="2110", owner_type="merchant", owner_id=pk, currency="EUR")
            for pk in ids
        ],
        batch_size=2000,
    )
    period = Period.objects.create(entity=entity, starts_on="2026-06-01", ends_on="2026-07-01")
    first_account = owned[0].pk
    entries = lines // PER_ENTRY
    for first in range(1, entries + 1, ENTRIES_AT_ONCE):
        last = min(first + ENTRIES_AT_ONCE - 1, entries)
        _write_entries(entity.pk, period.pk, psp.pk, first_account, merchants, (first, last))
    _fill_balances(owned)
    return entity


def _write_entries(
    entity_id: int, period_id: int, psp_id: int, first_account: int, merchants: int, span: tuple[int, int]
) -> None:
    numbers = NUMBERS.format(first=span[0], last=span[1])
    # Numbers of their own for each company, so that several runs fit into one journal.
    number = f"({entity_id << 32} + n.i)"
    entry = _entry_id(number)
    account = f"{first_account} + (n.i %% {merchants})"
    booked = (MONDAY - timedelta(days=3)).isoformat(sep=" ")
    statements = [
        numbers + "INSERT INTO billing_journalentry (id, entity_id, period_id, event_type, source_type, source_id, "
        "idem_key, payload_sha256, occurred_at, booked_at, is_adjustment, actor_label, note, n_lines) "
        f"SELECT {entry}, {entity_id}, {period_id}, 'benchmark', 'benchmark', CAST(n.i AS varchar(20)), "
        f"'bench:{entity_id}:' || n.i, 'x', '{booked}', '{booked}', {_false()}, 'benchmark', '', {PER_ENTRY + 1} "
        "FROM n",
        PARTS.format(parts=PER_ENTRY) + numbers.removeprefix("WITH RECURSIVE ")
        + "INSERT INTO billing_posting (entry_id, line_no, account_id, currency, amount_minor, kind) "
        f"SELECT {entry}, m.j, {account}, 'EUR', -(100 + m.j), 'sale' FROM n CROSS JOIN m",
        numbers + "INSERT INTO billing_posting (entry_id, line_no, account_id, currency, amount_minor, kind) "
        f"SELECT {entry}, {PER_ENTRY + 1}, {psp_id}, 'EUR', "
        f"{sum(100 + part for part in range(1, PER_ENTRY + 1))}, '' FROM n",
        numbers + "INSERT INTO billing_journalseal (entry_id, n_lines, chain_previous, chain_hash) "
        f"SELECT {entry}, {PER_ENTRY + 1}, '', '' FROM n",
        numbers + f"UPDATE billing_journalseal SET seq = {number}, chain_hash = 'benchmark' FROM n "
        f"WHERE billing_journalseal.entry_id = {entry}",
    ]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            # Percent signs are doubled for the driver even where nothing is passed.
            cursor.execute(statement, [])


def _false() -> str:
    return "FALSE" if connection.vendor == "postgresql" else "0"


def _fill_balances(accounts: list[Account]) -> None:
    ids = [account.pk for account in accounts]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_balance (account_id, posted_minor) SELECT account_id, SUM(amount_minor) "
            "FROM billing_posting WHERE account_id BETWEEN %s AND %s GROUP BY account_id",
            [min(ids), max(ids)],
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    known = set(Balance.objects.filter(account_id__in=ids[:1]).values_list("pk", flat=True))
    assert known or not ids


def _raw_seconds(entity: LegalEntity) -> float:
    """The least any run must do: read every movement joined with its number, summed per account, by SQL alone."""
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.account_id, SUM(p.amount_minor) FROM billing_posting p "
            "JOIN billing_journalseal s ON s.entry_id = p.entry_id AND s.seq > 0 "
            "JOIN billing_account a ON a.id = p.account_id AND a.code = '2110' AND a.entity_id = %s "
            "GROUP BY p.account_id",
            [entity.pk],
        )
        cursor.fetchall()
    return time.perf_counter() - started


def measure(*, merchants: int = 500, lines: int = 50_000) -> Iterator[Row]:
    """One run over everything; the goal is 10,000 merchants and a million lines under five minutes."""
    started = time.perf_counter()
    entity = build_books(merchants, lines)
    size = f"{merchants}_merchants_{lines}_lines"
    yield row(f"settlements.build_{size}", time.perf_counter() - started, "s")
    raw = _raw_seconds(entity)
    yield row(f"settlements.raw_sum_{size}", raw, "s")
    before = peak_megabytes()
    started = time.perf_counter()
    with clock.frozen_at(MONDAY + timedelta(hours=1)):
        made = run_settlements(entity.code, actor=ACTOR)
    seconds = time.perf_counter() - started
    written = SettlementLine.objects.filter(settlement__entity=entity).count()
    assert (made.created, written) == (merchants, lines // PER_ENTRY * PER_ENTRY)
    assert not Settlement.objects.filter(entity=entity, findings__kind="statement_differs").exists()
    yield row(f"settlements.run_{size}", seconds, "s", ratio=seconds / raw if raw else None)
    yield row("settlements.lines_per_second", written / seconds, "lines/s")
    yield row("settlements.peak_rss", peak_megabytes(), "MB")
    yield row("settlements.peak_rss_growth_in_the_run", peak_megabytes() - before, "MB")
