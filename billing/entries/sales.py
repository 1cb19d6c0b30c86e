"""Entries of a sale: money arrives, commission is charged, the hold passes, the provider pays out."""

from dataclasses import dataclass
from datetime import datetime

from billing.chart import Code, Kind
from billing.entries.drafts import Draft, Line, lines_of, merchant, provider


@dataclass(frozen=True, slots=True)
class SaleShare:
    """A merchant's part of a capture; goods + shipping = what the buyer paid for this merchant order."""

    merchant_id: int
    merchant_order_id: int
    goods_minor: int
    shipping_minor: int = 0


@dataclass(frozen=True, slots=True)
class Captured:
    entity_id: int
    psp: str
    capture_id: str
    currency: str
    amount_minor: int
    shares: tuple[SaleShare, ...]
    occurred_at: datetime
    service_fee_minor: int = 0
    service_fee_tax_minor: int = 0
    # Taxes the operator owes itself: sales tax as facilitator, VAT as deemed supplier.
    facilitator_tax_minor: int = 0
    deemed_vat_minor: int = 0


def capture(event: Captured) -> Draft:
    """E1 (E13, E14): the provider owes us the amount; merchants get their shares as pending.

    What no share explains stays visible as an unallocated prepayment instead of vanishing.
    """
    shares = sum(share.goods_minor + share.shipping_minor for share in event.shares)
    own = (
        event.service_fee_minor
        + event.service_fee_tax_minor
        + event.facilitator_tax_minor
        + event.deemed_vat_minor
    )
    lines = [Line(Code.PSP, event.amount_minor, event.currency, provider(event.psp))]
    for share in event.shares:
        owner = merchant(share.merchant_id)
        order = share.merchant_order_id
        lines.append(Line(Code.PENDING, -share.goods_minor, event.currency, owner, Kind.SALE, order))
        lines.append(Line(Code.PENDING, -share.shipping_minor, event.currency, owner, Kind.SHIPPING, order))
    lines += [
        Line(Code.SERVICE_FEE, -event.service_fee_minor, event.currency),
        Line(Code.FEE_VAT, -event.service_fee_tax_minor, event.currency),
        Line(Code.FACILITATOR_TAX, -event.facilitator_tax_minor, event.currency),
        Line(Code.DEEMED_VAT, -event.deemed_vat_minor, event.currency),
        Line(Code.BUYER_FUNDS, -(event.amount_minor - shares - own), event.currency),
    ]
    return Draft(
        entity_id=event.entity_id,
        event_type="capture",
        idem_key=f"capture:{event.psp}:{event.capture_id}",
        source_type="capture",
        source_id=event.capture_id,
        occurred_at=event.occurred_at,
        lines=lines_of(*lines),
    )


@dataclass(frozen=True, slots=True)
class Conversion:
    """The buyer's currency and the merchant's, at the rate locked on the order: both amounts are already rounded."""

    paid_minor: int
    paid_currency: str
    owed_minor: int
    owed_currency: str


