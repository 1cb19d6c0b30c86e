"""Entries that take something back from a merchant: refunds, chargebacks, reserve releases."""

from dataclasses import dataclass
from datetime import datetime

from billing.chart import Code, Kind
from billing.entries.drafts import Draft, Line, lines_of, merchant, provider


@dataclass(frozen=True, slots=True)
class RefundShare:
    """What one refund takes from a merchant and what commission it gives back."""

    merchant_id: int
    merchant_order_id: int
    amount_minor: int
    fee_return_minor: int = 0
    tax_return_minor: int = 0
    # Refunds come out of available once the order matured, out of pending before.
    is_matured: bool = True


def refund(
    entity_id: int, currency: str, refund_id: str, share: RefundShare, *, occurred_at: datetime
) -> Draft:
    """E5, E7: the buyer is owed the amount; commission and its tax go back by the rule's policy."""
    owner = merchant(share.merchant_id)
    order = share.merchant_order_id
    account = Code.AVAILABLE if share.is_matured else Code.PENDING
    return Draft(
        entity_id=entity_id,
        event_type="refund",
        idem_key=f"refund:{refund_id}",
        source_type="refund",
        source_id=refund_id,
        occurred_at=occurred_at,
        lines=lines_of(
            Line(account, share.amount_minor, currency, owner, Kind.REFUND, order),
            Line(account, -share.fee_return_minor, currency, owner, Kind.COMMISSION_RETURN, order),
            Line(account, -share.tax_return_minor, currency, owner, Kind.FEE_TAX_RETURN, order),
            Line(Code.COMMISSION, share.fee_return_minor, currency, merchant_order_id=order),
            Line(Code.FEE_VAT, share.tax_return_minor, currency, merchant_order_id=order),
            Line(Code.REFUND_CLEARING, -share.amount_minor, currency, merchant_order_id=order),
        ),
    )


def commission_returned(
    entity_id: int, currency: str, key: str, share: RefundShare, *, occurred_at: datetime
) -> Draft:
    """Commission and its tax of pieces that will never be charged go back; no money of the buyer moves."""
    owner = merchant(share.merchant_id)
    order = share.merchant_order_id
    account = Code.AVAILABLE if share.is_matured else Code.PENDING
    return Draft(
        entity_id=entity_id,
        event_type="commission_returned",
        idem_key=f"withdrawn:{key}",
        source_type="merchant_order",
        source_id=str(order),
        occurred_at=occurred_at,
        lines=lines_of(
            Line(account, -share.fee_return_minor, currency, owner, Kind.COMMISSION_RETURN, order),
            Line(account, -share.tax_return_minor, currency, owner, Kind.FEE_TAX_RETURN, order),
            Line(Code.COMMISSION, share.fee_return_minor, currency, merchant_order_id=order),
            Line(Code.FEE_VAT, share.tax_return_minor, currency, merchant_order_id=order),
        ),
    )


@dataclass(frozen=True, slots=True)
class PaidBack:
    """A refund that the provider executed."""

    entity_id: int
    currency: str
    refund_id: str
    amount_minor: int
    psp: str
    # How often the provider said it paid and took that back: an undone entry keeps its key.
    times_undone: int = 0


def refund_paid(paid: PaidBack, *, occurred_at: datetime) -> Draft:
    """E5b, E7b: the provider paid the buyer back."""
    return Draft(
        entity_id=paid.entity_id,
        event_type="refund_paid",
        idem_key=f"refund-paid:{paid.refund_id}" + (f":{paid.times_undone}" if paid.times_undone else ""),
        source_type="refund",
        source_id=paid.refund_id,
        occurred_at=occurred_at,
        lines=lines_of(
            Line(Code.REFUND_CLEARING, paid.amount_minor, paid.currency),
            Line(Code.PSP, -paid.amount_minor, paid.currency, provider(paid.psp)),
        ),
    )


@dataclass(frozen=True, slots=True)
class Dispute:
    entity_id: int
    dispute_id: str
    psp: str
    merchant_id: int
    merchant_order_id: int | None
    currency: str
    amount_minor: int
    fee_minor: int
    occurred_at: datetime


def _dispute_draft(dispute: Dispute, step: str, lines: tuple[Line, ...], occurred_at: datetime) -> Draft:
    return Draft(
        entity_id=dispute.entity_id,
        event_type=f"dispute_{step}",
        idem_key=f"dispute:{dispute.psp}:{dispute.dispute_id}:{step}",
        source_type="dispute",
        source_id=dispute.dispute_id,
        occurred_at=occurred_at,
        lines=lines,
    )


def dispute_opened(dispute: Dispute) -> Draft:
    """E8: the provider takes the amount and its fee back."""
    lines = lines_of(
        Line(Code.DISPUTED, dispute.amount_minor, dispute.currency),
        Line(Code.DISPUTE_FEES, dispute.fee_minor, dispute.currency),
        Line(Code.PSP, -dispute.amount_minor - dispute.fee_minor, dispute.currency, provider(dispute.psp)),
    )
    return _dispute_draft(dispute, "opened", lines, dispute.occurred_at)


