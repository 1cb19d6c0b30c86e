"""From a priced cart to the amounts of an order: pure arithmetic, nothing is written.

Every amount is split once, here; children carry their parts and never compute them anew.
"""

from dataclasses import dataclass
from datetime import date

from backoffice.kernel.money import allocate
from mms.context import StoreContext
from mms.selectors.taxes import tax_rate_bps
from oms.amounts import spread_tax
from oms.selectors.carts import CartGroup, CartItem, CartView
from oms.selectors.delivery import DeliveryOption
from oms.selectors.vouchers import CartVoucher
from pim.selectors.offers import SellableOffer


@dataclass(frozen=True, slots=True)
class PlannedLine:
    offer: SellableOffer
    quantity: int
    tax_rate_bps: int
    tax_minor: int
    # What the buyer pays for the line, tax included, the discount taken off.
    total_minor: int
    # The line's share of the merchant's voucher, in the terms of its price.
    discount_minor: int = 0


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One merchant's part."""

    merchant_id: int
    merchant_name: str
    lines: tuple[PlannedLine, ...]
    delivery: DeliveryOption
    shipping_tax_rate_bps: int
    shipping_tax_minor: int
    shipping_minor: int
    lead_time_days: int
    # What the cart showed.
    delivery_from_on: date | None
    delivery_until_on: date | None
    voucher: CartVoucher | None = None

    @property
    def discount_minor(self) -> int:
        return sum(line.discount_minor for line in self.lines)

    @property
    def goods_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)

    @property
    def tax_minor(self) -> int:
        return sum(line.tax_minor for line in self.lines) + self.shipping_tax_minor

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor


@dataclass(frozen=True, slots=True)
class OrderPlan:
    parts: tuple[PlannedPart, ...]
    currency: str
    country: str
    tax_included: bool

    @property
    def goods_minor(self) -> int:
        return sum(part.goods_minor for part in self.parts)

    @property
    def shipping_minor(self) -> int:
        return sum(part.shipping_minor for part in self.parts)

    @property
    def tax_minor(self) -> int:
        return sum(part.tax_minor for part in self.parts)

    @property
    def total_minor(self) -> int:
        return sum(part.total_minor for part in self.parts)


def plan_order(view: CartView, on: date) -> OrderPlan:
    """The order that this cart would make today. Raises `TaxRateMissing`; the cart must be orderable."""
    store = view.store
    parts = [
        _plan_part(group, group.chosen, view.country, store, on)
        for group in view.groups
        if group.chosen is not None
    ]
    return OrderPlan(tuple(parts), store.currency, view.country, store.prices_include_tax)


def _plan_part(
    group: CartGroup, delivery: DeliveryOption, country: str, store: StoreContext, on: date
) -> PlannedPart:
    pairs: list[tuple[CartItem, SellableOffer]] = [
        (item, item.offer) for item in group.items if item.offer is not None
    ]
    rates = [tax_rate_bps(country, offer.tax_class, on) for _item, offer in pairs]
    shipping_rate = tax_rate_bps(country, delivery.tax_class, on) if delivery.price_minor else 0
    values = [item.total_minor for item, _offer in pairs]
    # No share is above its line: the discount is below the sum.
    discounts = allocate(group.discount_minor, values)
    amounts = [value - discount for value, discount in zip(values, discounts, strict=True)]
    taxes = spread_tax(
        [*zip(amounts, rates, strict=True), (delivery.price_minor, shipping_rate)],
        included=store.prices_include_tax,
    )
    on_top = 0 if store.prices_include_tax else 1
    lines = tuple(
        PlannedLine(offer, item.quantity, rate, tax, amount + on_top * tax, discount)
        for (item, offer), rate, tax, amount, discount in zip(
            pairs, rates, taxes[:-1], amounts, discounts, strict=True
        )
    )
    return PlannedPart(
        merchant_id=group.merchant_id,
        merchant_name=group.merchant_name,
        lines=lines,
        delivery=delivery,
        shipping_tax_rate_bps=shipping_rate,
        shipping_tax_minor=taxes[-1],
        shipping_minor=delivery.price_minor + on_top * taxes[-1],
        lead_time_days=group.lead_time_days,
        delivery_from_on=delivery.arrives_from_on,
        delivery_until_on=delivery.arrives_until_on,
        voucher=group.voucher if group.discount_minor else None,
    )
