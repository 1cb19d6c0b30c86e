"""Builders of stock, delivery grids and orders; rows as they are, without running the operations."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.db.models import F

from backoffice.kernel import clock
from mas.models import Merchant
from oms.links import order_token
from oms.models import (
    Cart,
    DeliveryMethod,
    DeliveryPriceClass,
    DeliveryZone,
    Incident,
    KitComponent,
    MerchantOrder,
    Order,
    OrderLine,
    Payment,
    PaymentAttempt,
    PaymentNotification,
    PaymentShare,
    PickupPoint,
    Refund,
    Reservation,
    Shipment,
    StockCount,
    StockItem,
    StockLocation,
    StockMovement,
    StockPool,
    StockReconciliation,
    StockTransfer,
    TimeLimit,
    TrackingFile,
    Voucher,
)
from pim.models import Offer
from tests.factories import mas, mms, pim
from tests.isolation.objects import Shared

_numbers = count(1)

ADDRESS = {
    "name": "Berta Buyer",
    "street": "Lange Straße 5",
    "street2": "",
    "postcode": "10115",
    "city": "Berlin",
    "region": "",
    "country": "DE",
}


def location(of: Merchant | None = None, **fields: Any) -> StockLocation:
    fields.setdefault("name", f"Warehouse {next(_numbers)}")
    return StockLocation.objects.create(merchant=of or mas.merchant(), **fields)


def stock(offer: Offer, on_hand: int = 10, *, at: StockLocation | None = None, **fields: Any) -> StockItem:
    """Pieces on hand, with the movement that explains them."""
    if at is None:
        at = StockLocation.objects.filter(merchant_id=offer.merchant_id, is_default=True).first()
        at = at or location(offer.merchant, is_default=True)
    item = StockItem.objects.create(
        offer=offer, location=at, merchant_id=offer.merchant_id, on_hand=on_hand, **fields
    )
    StockMovement.objects.create(item=item, kind="stated", on_hand_delta=on_hand, actor_label="tests")
    Offer.objects.filter(pk=offer.pk).update(available_quantity=item.available)
    return item


def delivery_zone(
    of: Merchant | None = None, countries: tuple[str, ...] = ("DE",), **fields: Any
) -> DeliveryZone:
    fields.setdefault("name", f"Zone {next(_numbers)}")
    return DeliveryZone.objects.create(merchant=of, countries=list(countries), **fields)


def delivery_method(
    zone: DeliveryZone | None = None,
    price: int = 490,
    *,
    free_from: int | None = None,
    currency: str = "EUR",
    **fields: Any,
) -> DeliveryMethod:
    """A method with one price, free from `free_from` on."""
    fields.setdefault("name", f"Parcel {next(_numbers)}")
    made = DeliveryMethod.objects.create(zone=zone or delivery_zone(), **fields)
    DeliveryPriceClass.objects.create(method=made, currency=currency, from_value=0, amount_minor=price)
    if free_from is not None:
        DeliveryPriceClass.objects.create(
            method=made, currency=currency, from_value=free_from, amount_minor=0
        )
    return made


def voucher(of: Merchant | None = None, **fields: Any) -> Voucher:
    """A voucher of 10 %, valid since yesterday and without limits."""
    if "website_id" not in fields:
        fields.setdefault("website", mms.website())
    fields.setdefault("code", f"CODE{next(_numbers)}")
    fields.setdefault("title", "Thank you")
    fields.setdefault("kind", "percent")
    fields.setdefault("rate_bps", 1000)
    fields.setdefault("currency", "EUR")
    fields.setdefault("valid_from", clock.now() - timedelta(days=1))
    return Voucher.objects.create(merchant=of or mas.merchant(), **fields)


def order(**fields: Any) -> Order:
    """A placed order without content yet."""
    now = clock.now()
    fields.setdefault("website_id", 1)
    fields.setdefault("store_id", 1)
    fields.setdefault("view_id", 1)
    fields.setdefault("store_copy", {"view_code": "en", "name": "Nordhaus", "base_path": "/en/"})
    fields.setdefault("language", "en")
    fields.setdefault("country", "DE")
    fields.setdefault("currency", "EUR")
    fields.setdefault("buyer_name", "Berta Buyer")
    fields.setdefault("buyer_email", "berta@example.com")
    fields.setdefault("shipping_address", ADDRESS)
    fields.setdefault("billing_address", ADDRESS)
    fields.setdefault("placed_at", now)
    for name in ("goods_minor", "shipping_minor", "tax_minor", "total_minor"):
        fields.setdefault(name, 0)
    return Order.objects.create(**fields)


def merchant_order(
    of: Merchant | None = None,
    *,
    order: Order | None = None,
    state: str = "waiting_acceptance",
    lines: tuple[tuple[int, int], ...] = ((1, 1000),),
    shipping: int = 490,
    provider: str = "bank_transfer",
    captured: bool = True,
    tax_rate_bps: int = 1900,
    **fields: Any,
) -> MerchantOrder:
    """A merchant order with lines `(quantity, unit price)`, its payment share (paid when `captured`) and stock.

    The order and payment it belongs to grow by its amounts, so they keep adding up.
    """
    merchant = of or mas.merchant()
    order = order or globals()["order"]()
    position = order.merchant_orders.count() + 1
    goods = sum(quantity * price for quantity, price in lines)
    tax = [_tax(quantity * price, tax_rate_bps) for quantity, price in lines]
    shipping_tax = _tax(shipping, tax_rate_bps)
    made = MerchantOrder.objects.create(
        ref=f"{order.ref}-{position}",
        order=order,
        position=position,
        merchant=merchant,
        merchant_name=merchant.name,
        state=state,
        currency=order.currency,
        goods_minor=goods,
        shipping_minor=shipping,
        shipping_tax_rate_bps=tax_rate_bps,
        shipping_tax_minor=shipping_tax,
        tax_minor=sum(tax) + shipping_tax,
        total_minor=goods + shipping,
        delivery_name="Parcel",
        placed_at=order.placed_at,
        **fields,
    )
    for number, (quantity, price) in enumerate(lines, start=1):
        _line(made, number, quantity, price, tax[number - 1])
    _grow(order, made, provider, captured)
    return made


def _tax(gross: int, rate_bps: int) -> int:
    return (gross * rate_bps * 2 + 10_000 + rate_bps) // (2 * (10_000 + rate_bps))


def _line(made: MerchantOrder, number: int, quantity: int, price: int, tax: int) -> None:
    offer = pim.offer(merchant=made.merchant, price=price)
    item = stock(offer, quantity + 10)
    accepted = made.state not in {"staged", "waiting_acceptance", "refused", "cancelled"}
    line = OrderLine.objects.create(
        merchant_order=made,
        position=number,
        offer=offer,
        offer_ref=offer.ref,
        card_id=offer.card_id,
        card_ref=offer.card.ref,
        title=offer.card.title,
        merchant_sku=offer.merchant_sku,
        tax_class="standard",
        tax_rate_bps=made.shipping_tax_rate_bps,
        unit_price_minor=price,
        quantity=quantity,
        quantity_accepted=quantity if accepted else 0,
        tax_minor=tax,
        total_minor=quantity * price,
    )
    Reservation.objects.create(
        key=f"{made.ref}-{number}",
        item=item,
        purpose=f"order:{made.order.ref}",
        line=line,
        quantity=quantity,
        open_quantity=quantity,
        state="committed",
    )
    StockItem.objects.filter(pk=item.pk).update(reserved=quantity)
    StockMovement.objects.create(item=item, kind="reserved", reserved_delta=quantity, actor_label="tests")


def _grow(order: Order, made: MerchantOrder, provider: str, captured: bool) -> None:
    for name in ("goods_minor", "shipping_minor", "tax_minor", "total_minor"):
        setattr(order, name, getattr(order, name) + getattr(made, name))
    order.save()
    payment, _created = Payment.objects.get_or_create(
        order=order,
        defaults={
            "provider": provider,
            "state": "captured" if captured else "awaited" if provider == "bank_transfer" else "authorised",
            "currency": order.currency,
            "amount_minor": 0,
            "debit_moment": "order" if provider == "bank_transfer" else "acceptance",
            "provider_ref": f"transfer-{order.ref}",
        },
    )
    Payment.objects.filter(pk=payment.pk).update(amount_minor=order.total_minor)
    PaymentShare.objects.create(
        payment=payment,
        merchant_order=made,
        amount_minor=made.total_minor,
        captured_minor=made.total_minor if captured else 0,
    )


def shipped(of: Merchant | None = None, **fields: Any) -> MerchantOrder:
    """A merchant order whose every piece has left."""
    fields.setdefault("state", "shipped")
    made = merchant_order(of, shipped_at=clock.now(), **fields)
    made.lines.update(quantity_shipped=F("quantity"))
    return made


def incident(of: MerchantOrder, position: int = 1, **fields: Any) -> Incident:
    """An open incident on one line, as a row."""
    fields.setdefault("reason", "damaged")
    fields.setdefault("opened_by", "buyer")
    made: Incident = Incident.objects.create(
        merchant_order=of, line=of.lines.get(position=position), **fields
    )
    return made


def time_limit(of: MerchantOrder, kind: str, due_at: Any) -> TimeLimit:
    return TimeLimit.objects.create(order=of.order, merchant_order=of, kind=kind, due_at=due_at)


def _way_objects(part: MerchantOrder) -> dict[str, Any]:
    """A parcel, an incident and a file of tracking numbers of the part's merchant."""
    case = incident(part)
    parcel = Shipment.objects.create(merchant_order=part, request_key=f"{part.ref}:isolation")
    file = TrackingFile.objects.create(
        merchant_id=part.merchant_id,
        filename="isolation.csv",
        header=["order", "tracking_number"],
        created_by="tests",
    )
    news = {"ref": part.ref, "shipment_ref": parcel.ref}
    return {
        "oms-tracking": file.ref,
        "oms-incident": case.ref,
        "/incidents": case.ref,
        "/shipments": parcel.ref,
        "oms-order-news": news,
        "oms-part-news": news,
    }


