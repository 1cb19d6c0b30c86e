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
    """Fee and tax that go back with this refund: the rounded target up to here less the rounded target before it.

    So parts always sum to the whole, and a refund under one policy neither makes up for what an earlier one kept under
    another nor takes back what that one returned. `refund_minor` is in the terms of `charged.base_minor`. Tax goes back
    in the fee's own proportion; never more than was charged.
    """
    if policy == RefundPolicy.KEEP or charged.base_minor <= 0:
        return Returned(0, 0)
    fee_whole = charged.fee_minor if policy == RefundPolicy.RETURN else charged.percent_minor
    tax_whole = share_of(charged.tax_minor, fee_whole, charged.fee_minor)
    before = min(charged.base_minor, charged.refunded_minor)
    after = min(charged.base_minor, before + refund_minor)

    def back(whole: int, left: int) -> int:
        target = share_of(whole, after, charged.base_minor) - share_of(whole, before, charged.base_minor)
        return min(target, left)

    return Returned(
        back(fee_whole, charged.fee_minor - charged.returned_fee_minor),
        back(tax_whole, charged.tax_minor - charged.returned_tax_minor),
    )


def in_base_terms(base_minor: int, paid_minor: int, before_minor: int, amount_minor: int) -> int:
    """A refund of what the buyer paid in the terms the fee was taken of (net of item tax, with subsidies).

    By cumulative difference over everything refunded `before`: however many parts, the whole price is the whole base.
    """
    if not paid_minor or base_minor == paid_minor:
        return amount_minor
    before = share_of(base_minor, before_minor, paid_minor)
    return share_of(base_minor, before_minor + amount_minor, paid_minor) - before


def gross_of(net_minor: int, rate_bps: int) -> int:
    """Document-level gross: the sum of net amounts of one rate times the rate, rounded once (EN 16931 BR-S-08)."""
    return net_minor + int(round_half_up(Decimal(net_minor) * rate_bps / BPS))


def credit_gross(credited_net_minor: int, net_minor: int, rate_bps: int) -> int:
    """The gross of the next credit note, so that all credit notes sum to the invoice to the cent."""
    return gross_of(credited_net_minor + net_minor, rate_bps) - gross_of(credited_net_minor, rate_bps)
