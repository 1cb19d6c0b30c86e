"""Builders of billing's rows: entities, drafts and whole money stories."""

import gzip
from datetime import UTC, datetime
from itertools import count
from typing import Any

from backoffice.kernel.actors import Actor, system_actor
from billing.entries.drafts import Draft, Line, Owner, merchant
from billing.models import (
    Account,
    Adjustment,
    BankFile,
    BankLine,
    BankStatement,
    Dispute,
    Earning,
    FeeRule,
    Hold,
    JournalEntry,
    LegalEntity,
    Payout,
    PayoutBatch,
    PeriodicFee,
    ReserveItem,
    ReversalRequest,
    RuleState,
    Settlement,
)
from billing.operations.ledger import post_entry
from billing.operations.settlement_review import approve_settlement
from billing.operations.settlement_run import run_settlements
from billing.selectors.balances import get_balance
from billing.selectors.terms import TERMS
from mas.models import Merchant
from mms.selectors import versions

_numbers = count(1)
ACTOR: Actor = system_actor("tests")
NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def entity(**fields: Any) -> LegalEntity:
    number = next(_numbers)
    fields.setdefault("code", f"entity-{number}")
    fields.setdefault("name", f"Entity {number} GmbH")
    fields.setdefault("country", "DE")
    fields.setdefault("currency", "EUR")
    fields.setdefault("time_zone", "Europe/Berlin")
    fields.setdefault("iban", "DE89370400440532013000")
    fields.setdefault("bic", "COBADEFFXXX")
    fields.setdefault("minimum_payout_minor", 0)
    made: LegalEntity = LegalEntity.objects.create(**fields)
    versions.forget(TERMS)
    return made


def draft(entity_id: int, key: str = "", *lines: Line, **fields: Any) -> Draft:
    """An entry of 10.00 EUR from the provider to merchant 1, unless lines say otherwise."""
    chosen = lines or (
        Line("1100", 1000, "EUR", Owner("psp:card", 0)),
        Line("2110", -1000, "EUR", merchant(1), "sale"),
    )
    fields.setdefault("occurred_at", NOON)
    return Draft(
        entity_id=entity_id,
        event_type="test",
        idem_key=key or f"test:{next(_numbers)}",
        source_type="test",
        source_id="1",
        lines=tuple(chosen),
        **fields,
    )


def posted(entity_id: int, *lines: Line, **fields: Any) -> JournalEntry:
    return post_entry(draft(entity_id, "", *lines, **fields), actor=ACTOR)


def funded(of: LegalEntity, merchant_id: int, amount_minor: int, currency: str = "EUR") -> JournalEntry:
    """A merchant with this much more available, as after matured sales."""
    return posted(
        of.pk,
        Line("1100", amount_minor, currency, Owner("psp:card", 0)),
        Line("2110", -amount_minor, currency, merchant(merchant_id), "sale"),
    )


def debt(of: Merchant, amount_minor: int = 1500) -> Account:
    """The account of a merchant that owes this much, as after a refund of what was paid out."""
    books = entity()
    line = Line("2110", amount_minor, "EUR", merchant(of.pk), "refund")
    posted(books.pk, line, Line("2300", -amount_minor, "EUR"))
    return Account.objects.get(entity=books, code="2110", owner_id=of.pk)


def balance_of(of: LegalEntity, code: str, *, merchant_id: int = 0, currency: str = "EUR") -> int:
    """The signed balance of a code (debit > 0), summed over owners when no merchant is named."""
    accounts = Account.objects.filter(entity=of, code=code, currency=currency)
    if merchant_id:
        accounts = accounts.filter(owner_type="merchant", owner_id=merchant_id)
    return sum(get_balance(account.pk) for account in accounts)


def earning(of: Merchant, **fields: Any) -> Earning:
    """What billing knows of a merchant order that needs no order to exist."""
    number = next(_numbers)
    fields.setdefault("merchant_order_id", 900_000 + number)
    fields.setdefault("merchant_order_ref", f"ORD-TEST{number}-1")
    fields.setdefault("order_ref", f"ORD-TEST{number}")
    fields.setdefault("currency", "EUR")
    fields.setdefault("hold_days", 14)
    fields.setdefault("placed_at", NOON)
    books = fields.pop("entity", None) or entity()
    made: Earning = Earning.objects.create(merchant=of, entity=books, **fields)
    return made


def settlement(of: Merchant, **fields: Any) -> Settlement:
    """A statement in review with one movement on it."""
    books = fields.pop("entity", None) or entity()
    row = funded(books, of.pk, fields.pop("amount_minor", 10_000)).postings.get(account__code="2110")
    run_settlements(books.code, merchant_ids=[of.pk], actor=ACTOR)
    made: Settlement = row.settlement_line.settlement
    return made


def payout(of: Merchant, **fields: Any) -> Payout:
    """A payout that waits to be sent, of a statement signed by user 2."""
    made = settlement(of, **fields)
    approver = Actor(kind=ACTOR.kind, id="2", label="Anna Approver", grants=ACTOR.grants, user_id=2)
    approve_settlement(made.ref, statement_sha256=made.statement_sha256, actor=approver)
    found: Payout = made.payouts.get()
    return found


def reserve(of: Earning, amount_minor: int, *, release_at: datetime | None = None) -> ReserveItem:
    """A part of a matured order that is kept, as a row; the entry that keeps it is the caller's."""
    return ReserveItem.objects.create(
        entity=of.entity,
        merchant=of.merchant,
        earning=of,
        currency=of.currency,
        amount_minor=amount_minor,
        release_at=release_at,
    )