def dispute_held(dispute: Dispute, *, reserve_minor: int, pending_minor: int = 0) -> Draft:
    """E8h: the merchant's money is held: out of the reserve first, then of what this order has pending, then of
    available (which may go negative).
    """
    owner = merchant(dispute.merchant_id)
    order = dispute.merchant_order_id
    reserved = min(reserve_minor, dispute.amount_minor)
    pending = min(pending_minor, dispute.amount_minor - reserved)
    rest = dispute.amount_minor - reserved - pending
    lines = lines_of(
        Line(Code.RESERVE, reserved, dispute.currency, owner, Kind.DISPUTE, order, guarded=True),
        Line(Code.PENDING, pending, dispute.currency, owner, Kind.DISPUTE, order),
        Line(Code.AVAILABLE, rest, dispute.currency, owner, Kind.DISPUTE, order),
        Line(Code.DISPUTE_HOLD, -dispute.amount_minor, dispute.currency, owner, Kind.DISPUTE, order),
    )
    return _dispute_draft(dispute, "held", lines, dispute.occurred_at)


def dispute_lost(dispute: Dispute, *, occurred_at: datetime) -> Draft:
    """E8-lost: the merchant bears the amount and the provider's fee."""
    owner = merchant(dispute.merchant_id)
    order = dispute.merchant_order_id
    lines = lines_of(
        Line(Code.DISPUTE_HOLD, dispute.amount_minor, dispute.currency, owner, Kind.DISPUTE, order),
        Line(Code.AVAILABLE, dispute.fee_minor, dispute.currency, owner, Kind.DISPUTE, order),
        Line(Code.DISPUTED, -dispute.amount_minor, dispute.currency),
        Line(Code.DISPUTE_FEES, -dispute.fee_minor, dispute.currency),
    )
    return _dispute_draft(dispute, "resolved", lines, occurred_at)


def dispute_won(dispute: Dispute, *, occurred_at: datetime, pending_minor: int = 0) -> Draft:
    """E8-won: the provider gives the amount back, the hold is lifted; its fee stays the operator's cost.

    `pending_minor` of it goes back to pending, because the order it was held from has not matured yet.
    """
    owner = merchant(dispute.merchant_id)
    order = dispute.merchant_order_id
    rest = dispute.amount_minor - pending_minor
    lines = lines_of(
        Line(Code.PSP, dispute.amount_minor, dispute.currency, provider(dispute.psp)),
        Line(Code.DISPUTE_HOLD, dispute.amount_minor, dispute.currency, owner, Kind.DISPUTE, order),
        Line(Code.DISPUTED, -dispute.amount_minor, dispute.currency),
        Line(Code.PENDING, -pending_minor, dispute.currency, owner, Kind.DISPUTE, order),
        Line(Code.AVAILABLE, -rest, dispute.currency, owner, Kind.DISPUTE, order),
    )
    return _dispute_draft(dispute, "resolved", lines, occurred_at)


def dispute_absorbed(dispute: Dispute, *, occurred_at: datetime, pending_minor: int = 0) -> Draft:
    """Lost, and the operator bears it: the amount is bad debt, the hold is lifted, the fee stays its cost."""
    owner = merchant(dispute.merchant_id)
    order = dispute.merchant_order_id
    rest = dispute.amount_minor - pending_minor
    lines = lines_of(
        Line(Code.BAD_DEBT, dispute.amount_minor, dispute.currency),
        Line(Code.DISPUTE_HOLD, dispute.amount_minor, dispute.currency, owner, Kind.DISPUTE, order),
        Line(Code.DISPUTED, -dispute.amount_minor, dispute.currency),
        Line(Code.PENDING, -pending_minor, dispute.currency, owner, Kind.DISPUTE, order),
        Line(Code.AVAILABLE, -rest, dispute.currency, owner, Kind.DISPUTE, order),
    )
    return _dispute_draft(dispute, "resolved", lines, occurred_at)


@dataclass(frozen=True, slots=True)
class ReserveRelease:
    """A reserved part that falls due."""

    entity_id: int
    currency: str
    merchant_id: int
    amount_minor: int
    item_id: str


def reserve_released(release: ReserveRelease, *, occurred_at: datetime) -> Draft:
    """E9: a reserved part becomes available after its days."""
    owner = merchant(release.merchant_id)
    return Draft(
        entity_id=release.entity_id,
        event_type="reserve_released",
        idem_key=f"reserve-release:{release.item_id}",
        source_type="reserve_item",
        source_id=release.item_id,
        occurred_at=occurred_at,
        lines=lines_of(
            Line(
                Code.RESERVE,
                release.amount_minor,
                release.currency,
                owner,
                Kind.RESERVE_RELEASE,
                guarded=True,
            ),
            Line(Code.AVAILABLE, -release.amount_minor, release.currency, owner, Kind.RESERVE_RELEASE),
        ),
    )
