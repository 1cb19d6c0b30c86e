"""Builders of billing's rows: entities, drafts and whole money stories."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from backoffice.kernel.actors import Actor, system_actor
from billing.entries.drafts import Draft, Line, Owner, merchant
from billing.models import Account, JournalEntry, LegalEntity
from billing.operations.ledger import post_entry
from billing.selectors.balances import get_balance
from billing.selectors.terms import TERMS
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


def balance_of(of: LegalEntity, code: str, *, merchant_id: int = 0, currency: str = "EUR") -> int:
    """The signed balance of a code (debit > 0), summed over owners when no merchant is named."""
    accounts = Account.objects.filter(entity=of, code=code, currency=currency)
    if merchant_id:
        accounts = accounts.filter(owner_type="merchant", owner_id=merchant_id)
    return sum(get_balance(account.pk) for account in accounts)