def dispute(of: Earning, **fields: Any) -> Dispute:
    """An open chargeback as a row; nothing is booked."""
    fields.setdefault("case_number", f"case-{next(_numbers)}")
    fields.setdefault("reason", "fraud")
    fields.setdefault("amount_minor", 1000)
    made: Dispute = Dispute.objects.create(
        entity=of.entity,
        merchant=of.merchant,
        earning=of,
        psp="card",
        currency=of.currency,
        opened_by_label="tests",
        **fields,
    )
    return made


def periodic_fee(of: Merchant, **fields: Any) -> PeriodicFee:
    """A subscription of June 2026 as a row; nothing is booked."""
    fields.setdefault("entity", None)
    books = fields.pop("entity") or entity()
    fields.setdefault("month", NOON.date().replace(day=1))
    fields.setdefault("rule", fee_rule(fee_kind="subscription", amounts={"EUR": {"per_line_minor": 2900}}))
    made: PeriodicFee = PeriodicFee.objects.create(
        entity=books,
        merchant=of,
        fee_kind="subscription",
        rule_version=1,
        engine_version="1",
        currency="EUR",
        raw="2900",
        fee_minor=2900,
        tax_category="S",
        tax_country="DE",
        tax_rate_bps=1900,
        tax_minor=551,
        **fields,
    )
    return made


def fee_rule(**fields: Any) -> FeeRule:
    """A live rule, as after approval."""
    fields.setdefault("name", f"Rule {next(_numbers)}")
    fields.setdefault("valid_from", NOON.replace(year=2020))
    state = fields.pop("state", RuleState.ACTIVE)
    made: FeeRule = FeeRule.objects.create(state=state, **fields)
    versions.forget(TERMS)
    return made


def reversal(of: JournalEntry) -> ReversalRequest:
    """A reversal that waits for its second person, as a row."""
    made: ReversalRequest = ReversalRequest.objects.create(entry=of, reason="Twice", asked_by_label="tests")
    return made


def bank_line(books: LegalEntity) -> BankLine:
    """A line that nobody knows, on a statement of its own."""
    file = BankFile.objects.create(
        kind="pain.002", name="a.xml", sha256=f"{next(_numbers):064d}", packed=gzip.compress(b"<Document/>")
    )
    statement = BankStatement.objects.create(
        file=file,
        entity=books,
        account=books.code,
        statement_id="1",
        currency="EUR",
        opening_minor=0,
        closing_minor=5,
        closing_on=NOON.date(),
    )
    return BankLine.objects.create(
        statement=statement,
        entity=books,
        account=books.code,
        entry_ref="1",
        value_on=NOON.date(),
        booked_on=NOON.date(),
        amount_minor=5,
        currency="EUR",
        state="open",
    )


def empty_batch(books: LegalEntity) -> PayoutBatch:
    """A bank file as a row, with nothing in it."""
    return PayoutBatch.objects.create(
        entity=books,
        currency="EUR",
        format="csv",
        execution_on=NOON.date(),
        n_payouts=0,
        total_minor=0,
        file_sha256="0" * 64,
        content="",
    )


def isolation_objects(of: Merchant) -> dict[str, Any]:
    """One of everything billing keeps for a merchant, for the isolation sweep."""
    from tests.isolation.objects import Shared

    books = entity()
    # Rows as they are: whether this merchant could be paid now is another app's business.
    stated = settlement(of, entity=books)
    sent = Payout.objects.create(
        settlement=stated,
        merchant=of,
        entity=books,
        currency="EUR",
        amount_minor=1,
        statement_sha256="0" * 64,
    )
    batch = empty_batch(books)
    line = bank_line(books)
    file = line.statement.file
    entry = JournalEntry.objects.filter(entity=books).order_by("booked_at").first()
    account = Account.objects.get(entity=books, code="2110")
    own = earning(of, entity=books)
    adjustment = Adjustment.objects.create(
        entity=books, merchant=of, kind="goodwill", currency="EUR", amount_minor=5, reason="Sorry"
    )
    held = Hold.objects.create(merchant=of, amount_minor=5, currency="EUR", reason="Under review")
    owing = debt(of)
    assert entry is not None
    return {
        "billing-settlement": sent.settlement.ref,
        "billing-statement": sent.settlement.ref,
        "billing-payout": sent.ref,
        "billing-hold": held.ref,
        "billing-debt": owing.ref,
        "/debts": owing.ref,
        "/payout-holds": held.ref,
        "billing-batch": Shared(batch.ref),
        "billing-bank-file": Shared(file.ref),
        "billing-bank-line": Shared(line.ref),
        "/bank-files": Shared(file.ref),
        "/bank-lines": Shared(line.ref),
        "billing-account": account.ref,
        "billing-entry": {"entry_id": entry.pk},
        "billing-fee": Shared(fee_rule(state="draft").ref),
        "billing-fees-explained": own.merchant_order_ref,
        "billing-reversal": Shared(reversal(entry).ref),
        "billing-adjustment": adjustment.ref,
        "billing-periodic-fee": periodic_fee(of, entity=books).ref,
        "/monthly-fees": periodic_fee(of, entity=entity()).ref,
        "billing-dispute": dispute(own).ref,
        "/disputes": dispute(own).ref,
        "billing-merchant": of.ref,
        "billing-company": {"code": Shared(books.code)},
        "billing-journal-day": {"code": Shared(books.code), "day": Shared("2026-06-15")},
        "/companies": {"code": Shared(books.code), "day": Shared("2026-06-15")},
        "billing-period": {"code": Shared(books.code), "month": Shared(entry.period.ref)},
        "/settlements": sent.settlement.ref,
        "/statements": sent.settlement.ref,
        "/payout-files": Shared(batch.ref),
        "/merchant-orders": own.merchant_order_ref,
    }
