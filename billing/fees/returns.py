"""What goes back on a refund: by cumulative difference, so parts always sum to the whole."""

from dataclasses import dataclass
from decimal import Decimal

from backoffice.kernel.money import round_half_up
from billing.fees.rules import RefundPolicy

BPS = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Charged:
    """What one fee line was charged on, and what of it went back so far."""

    base_minor: int
    fee_minor: int
    percent_minor: int
    tax_minor: int
    refunded_minor: int = 0
    returned_fee_minor: int = 0
    returned_tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class Returned:
    fee_minor: int
    tax_minor: int


def share_of(total: int, part: int, whole: int) -> int:
    """`total` x part / whole, rounded half-up; the whole when the part is everything."""
    if whole <= 0 or part >= whole:
        return total if part >= whole and whole > 0 else 0
    return int(round_half_up(Decimal(total) * part / whole))


def fee_return(charged: Charged, refund_minor: int, policy: RefundPolicy) -> Returned:
    """Fee and tax that go back with this refund: the rounded cumulative target less what went back already.

    `refund_minor` is in the terms of `charged.base_minor`. Tax goes back in the fee's own proportion.
    """
    if policy == RefundPolicy.KEEP or charged.base_minor <= 0:
        return Returned(0, 0)
    returnable = charged.fee_minor if policy == RefundPolicy.RETURN else charged.percent_minor
    refunded = min(charged.base_minor, charged.refunded_minor + refund_minor)
    fee_target = share_of(returnable, refunded, charged.base_minor)
    tax_whole = share_of(charged.tax_minor, returnable, charged.fee_minor)
    tax_target = share_of(tax_whole, refunded, charged.base_minor)
    return Returned(fee_target - charged.returned_fee_minor, tax_target - charged.returned_tax_minor)


def gross_of(net_minor: int, rate_bps: int) -> int:
    """Document-level gross: the sum of net amounts of one rate times the rate, rounded once (EN 16931 BR-S-08)."""
    return net_minor + int(round_half_up(Decimal(net_minor) * rate_bps / BPS))


def credit_gross(credited_net_minor: int, net_minor: int, rate_bps: int) -> int:
    """The gross of the next credit note, so that all credit notes sum to the invoice to the cent."""
    return gross_of(credited_net_minor + net_minor, rate_bps) - gross_of(credited_net_minor, rate_bps)
