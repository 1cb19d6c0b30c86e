"""What fees are computed from: the frozen terms of a merchant order, in two statements for a whole order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from oms.models import MerchantOrder, OrderLine


@dataclass(frozen=True, slots=True)
class FeeBasisLine:
    """One line as agreed at placement; `goods_gross_minor` is what the buyer pays for it, tax included."""

    line_id: int
    line_position: int
    offer_id: int
    card_id: int
    brand: str
    # Leaf to root.
    category_ids: tuple[int, ...]
    quantity: int
    goods_gross_minor: int
    goods_net_minor: int
    tax_rate_bps: int
    operator_discount_minor: int
    merchant_discount_minor: int
    # Refused or cancelled before it was charged: no fee is due on it.
    withdrawn_minor: int = 0


@dataclass(frozen=True, slots=True)
class FeeBasis:
    merchant_order_id: int
    merchant_order_ref: str
    merchant_id: int
    order_id: int
    order_ref: str
    website_id: int
    currency: str
    # Where the goods go.
    country: str
    placed_at: datetime
    lines: tuple[FeeBasisLine, ...]
    shipping_minor: int
    shipping_net_minor: int
    shipping_tax_rate_bps: int


def get_fee_basis(merchant_order_id: int) -> FeeBasis:
    """The frozen terms of one merchant order. Raises `NotFound`."""
    found = _bases(MerchantOrder.objects.filter(pk=merchant_order_id))
    if not found:
        raise NotFound(_("There is no such order."))
    return found[0]


def list_fee_bases(order_id: int) -> list[FeeBasis]:
    """The frozen terms of all merchant orders of one order, in their order."""
    return _bases(MerchantOrder.objects.filter(order_id=order_id).order_by("position"))


def _bases(merchant_orders: models.QuerySet[MerchantOrder]) -> list[FeeBasis]:
    rows = merchant_orders.select_related("order").prefetch_related("lines")
    return [basis_of(row, sorted(row.lines.all(), key=lambda line: line.position)) for row in rows]


def basis_of(row: MerchantOrder, lines: Iterable[OrderLine]) -> FeeBasis:
    """The frozen terms of a merchant order at hand with its lines in order; no statement."""
    return FeeBasis(
        merchant_order_id=row.pk,
        merchant_order_ref=row.ref,
        merchant_id=row.merchant_id,
        order_id=row.order_id,
        order_ref=row.order.ref,
        website_id=row.order.website_id,
        currency=row.currency,
        country=row.order.country,
        placed_at=row.order.placed_at or row.order.created_at,
        lines=tuple(_line(line) for line in lines),
        shipping_minor=row.shipping_minor,
        shipping_net_minor=row.shipping_minor - row.shipping_tax_minor,
        shipping_tax_rate_bps=row.shipping_tax_rate_bps,
    )


def _line(line: OrderLine) -> FeeBasisLine:
    return FeeBasisLine(
        line_id=line.pk,
        line_position=line.position,
        offer_id=line.offer_id,
        card_id=line.card_id,
        brand=line.brand,
        category_ids=tuple(line.category_ids),
        quantity=line.quantity,
        goods_gross_minor=line.total_minor,
        goods_net_minor=line.total_minor - line.tax_minor,
        tax_rate_bps=line.tax_rate_bps,
        operator_discount_minor=line.operator_discount_minor,
        merchant_discount_minor=line.merchant_discount_minor,
        withdrawn_minor=line.withdrawn_minor,
    )
