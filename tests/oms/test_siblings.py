"""Acting on one merchant's order leaves its siblings, their stock and their money as they were, whatever is done."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.kernel import clock
from backoffice.kernel.actors import buyer_actor
from backoffice.kernel.errors import DomainError
from backoffice.kernel.refs import new_token
from backoffice.kernel.work import drain
from billing.models import Balance
from mms.operations.preferences import state_preference
from mms.selectors.scopes import get_scope
from oms.models import MerchantOrder, OrderLine, PaymentShare, Refund, Reservation, StockItem
from oms.operations.acceptance import accept_lines, accept_merchant_order, refuse_merchant_order
from oms.operations.cancellation import cancel_lines, cancel_lines_as_buyer, cancel_merchant_order
from oms.operations.carriers import CarrierNews, record_carrier_news
from oms.operations.inspections import Verdict, inspect_returned
from oms.operations.invoice_requests import request_invoice, request_invoice_as_buyer
from oms.operations.payment_rescue import try_capture_again
from oms.operations.receipt import close_merchant_order, confirm_receipt, receive_merchant_order
from oms.operations.refunds import RefundPart, RefundWish, request_refund, retry_refund
from oms.operations.shipments import Parcel, make_collectable, ship_parcel
from oms.permissions import (
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    MANAGE_STOCK,
    PUSH_TRACKING,
    REFUND_ORDERS,
    RESOLVE_PAYMENTS,
    SHIP_ORDERS,
)
from oms.preferences import debit_key
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
DESK = operator_actor(
    ACCEPT_ORDERS,
    SHIP_ORDERS,
    CANCEL_ORDERS,
    REFUND_ORDERS,
    PUSH_TRACKING,
    RESOLVE_PAYMENTS,
    MANAGE_STOCK,
    "mms.manage_preferences",
)
BUYER = buyer_actor("Berta")
ACTS = {
    "accept": lambda part: accept_merchant_order(part.ref, actor=DESK),
    "accept some": lambda part: accept_lines(part.ref, {1: 1}, reason="x", actor=DESK),
    "refuse": lambda part: refuse_merchant_order(part.ref, reason="x", actor=DESK),
    "ship one": lambda part: ship_parcel(part.ref, Parcel(pieces={1: 1}), actor=DESK),
    "ship": lambda part: ship_parcel(part.ref, Parcel(), actor=DESK),
    "cancel one": lambda part: cancel_lines(part.ref, {1: 1}, reason="x", actor=DESK),
    "buyer cancels": lambda part: cancel_lines_as_buyer(part.order_id, part.position, {1: 1}, actor=BUYER),
    "cancel": lambda part: cancel_merchant_order(part.ref, reason="x", actor=DESK),
    "refund": lambda part: request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=DESK),
    "refund shipping": lambda part: request_refund(part.ref, RefundWish([], shipping_minor=90), actor=DESK),
    "collectable": lambda part: make_collectable(part.ref, actor=DESK),
    "receive": lambda part: confirm_receipt(part.order_id, part.position, actor=BUYER),
    "operator receives": lambda part: receive_merchant_order(part.ref, actor=DESK),
    "close": lambda part: close_merchant_order(part.ref, actor=DESK),
    "ask for the invoice": lambda part: request_invoice(part.ref, actor=DESK),
    "buyer asks for the invoice": lambda part: request_invoice_as_buyer(
        part.order_id, part.position, actor=BUYER
    ),
    "parcel lost": lambda part: tell_of_parcel(part, "failed"),
    "charge again": lambda part: try_capture_again(part.ref, actor=DESK),
    "pay back again": lambda part: retry_refund(last_refund(part), actor=DESK),
    "inspect": lambda part: inspect_piece(part),
    "wait": lambda part: drain(),
}


def tell_of_parcel(part, status):
    parcel = part.shipments.order_by("-id").first()
    record_carrier_news(
        parcel.ref if parcel else "SHP-NONE", CarrierNews(status, clock.now(), "-"), actor=DESK
    )


def inspect_piece(part):
    place = StockItem.objects.filter(merchant_id=part.merchant_id).first().location
    inspect_returned(part.ref, Verdict(1, 1, "quarantine", place.ref), key=new_token(), actor=DESK)


def last_refund(part):
    refund = part.refunds.order_by("-id").first()
    return refund.ref if refund else "RFD-NONE"


def picture(part):
    """Everything of a merchant order and its merchant, to the minor unit, ledger included."""
    of_order = {"merchant_order": part.pk}
    share = PaymentShare.objects.filter(**of_order).values("amount_minor", "captured_minor", "refunded_minor")
    balances = Balance.objects.filter(
        account__owner_type="merchant", account__owner_id=part.merchant_id
    ).order_by("account__code")
    return (
        list(MerchantOrder.objects.filter(pk=part.pk).values()),
        list(OrderLine.objects.filter(**of_order).order_by("pk").values()),
        list(share),
        list(Refund.objects.filter(**of_order).values()),
        list(Reservation.objects.filter(line__merchant_order=part).order_by("pk").values()),
        list(StockItem.objects.filter(merchant_id=part.merchant_id).order_by("pk").values()),
        list(balances.values_list("account__code", "posted_minor")),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    moment=st.sampled_from(["acceptance", "shipment", "parcel", "order"]),
    is_accepted=st.booleans(),
    acts=st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=8),
)
def test_no_act_touches_a_sibling(shop, moment, is_accepted, acts):
    place = get_scope(f"store:{shop.store.store_code}")
    state_preference(debit_key("test_card"), moment, scope=place, actor=DESK)
    order = shop.order((shop.offer(price=2000), 3), (shop.offer(price=3000), 2))
    part, sibling = order.merchant_orders.order_by("position")
    # Charged when ordered, merchants hear of it once the charge was sent.
    drain()
    if is_accepted:
        accept_merchant_order(sibling.ref, actor=DESK)
    drain()
    before = picture(sibling)
    for name in acts:
        try:
            with transaction.atomic():
                ACTS[name](part)
        except DomainError:
            continue
    drain()
    assert picture(sibling) == before, acts