def converted_capture(event: Captured, conversion: Conversion) -> Draft:
    """E12: the buyer pays in one currency, the merchant is owed in another; 3900 holds the difference."""
    share = event.shares[0]
    return Draft(
        entity_id=event.entity_id,
        event_type="capture",
        idem_key=f"capture:{event.psp}:{event.capture_id}",
        source_type="capture",
        source_id=event.capture_id,
        occurred_at=event.occurred_at,
        lines=lines_of(
            Line(Code.PSP, conversion.paid_minor, conversion.paid_currency, provider(event.psp)),
            Line(Code.FX, -conversion.paid_minor, conversion.paid_currency),
            Line(Code.FX, conversion.owed_minor, conversion.owed_currency),
            Line(
                Code.PENDING,
                -conversion.owed_minor,
                conversion.owed_currency,
                merchant(share.merchant_id),
                Kind.SALE,
                share.merchant_order_id,
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Charge:
    """Commission of one merchant order: net fee and the tax on it."""

    merchant_id: int
    merchant_order_id: int
    fee_minor: int
    tax_minor: int


def commission(
    entity_id: int, currency: str, charge: Charge, *, occurred_at: datetime, revision: int = 0
) -> Draft:
    """E2: on acceptance the merchant owes the fee and its tax, out of what is pending."""
    owner = merchant(charge.merchant_id)
    order = charge.merchant_order_id
    suffix = f":{revision}" if revision else ""
    return Draft(
        entity_id=entity_id,
        event_type="commission",
        idem_key=f"commission:{order}{suffix}",
        source_type="merchant_order",
        source_id=str(order),
        occurred_at=occurred_at,
        lines=lines_of(
            Line(Code.PENDING, charge.fee_minor, currency, owner, Kind.COMMISSION, order),
            Line(Code.PENDING, charge.tax_minor, currency, owner, Kind.FEE_TAX, order),
            Line(Code.COMMISSION, -charge.fee_minor, currency, merchant_order_id=order),
            Line(Code.FEE_VAT, -charge.tax_minor, currency, merchant_order_id=order),
        ),
    )


def subsidy(entity_id: int, currency: str, share: SaleShare, *, occurred_at: datetime) -> Draft:
    """E15: the marketplace pays its part of a discount to the merchant."""
    order = share.merchant_order_id
    amount = share.goods_minor + share.shipping_minor
    return Draft(
        entity_id=entity_id,
        event_type="subsidy",
        idem_key=f"subsidy:{order}",
        source_type="merchant_order",
        source_id=str(order),
        occurred_at=occurred_at,
        lines=lines_of(
            Line(Code.DISCOUNTS, amount, currency, merchant_order_id=order),
            Line(Code.PENDING, -amount, currency, merchant(share.merchant_id), Kind.SUBSIDY, order),
        ),
    )


@dataclass(frozen=True, slots=True)
class Maturing:
    """What of one merchant order leaves pending, by kind in merchant terms (+ = the merchant's money)."""

    merchant_id: int
    merchant_order_id: int
    by_kind: tuple[tuple[str, int], ...]
    reserve_minor: int = 0
    sequence: int = 1

    @property
    def net_minor(self) -> int:
        return sum(amount for _kind, amount in self.by_kind)


def maturity(entity_id: int, currency: str, maturing: Maturing, *, occurred_at: datetime) -> Draft:
    """E4: received and held long enough, so pending becomes available, less the rolling reserve.

    The available account gets one line per kind, so a statement shows sales, commission and tax apart.
    """
    owner = merchant(maturing.merchant_id)
    order = maturing.merchant_order_id
    available = [
        Line(Code.AVAILABLE, -amount, currency, owner, kind, order) for kind, amount in maturing.by_kind
    ]
    return Draft(
        entity_id=entity_id,
        event_type="maturity",
        idem_key=f"maturity:{order}:{maturing.sequence}",
        source_type="merchant_order",
        source_id=str(order),
        occurred_at=occurred_at,
        lines=lines_of(
            Line(Code.PENDING, maturing.net_minor, currency, owner, Kind.MATURED, order),
            *available,
            Line(Code.AVAILABLE, maturing.reserve_minor, currency, owner, Kind.RESERVE, order),
            Line(Code.RESERVE, -maturing.reserve_minor, currency, owner, Kind.RESERVE, order),
        ),
    )


@dataclass(frozen=True, slots=True)
class ProviderPayout:
    entity_id: int
    psp: str
    payout_id: str
    currency: str
    gross_minor: int
    fee_minor: int
    occurred_at: datetime


def provider_payout(event: ProviderPayout) -> Draft:
    """E3: the payment provider pays what it collected, less its fee."""
    return Draft(
        entity_id=event.entity_id,
        event_type="provider_payout",
        idem_key=f"provider-payout:{event.psp}:{event.payout_id}",
        source_type="provider_payout",
        source_id=event.payout_id,
        occurred_at=event.occurred_at,
        lines=lines_of(
            Line(Code.BANK, event.gross_minor - event.fee_minor, event.currency),
            Line(Code.PSP_FEES, event.fee_minor, event.currency),
            Line(Code.PSP, -event.gross_minor, event.currency, provider(event.psp)),
        ),
    )


def provider_conversion(event: ProviderPayout, received_minor: int, received_currency: str) -> Draft:
    """E12s: the provider pays out in another currency than it collected."""
    return Draft(
        entity_id=event.entity_id,
        event_type="provider_conversion",
        idem_key=f"provider-payout:{event.psp}:{event.payout_id}",
        source_type="provider_payout",
        source_id=event.payout_id,
        occurred_at=event.occurred_at,
        lines=lines_of(
            Line(Code.FX, event.gross_minor, event.currency),
            Line(Code.PSP, -event.gross_minor, event.currency, provider(event.psp)),
            Line(Code.BANK, received_minor, received_currency),
            Line(Code.FX, -received_minor, received_currency),
        ),
    )
