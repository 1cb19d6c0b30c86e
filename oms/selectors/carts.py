"""The cart as the buyer sees it: grouped by merchant, priced now, with what stands in the way of ordering."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound
from mms.context import StoreContext
from oms.business_time import WorkingTime
from oms.models import Cart, CartLine
from oms.selectors.availability import read_availability
from oms.selectors.calendars import working_times
from oms.selectors.delivery import (
    DeliveryOption,
    Destination,
    delivery_window,
    list_delivery_options,
)
from oms.selectors.delivery_prices import Package
from oms.selectors.kits import get_kits
from oms.selectors.vouchers import CartVoucher, get_cart_vouchers, on_cart
from pim.selectors.offers import SellableOffer, get_sellable_offers_by_id


@dataclass(frozen=True, slots=True)
class CartItem:
    """One line with the offer as it is sold now."""

    line_id: int
    offer_ref: str
    offer: SellableOffer | None
    quantity: int
    # Why it cannot be ordered as it is; empty when it can.
    problem: str
    # What changed since the buyer saw it last.
    note: str = ""

    @property
    def unit_price_minor(self) -> int:
        return self.offer.unit_price_minor if self.offer else 0

    @property
    def total_minor(self) -> int:
        return self.unit_price_minor * self.quantity if self.offer and self.offer.is_buyable else 0


@dataclass(frozen=True, slots=True)
class CartGroup:
    """One merchant's part of the cart with its delivery."""

    merchant_id: int
    merchant_ref: str
    merchant_name: str
    merchant_slug: str
    items: tuple[CartItem, ...]
    goods_minor: int
    options: tuple[DeliveryOption, ...]
    chosen: DeliveryOption | None
    voucher: CartVoucher | None = None

    @property
    def discount_minor(self) -> int:
        return self.voucher.discount_minor if self.voucher else 0

    @property
    def shipping_minor(self) -> int:
        return self.chosen.price_minor if self.chosen else 0

    @property
    def total_minor(self) -> int:
        return self.goods_minor - self.discount_minor + self.shipping_minor

    @property
    def lead_time_days(self) -> int:
        return max((item.offer.lead_time_days for item in self.items if item.offer), default=0)


@dataclass(frozen=True, slots=True)
class CartView:
    cart: Cart | None
    store: StoreContext
    country: str
    groups: tuple[CartGroup, ...] = ()
    # Lines whose offer is gone altogether.
    lost: tuple[CartItem, ...] = ()
    problems: tuple[str, ...] = field(default=())

    @property
    def currency(self) -> str:
        return self.store.currency

    @property
    def goods_minor(self) -> int:
        return sum(group.goods_minor for group in self.groups)

    @property
    def shipping_minor(self) -> int:
        return sum(group.shipping_minor for group in self.groups)

    @property
    def discount_minor(self) -> int:
        return sum(group.discount_minor for group in self.groups)

    @property
    def total_minor(self) -> int:
        return self.goods_minor - self.discount_minor + self.shipping_minor

    @property
    def voucher_problems(self) -> tuple[str, ...]:
        """Why vouchers on the cart take nothing off; the order can be placed without them."""
        return tuple(
            group.voucher.problem for group in self.groups if group.voucher and group.voucher.problem
        )

    @property
    def count(self) -> int:
        return sum(item.quantity for group in self.groups for item in group.items)

    @property
    def is_empty(self) -> bool:
        return not self.groups and not self.lost

    @property
    def is_orderable(self) -> bool:
        return bool(self.groups) and not self.problems and not self.lost


def find_cart(token: str, *, website_id: int) -> Cart | None:
    """The open cart of this token in this customer pool; None for unknown tokens."""
    if not token:
        return None
    return Cart.objects.filter(token=token, website_id=website_id, ordered_at=None).first()


def find_any_cart(token: str, *, website_id: int) -> Cart | None:
    """The cart of this token, ordered or not: a repeated order must find the first one's."""
    return Cart.objects.filter(token=token, website_id=website_id).first()


def get_cart(token: str, *, website_id: int) -> Cart:
    cart = find_cart(token, website_id=website_id)
    if cart is None:
        raise NotFound(_("There is no such cart. It may have been ordered already."))
    return cart


def count_pieces(token: str, *, website_id: int) -> int:
    """For the header of every page: one statement, none without a cart."""
    if not token:
        return 0
    lines = CartLine.objects.filter(
        cart__token=token, cart__website_id=website_id, cart__ordered_at=None
    ).values_list("quantity", flat=True)
    return sum(lines)


def view_cart(
    cart: Cart | None, store: StoreContext, *, country: str = "", postcode: str = "", email: str = ""
) -> CartView:
    """The cart priced for this store view and country (by default the buyer's, else the store's).

    Vouchers count for the buyer's `email` (by default the one entered). The number of statements does not depend on
    its size; vouchers take one more.
    """
    details: Mapping[str, str] = (cart.details.get("shipping") or {}) if cart else {}
    postcode = postcode or ("" if country else details.get("postcode", ""))
    country = country or details.get("country") or store.country
    if cart is None:
        return CartView(None, store, country)
    lines = list(cart.lines.order_by("id"))
    offers = get_sellable_offers_by_id([line.offer_id for line in lines], store) if lines else {}
    items = _with_shared_stock([_item(line, offers.get(line.offer_id), store) for line in lines], store)
    by_merchant: dict[int, list[CartItem]] = {}
    for item in items:
        if item.offer is not None:
            by_merchant.setdefault(item.offer.merchant_id, []).append(item)
    groups = _groups(cart, by_merchant, Destination(country, postcode), store)
    vouchers = get_cart_vouchers(cart.voucher_ids, email or str(cart.details.get("email", "")))
    if vouchers:
        groups = [
            replace(group, voucher=on_cart(vouchers.get(group.merchant_id), group.goods_minor, store))
            for group in groups
        ]
    return CartView(
        cart,
        store,
        country,
        groups=tuple(groups),
        lost=tuple(item for item in items if item.offer is None),
        problems=tuple(_problems(groups, country)),
    )