def _signed(part: MerchantOrder) -> dict[str, Any]:
    """The first part and line on the buyer's own page of an order: whoever holds its token."""
    return {"token": Shared(order_token(part.order.ref)), "position": Shared(1), "line": Shared(1)}


def isolation_objects(of: Merchant) -> dict[str, Any]:
    """One of everything that belongs to a merchant, by its place in addresses: for the sweep over all pages."""
    part = merchant_order(of, state="in_preparation", lines=((2, 1000),))
    item = StockItem.objects.get(merchant=of, reservations__line__merchant_order=part)
    zone = delivery_zone(of)
    method = delivery_method(zone)
    point = PickupPoint.objects.create(
        merchant=of, name=f"Shop {part.ref}", street="Gasse 1", postcode="10115", city="Berlin", country="DE"
    )
    made = Refund.objects.create(
        merchant_order=part,
        request_key=f"{part.ref}:isolation",
        currency=part.currency,
        amount_minor=1,
        reason="other",
        requested_by="tests",
    )
    PaymentShare.objects.filter(merchant_order=part).update(refunded_minor=1)
    cart = Cart.objects.create(website_id=part.order.website_id)
    attempt = PaymentAttempt.objects.create(
        payment=part.share.payment, kind="authorise", state="unknown", amount_minor=part.total_minor
    )
    message = PaymentNotification.objects.create(
        provider="test_card", event_id=f"isolation of {part.ref}", state="parked"
    )
    return {
        "oms-attempt": attempt.idempotency_key,
        "oms-notification": message.pk,
        "oms-payment_notification": Shared("test_card"),
        "oms-order": part.ref,
        "oms-part": part.ref,
        "console:oms-order": part.order.ref,
        "oms-refund": {"ref": part.ref, "refund_ref": made.ref},
        "portal:oms-order-refund-retry": {"ref": part.ref, "refund_ref": made.ref},
        **_way_objects(part),
        **_stock_objects(of, item),
        "/refunds": made.ref,
        "/payment-commands": attempt.idempotency_key,
        "/payment-messages": message.pk,
        "operator:/merchant-orders": part.ref,
        "console:oms-merchant": of.ref,
        "oms-carrier": Shared("dhl"),
        "oms-zone": zone.ref,
        "/delivery-zones": zone.ref,
        "oms-point": point.ref,
        "/pickup-points": point.ref,
        "oms-method-create": zone.ref,
        "oms-method": method.ref,
        "/delivery-methods": method.ref,
        "oms-cart-line": Shared(item.offer.ref),
        "storefront:oms-payment": {"token": Shared(order_token(part.order.ref))},
        "storefront:oms-order": _signed(part),
        "oms-voucher": (code := voucher(of)).ref,
        "/vouchers": code.ref,
        "storefront:/carts": {"token": Shared(cart.token), "code": Shared("NOSUCH")},
        "/orders": part.ref,
        "operator:/orders": part.order.ref,
        "/carts": Shared(cart.token),
    }


