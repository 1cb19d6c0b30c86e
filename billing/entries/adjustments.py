"""Entries by decision: goodwill, write-offs, fees, currency results, cost of goods."""

from dataclasses import dataclass
from datetime import datetime

from billing.chart import Code, Kind
from billing.entries.drafts import Draft, Line, lines_of, merchant


@dataclass(frozen=True, slots=True)
class Decision:
    """One amount, for or against one merchant, decided by people; `ref` is the decision's own."""

    entity_id: int
    ref: str
    merchant_id: int
    currency: str
    amount_minor: int
    tax_minor: int = 0


def _draft(decision: Decision, event_type: str, lines: tuple[Line, ...], occurred_at: datetime) -> Draft:
    return Draft(
        entity_id=decision.entity_id,
        event_type=event_type,
        idem_key=f"{event_type}:{decision.ref}",
        source_type="adjustment",
        source_id=decision.ref,
        occurred_at=occurred_at,
        lines=lines,
        is_adjustment=True,
    )


def goodwill(decision: Decision, *, occurred_at: datetime) -> Draft:
    """E11: the operator gives a merchant money of its own."""
    lines = lines_of(
        Line(Code.GOODWILL, decision.amount_minor, decision.currency),
        Line(
            Code.AVAILABLE,
            -decision.amount_minor,
            decision.currency,
            merchant(decision.merchant_id),
            Kind.ADJUSTMENT,
        ),
    )
    return _draft(decision, "goodwill", lines, occurred_at)


def write_off(decision: Decision, *, occurred_at: datetime) -> Draft:
    """E16: a debt the merchant will not pay is given up."""
    lines = lines_of(
        Line(Code.BAD_DEBT, decision.amount_minor, decision.currency),
        Line(
            Code.AVAILABLE,
            -decision.amount_minor,
            decision.currency,
            merchant(decision.merchant_id),
            Kind.WRITE_OFF,
        ),
    )
    return _draft(decision, "write_off", lines, occurred_at)


def merchant_fee(decision: Decision, *, occurred_at: datetime) -> Draft:
    """A subscription, penalty or one-off fee with its tax, out of available."""
    owner = merchant(decision.merchant_id)
    lines = lines_of(
        Line(Code.AVAILABLE, decision.amount_minor, decision.currency, owner, Kind.FEE),
        Line(Code.AVAILABLE, decision.tax_minor, decision.currency, owner, Kind.FEE_TAX),
        Line(Code.MERCHANT_FEES, -decision.amount_minor, decision.currency),
        Line(Code.FEE_VAT, -decision.tax_minor, decision.currency),
    )
    return _draft(decision, "merchant_fee", lines, occurred_at)


def penalty(decision: Decision, *, occurred_at: datetime) -> Draft:
    """A contractual penalty: damages, no supply, hence without tax."""
    owner = merchant(decision.merchant_id)
    lines = lines_of(
        Line(Code.AVAILABLE, decision.amount_minor, decision.currency, owner, Kind.ADJUSTMENT),
        Line(Code.MERCHANT_FEES, -decision.amount_minor, decision.currency),
    )
    return _draft(decision, "penalty", lines, occurred_at)


def periodic_fee(decision: Decision, *, key: str, occurred_at: datetime) -> Draft:
    """A subscription or listing fee of a month; `key` names merchant, kind and month, so a month is charged once."""
    owner = merchant(decision.merchant_id)
    return Draft(
        entity_id=decision.entity_id,
        event_type="periodic_fee",
        idem_key=f"periodic-fee:{key}",
        source_type="periodic_fee",
        source_id=decision.ref,
        occurred_at=occurred_at,
        lines=lines_of(
            Line(Code.AVAILABLE, decision.amount_minor, decision.currency, owner, Kind.FEE),
            Line(Code.AVAILABLE, decision.tax_minor, decision.currency, owner, Kind.FEE_TAX),
            Line(Code.MERCHANT_FEES, -decision.amount_minor, decision.currency),
            Line(Code.FEE_VAT, -decision.tax_minor, decision.currency),
        ),
    )


def realised_fx(entity_id: int, currency: str, loss_minor: int, *, ref: str, occurred_at: datetime) -> Draft:
    """E12r: what the trading account kept is a loss (+) or gain (-) of the operator."""
    return Draft(
        entity_id=entity_id,
        event_type="realised_fx",
        idem_key=f"realised-fx:{ref}",
        source_type="fx",
        source_id=ref,
        occurred_at=occurred_at,
        lines=lines_of(
            Line(Code.FX_RESULT, loss_minor, currency),
            Line(Code.FX, -loss_minor, currency),
        ),
    )


def cost_of_goods(
    entity_id: int, currency: str, cost_minor: int, *, ref: str, occurred_at: datetime
) -> Draft:
    """E17: a first-party line leaves the warehouse at its moving average cost."""
    return Draft(
        entity_id=entity_id,
        event_type="cost_of_goods",
        idem_key=f"cogs:{ref}",
        source_type="order_line",
        source_id=ref,
        occurred_at=occurred_at,
        lines=lines_of(
            Line(Code.COGS, cost_minor, currency),
            Line(Code.INVENTORY, -cost_minor, currency),
        ),
    )