def _item(line: CartLine, offer: SellableOffer | None, store: StoreContext) -> CartItem:
    if offer is None:
        return CartItem(line.pk, line.offer.ref, None, line.quantity, _("This product is no longer sold."))
    offer = offer.for_quantity(line.quantity, store)
    note = ""
    if (
        line.seen_price_minor is not None
        and line.seen_currency == offer.currency
        and line.seen_price_minor != offer.unit_price_minor
    ):
        note = _("The price changed since you last looked.")
    return CartItem(
        line.pk, offer.offer_ref, offer, line.quantity, quantity_problem(offer, line.quantity), note
    )


def _with_shared_stock(items: list[CartItem], store: StoreContext) -> list[CartItem]:
    """Marks kits and articles that are there alone but not all together; a statement only when the cart holds a kit."""
    kits = get_kits()
    sold = [(item, item.offer.offer_id) for item in items if item.offer is not None]
    if not any(offer_id in kits.contents for _item, offer_id in sold):
        return items
    demand: dict[int, int] = {}
    for item, offer_id in sold:
        for stock, units in kits.units_of(offer_id):
            demand[stock] = demand.get(stock, 0) + units * item.quantity
    found = read_availability(demand)
    short = {stock for stock, units in demand.items() if units > found[stock].in_store(store.store_id)}
    message = _("Together with the other products of your cart there is not enough left. Reduce a quantity.")
    return [
        replace(item, problem=message)
        if item.offer is not None
        and not item.problem
        and any(stock in short for stock, _units in kits.units_of(item.offer.offer_id))
        else item
        for item in items
    ]


def quantity_problem(offer: SellableOffer, quantity: int) -> str:
    """Why this quantity of this offer cannot be ordered; empty when it can."""
    if not offer.is_buyable:
        return offer.reason_text or _("This product is not sold at the moment.")
    if quantity < offer.min_quantity:
        return _("At least %(count)s must be ordered.") % {"count": offer.min_quantity}
    if offer.max_quantity is not None and quantity > offer.max_quantity:
        return _("At most %(count)s can be ordered.") % {"count": offer.max_quantity}
    if quantity % offer.pack_size:
        return _("Sold in packs of %(count)s.") % {"count": offer.pack_size}
    if quantity > offer.available_quantity:
        return _("Only %(count)s left. Reduce the quantity.") % {"count": offer.available_quantity}
    return ""


def _groups(
    cart: Cart, by_merchant: dict[int, list[CartItem]], destination: Destination, store: StoreContext
) -> list[CartGroup]:
    packages = {key: _package(items) for key, items in by_merchant.items()}
    options = list_delivery_options(packages, destination, currency=store.currency) if packages else {}
    working = working_times(packages)
    chosen = {
        merchant_id: (method_id, point_id)
        for merchant_id, method_id, point_id in cart.deliveries.values_list(
            "merchant_id", "method_id", "point_id"
        )
    }
    groups = []
    for merchant_id, items in by_merchant.items():
        offer = items[0].offer
        if offer is None:
            continue
        found = _with_windows(options.get(merchant_id, []), items, working[merchant_id])
        wanted = chosen.get(merchant_id)
        picked = next((option for option in found if (option.method_id, option.point_id) == wanted), None)
        groups.append(
            CartGroup(
                merchant_id=merchant_id,
                merchant_ref=offer.merchant_ref,
                merchant_name=offer.merchant_name,
                merchant_slug=offer.merchant_slug,
                items=tuple(items),
                goods_minor=packages[merchant_id].goods_minor,
                options=tuple(found),
                # The first option counts until the buyer chooses.
                chosen=picked or (found[0] if found else None),
            )
        )
    return groups


def _package(items: list[CartItem]) -> Package:
    """One merchant's goods as delivery prices see them: what its own offers say, never the shared card."""
    return Package(
        goods_minor=sum(item.total_minor for item in items),
        pieces={item.offer.offer_id: item.quantity for item in items if item.offer is not None},
    )


def _ready_dates(items: Iterable[CartItem], moment: datetime, working: WorkingTime) -> list[date]:
    """When each line can leave the merchant, ordered at that moment: its lead time, or the arrival of a pre-order."""
    days = []
    for item in items:
        if item.offer is not None:
            ready = working.ready_on(moment, item.offer.lead_time_days)
            days.append(max(ready, item.offer.preorder_on(item.quantity) or ready))
    return days


def _with_windows(
    options: list[DeliveryOption], items: list[CartItem], working: WorkingTime
) -> list[DeliveryOption]:
    ready_on = _ready_dates(items, clock.now(), working)
    windows = [(option, delivery_window(ready_on, option, working)) for option in options]
    return [
        replace(option, arrives_from_on=earliest, arrives_until_on=latest)
        for option, (earliest, latest) in windows
    ]


def _problems(groups: list[CartGroup], country: str) -> list[str]:
    problems = [item.problem for group in groups for item in group.items if item.problem]
    problems += [
        _("%(merchant)s does not deliver to %(country)s.")
        % {"merchant": group.merchant_name, "country": country}
        for group in groups
        if not group.options
    ]
    return problems
