"""Ledger and settlement figures beside the raw limits of the same minute.

Run against a scratch database (entries cannot be deleted): `measure()` yields rows of
name, value, unit, engine, statements, ratio.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from billing.entries.drafts import Draft, Line, merchant, provider
from billing.models import Account, Balance, JournalEntry, LegalEntity
from billing.operations.chain import chain_entries
from billing.operations.ledger import post_entries, post_entry
from billing.operations.settlement_run import run_settlements
from billing.operations.snapshots import take_snapshots
from billing.selectors.balances import get_balance, get_merchant_balances
from mas.models import Merchant

ACTOR = system_actor("benchmark")
_numbers = count(time.time_ns())
Row = dict[str, Any]


def _row(
    name: str, value: float, unit: str, *, statements: int | None = None, ratio: float | None = None
) -> Row:
    return {
        "name": f"billing.{name}",
        "value": round(value, 3),
        "unit": unit,
        "engine": connection.vendor,
        "statements": statements,
        "ratio": round(ratio, 3) if ratio is not None else None,
    }


def _entity() -> LegalEntity:
    number = next(_numbers)
    made: LegalEntity = LegalEntity.objects.create(
        code=f"bench-{number}",
        name="Benchmark",
        country="DE",
        currency="EUR",
        time_zone="UTC",
        minimum_payout_minor=0,
    )
    return made


def _draft(entity_id: int, merchant_id: int, occurred_at: datetime) -> Draft:
    """Six postings, like a capture of two merchants with a service fee."""
    number = next(_numbers)
    return Draft(
        entity_id=entity_id,
        event_type="benchmark",
        idem_key=f"bench:{number}",
        source_type="benchmark",
        source_id=str(number),
        occurred_at=occurred_at,
        lines=(
            Line("1100", 15799, "EUR", provider("bench")),
            Line("2110", -10000, "EUR", merchant(merchant_id), "sale"),
            Line("2110", -600, "EUR", merchant(merchant_id), "shipping"),
            Line("2300", -5000, "EUR"),
            Line("4010", -166, "EUR"),
            Line("2400", -33, "EUR"),
        ),
    )


def _rate(work: Callable[[], None], seconds: float = 2.0) -> float:
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        work()
        done += 1
    return done / (time.perf_counter() - started)


ENTRY, POSTING, SEAL = "billing_journalentry", "billing_posting", "billing_journalseal"


@contextmanager
def _bare_copies(entry_id: Any) -> Iterator[list[tuple[str, list[Any]]]]:
    """One statement per table that inserts the rows of an entry into tables of the same columns, and nothing else."""
    keys = {ENTRY: "id", POSTING: "entry_id", SEAL: "entry_id"}
    stored = entry_id if connection.features.has_native_uuid_field else entry_id.hex
    statements = []
    with connection.cursor() as cursor:
        for table, key in keys.items():
            cursor.execute(f"DROP TABLE IF EXISTS bench_{table}")
            cursor.execute(f"CREATE TABLE bench_{table} AS SELECT * FROM {table} WHERE 1 = 0")
            cursor.execute(f"SELECT * FROM {table} WHERE {key} = %s", [stored])
            rows = cursor.fetchall()
            marks = ", ".join(["%s"] * len(rows[0]))
            values = ", ".join([f"({marks})"] * len(rows))
            statements.append(
                (f"INSERT INTO bench_{table} VALUES {values}", [value for row in rows for value in row])
            )
    yield statements
    with connection.cursor() as cursor:
        for table in keys:
            cursor.execute(f"DROP TABLE bench_{table}")


def _raw_limit(entry_id: Any) -> float:
    """Durable transactions per second that insert the same rows without index, constraint, trigger or question."""
    with _bare_copies(entry_id) as statements:

        def one() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement, values in statements:
                    cursor.execute(statement, values)

        return _rate(one)


def _raw_bulk_limit(entry_id: Any, entries: int) -> float:
    """Entries per second when the same rows are inserted for many entries in one transaction."""
    with _bare_copies(entry_id) as statements:
        started = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, values in statements:
                cursor.executemany(statement, [values] * entries)
        return entries / (time.perf_counter() - started)


def measure_posting() -> Iterator[Row]:
    """One entry per transaction, and a thousand per transaction, beside the raw limit."""
    entity, now = _entity(), clock.now()
    sample = post_entry(_draft(entity.pk, 1, now), actor=ACTOR)
    raw = _raw_limit(sample.pk)
    yield _row("raw_insert_of_an_entry_of_6", raw, "entries/s")
    with CaptureQueriesContext(connection) as captured:
        post_entry(_draft(entity.pk, 1, now), actor=ACTOR)
    statements = len(captured)
    single = _rate(lambda: void(post_entry(_draft(entity.pk, 1, now), actor=ACTOR)))
    yield _row("post_one_entry_of_6", single, "entries/s", statements=statements, ratio=single / raw)
    drafts = [_draft(entity.pk, 1 + number % 50, now) for number in range(1000)]
    started = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        post_entries(drafts, actor=ACTOR)
    bulk = len(drafts) / (time.perf_counter() - started)
    raw_bulk = _raw_bulk_limit(sample.pk, len(drafts))
    yield _row("raw_insert_of_1000_entries_of_6", raw_bulk, "entries/s")
    yield _row("post_1000_entries_of_6", bulk, "entries/s", statements=len(captured), ratio=bulk / raw_bulk)


def void(_value: object) -> None:
    return None


def _grow(sample: JournalEntry, entries: int) -> None:
    """Copy one entry many times in plain SQL, past the operations but not past the triggers, balances included."""
    postgres = connection.vendor == "postgresql"
    numbers = (
        f"SELECT n, gen_random_uuid() AS id FROM generate_series(1, {entries}) AS n"
        if postgres
        else f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {entries}) "
        "SELECT n, lower(hex(randomblob(16))) AS id FROM c"
    )
    stored = sample.pk if postgres else sample.pk.hex
    batch = next(_numbers)
    columns = [field.column for field in JournalEntry._meta.concrete_fields]
    own = {"id": "i.id", "idem_key": f"'grown:{batch}:' || i.n"}
    picked = ", ".join(own.get(name, f"e.{name}") for name in columns)
    line = "line_no, account_id, currency, amount_minor, kind, merchant_order_id"
    lines = ", ".join(f"p.{name.strip()}" for name in line.split(","))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bench_ids AS {numbers}")
        cursor.execute(
            f"INSERT INTO {ENTRY} ({', '.join(columns)}) SELECT {picked} FROM bench_ids i, {ENTRY} e WHERE e.id = %s",
            [stored],
        )
        cursor.execute(
            f"INSERT INTO {POSTING} (entry_id, {line}) SELECT i.id, {lines} FROM bench_ids i, {POSTING} p "
            "WHERE p.entry_id = %s",
            [stored],
        )
        cursor.execute(
            f"INSERT INTO {SEAL} (entry_id, n_lines, chain_previous, chain_hash) "
            f"SELECT id, {sample.n_lines}, '', '' FROM bench_ids"
        )
        cursor.execute("DROP TABLE bench_ids")
    for account_id, amount in sample.postings.values_list("account_id", "amount_minor"):
        Balance.objects.filter(account_id=account_id).update(
            posted_minor=F("posted_minor") + amount * entries
        )


def _keep_house() -> None:
    """What the engine's own housekeeping does after so many rows; numbering rewrote each seal."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _raw_read(account_id: int) -> None:
    """What reading a balance costs at least on this engine: one row by its key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT posted_minor FROM billing_balance WHERE account_id = %s", [account_id])
        cursor.fetchone()


def measure_balance_reads(large: int = 1_000_000) -> Iterator[Row]:
    """A merchant's and the operator's balance after 10³ and after `large` postings: flat, beside one row by its key."""
    entity, now = _entity(), clock.now()
    sample = post_entry(_draft(entity.pk, 1, now), actor=ACTOR)
    posted = sample.n_lines
    for target in (1_000, large):
        _grow(sample, max(0, (target - posted) // sample.n_lines))
        posted = target
        chain_entries()
        take_snapshots()
        # A few entries since the snapshot, as on any afternoon.
        post_entries([_draft(entity.pk, 1, now) for _number in range(20)], actor=ACTOR)
        _keep_house()
        psp = Account.objects.get(entity=entity, code="1100").pk
        own = Account.objects.get(entity=entity, code="2110").pk
        raw = _rate(lambda: _raw_read(own), 1.0)  # noqa: B023  called within its own round
        yield _row(f"raw_read_of_a_row_at_{target}_postings", 1000 / raw, "ms", statements=1)
        reads = _rate(lambda: void(get_merchant_balances(1)), 1.0)
        yield _row(
            f"merchant_balance_at_{target}_postings", 1000 / reads, "ms", statements=1, ratio=reads / raw
        )
        operator = _rate(lambda: void(get_balance(psp)), 1.0)  # noqa: B023  called within its own round
        yield _row(
            f"operator_balance_at_{target}_postings",
            1000 / operator,
            "ms",
            statements=3,
            ratio=operator / raw,
        )


def measure_settlement_run(merchants: int = 10_000, lines: int = 1_000_000) -> Iterator[Row]:
    """Statements of many merchants over many movements, cut in one run."""
    entity = _entity()
    shops = [
        Merchant(name=f"Bench {number}", slug=f"bench-{next(_numbers)}", email="bench@example.com", country="DE",
                 currency="EUR", status="approved", kyc_status="approved")
        for number in range(merchants)
    ]  # fmt: skip
    ids = [shop.pk for shop in Merchant.objects.bulk_create(shops, batch_size=2000)]
    monday = datetime(2026, 6, 22, tzinfo=UTC)
    per_entry = 2
    with clock.frozen_at(monday - timedelta(days=3)):
        entries = lines // per_entry
        for start in range(0, entries, 2000):
            post_entries(
                [
                    _draft(entity.pk, ids[n % merchants], clock.now())
                    for n in range(start, min(start + 2000, entries))
                ],
                actor=ACTOR,
            )
        chain_entries()
    started = time.perf_counter()
    with clock.frozen_at(monday + timedelta(hours=1)):
        made = run_settlements(entity.code, actor=ACTOR)
    seconds = time.perf_counter() - started
    yield _row(f"settlement_run_{made.created}_merchants_{lines}_lines", seconds, "s")


def measure(*, merchants: int = 500, lines: int = 50_000, postings: int = 100_000) -> Iterator[Row]:
    """All figures of billing; the defaults take about a minute, the goals are measured with larger ones."""
    yield from measure_posting()
    yield from measure_balance_reads(postings)
    yield from measure_settlement_run(merchants, lines)


def main() -> None:
    for row in measure():
        print(json.dumps(row), flush=True)