def _stock_objects(of: Merchant, item: StockItem) -> dict[str, Any]:
    of_place = item.location
    pool = StockPool.objects.create(store=mms.store(), location=of_place)
    sheet = StockCount.objects.create(merchant=of, location=of_place)
    sheet.lines.create(item=item, expected=item.on_hand)
    transfer = StockTransfer.objects.create(merchant=of, source=of_place, destination=location(of))
    transfer.lines.create(offer=item.offer, quantity=1)
    set_of = pim.offer(merchant=of, available_quantity=0)
    KitComponent.objects.create(merchant=of, kit=set_of, component=item.offer)
    return {
        "portal:oms-stock-edit": {"offer_ref": item.offer.ref, "location_ref": item.location.ref},
        "oms-location": of_place.ref,
        "portal:oms-location-stop": {"ref": of_place.ref, "store": Shared(pool.store.code)},
        "oms-count": sheet.ref,
        "oms-transfer": transfer.ref,
        "oms-kit": set_of.ref,
        "console:oms-reconciliation": Shared(StockReconciliation.objects.create(actor_label="tests").ref),
        "/locations": of_place.ref,
        "/stock": {"offer_ref": item.offer.ref, "location_ref": of_place.ref},
        "/counts": sheet.ref,
        "/transfers": transfer.ref,
        "/kits": set_of.ref,
    }
