"""The order system for programs: merchants work off orders, operators record transfers, shop fronts order carts."""

import base64
import json

import pytest
from django.test import Client

from backoffice.kernel.actors import system_actor
from mms.models import StoreView
from mms.operations.api_keys import create_api_key
from oms.exports.packing_slip import packing_slip_pdf
from oms.models import CarrierEvent, InvoiceRequest, MerchantOrder, Order, Refund, Shipment
from oms.permissions import (
    ACCEPT_ORDERS,
    MARK_PAID,
    PUSH_TRACKING,
    REFUND_ORDERS,
    SHIP_ORDERS,
    VIEW_ORDERS,
)
from tests.factories import mas, mms, oms

pytestmark = pytest.mark.django_db
GRANTS = (VIEW_ORDERS, ACCEPT_ORDERS, SHIP_ORDERS, REFUND_ORDERS)


class Api:
    """A program with a key."""

    def __init__(self, base: str, **key) -> None:
        secret = create_api_key(name="Program", actor=system_actor(), **key)[1]
        self.base, self.client = base, Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path):
        return self.client.get(f"{self.base}{path}")

    def send(self, path, body, key="k1", method="post"):
        headers = {"Idempotency-Key": key} if key else {}
        call = getattr(self.client, method)
        return call(f"{self.base}{path}", json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def merchant(db):
    return mas.merchant()


@pytest.fixture
def program(merchant):
    return Api("/api/merchant/v1", grants=GRANTS, merchant_id=merchant.pk)


def test_a_merchants_program_lists_its_orders_only_and_sees_addresses_after_acceptance(program, merchant):
    own, foreign = oms.merchant_order(merchant), oms.merchant_order()
    answer = program.get("/orders").json()
    assert [(row["ref"], row["shipping_address"]) for row in answer["items"]] == [(own.ref, None)]
    assert program.get(f"/orders/{foreign.ref}").status_code == 404
    assert program.send(f"/orders/{foreign.ref}/accept", {}).status_code == 404
    assert MerchantOrder.objects.get(pk=foreign.pk).state == "waiting_acceptance"
    accepted = program.send(f"/orders/{own.ref}/accept", {}).json()
    assert (accepted["state"], accepted["shipping_address"]["city"]) == ("in_preparation", "Berlin")


def test_batches_are_accepted_and_shipped_row_by_row_for_both_audiences(program, merchant):
    own, foreign = oms.merchant_order(merchant), oms.merchant_order()
    answer = program.send("/orders/accept", {"refs": [own.ref, foreign.ref]}).json()
    assert [row["is_done"] for row in answer["results"]] == [True, False]
    desk = Api("/api/operator/v1", grants=GRANTS)
    assert desk.send("/merchant-orders/accept", {"refs": [foreign.ref]}).json()["results"][0]["is_done"]
    parcels = {"rows": [{"order_ref": own.ref, "carrier": "dhl", "tracking_number": "JD1"}]}
    assert program.send("/orders/ship", parcels).json()["results"][0]["is_done"]
    parcels["rows"][0]["order_ref"] = foreign.ref
    assert desk.send("/merchant-orders/ship", parcels).json()["results"][0]["is_done"]
    assert set(MerchantOrder.objects.values_list("state", flat=True)) == {"shipped"}


def test_accepting_twice_answers_the_same(program, merchant):
    part = oms.merchant_order(merchant, lines=((2, 1000),))
    body = {"accepted": {"1": 1}, "reason": "one is broken"}
    first, second = (program.send(f"/orders/{part.ref}/accept", body) for _time in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json()["lines"][0]["quantity_refused"] == 1
    assert Refund.objects.count() == 1
    assert program.send(f"/orders/{part.ref}/refuse", {"reason": "x"}).status_code == 409


def test_a_parcel_is_recorded_once_per_key(program, merchant):
    part = oms.merchant_order(merchant, state="in_preparation", lines=((3, 1000),))
    body = {"pieces": {"1": 1}, "carrier": "dhl", "tracking_number": "JD1"}
    answers = [program.send(f"/orders/{part.ref}/shipments", body, "parcel-1") for _time in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["ref"] for answer in answers}) == Shipment.objects.count() == 1
    assert program.send(f"/orders/{part.ref}/shipments", body, "").status_code == 400
    too_many = program.send(f"/orders/{part.ref}/shipments", {"pieces": {"1": 3}}, "parcel-2")
    assert (too_many.status_code, too_many.json()["error"]["code"]) == (409, "line_quantity_refused")


def test_a_refund_above_what_is_left_is_refused_with_a_code(program, merchant):
    part = oms.merchant_order(merchant, state="shipped", lines=((1, 1000),))
    done = program.send(f"/orders/{part.ref}/refunds", {"lines": [{"position": 1, "quantity": 1}]}, "r1")
    assert (done.status_code, done.json()["amount_minor"]) == (201, 1000)
    over = program.send(f"/orders/{part.ref}/refunds", {"shipping_minor": 491}, "r2")
    assert (over.status_code, over.json()["error"]["code"]) == (409, "refund_too_high")


def test_the_operators_program_records_a_transfer():
    mms.tax_rate()
    part = oms.merchant_order(state="staged", captured=False)
    program = Api("/api/operator/v1", grants=(VIEW_ORDERS, MARK_PAID))
    answers = [program.send(f"/orders/{part.order.ref}/paid", {"reference": "s7"}) for _time in range(2)]
    assert [answer.json()["payment_state"] for answer in answers] == ["captured"] * 2
    assert [row["ref"] for row in program.get("/orders").json()["items"]] == [part.order.ref]
    assert program.get(f"/merchant-orders/{part.ref}").json()["state"] == "waiting_acceptance"


@pytest.fixture
def front(make_shop, db):
    shop = make_shop(code="en")
    api = Api("/api/storefront/v1", view=StoreView.objects.get(code="en"))
    api.shop = shop
    return api


def order_body(total, number="4242424242424242", **more):
    return {
        "email": "berta@example.com",
        "shipping_address": oms.ADDRESS,
        "provider": "test_card",
        "instrument": {"card_number": number},
        "expected_total_minor": total,
        **more,
    }


def test_a_shop_front_orders_a_cart_once_per_key(front):
    offer = front.shop.offer(price=2000)
    made = front.send("/carts", {"lines": [{"offer_ref": offer.ref, "quantity": 2}]})
    cart = made.json()
    assert (made.status_code, cart["total_minor"], cart["is_orderable"]) == (201, 4490, True)
    assert cart["groups"][0]["options"][0]["missing_for_free_minor"] == 1000
    answers = [front.send(f"/carts/{cart['token']}/order", order_body(4490), "o1") for _time in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["ref"] for answer in answers} == {Order.objects.get().ref}
    assert answers[0].json()["payment_state"] == "authorised"


def test_a_cart_is_made_once_per_key_and_an_order_needs_one(front):
    lines = {"lines": [{"offer_ref": front.shop.offer().ref, "quantity": 1}]}
    first, again = front.send("/carts", lines), front.send("/carts", lines)
    assert (again.status_code, again.content) == (201, first.content)
    more = {"lines": [{**lines["lines"][0], "quantity": 2}]}
    assert front.send("/carts", more).json()["error"]["code"] == "idempotency_conflict"
    url = f"/carts/{first.json()['token']}/order"
    missing = front.send(url, order_body(1490), key="")
    assert (missing.status_code, missing.json()["error"]["code"]) == (400, "idempotency_key_required")
    assert Order.objects.count() == 0
    assert front.send(url, order_body(1490), "o1").status_code == 200
    other = front.send(url, order_body(1490, email="else@example.com"), "o1")
    assert (other.status_code, Order.objects.count()) == (409, 1)


def test_a_declined_card_is_answered_with_its_reason_and_may_be_replaced(front):
    cart = front.send("/carts", {"lines": [{"offer_ref": front.shop.offer().ref, "quantity": 1}]}).json()
    url = f"/carts/{cart['token']}/order"
    declined = front.send(url, order_body(1490, "4000000000000002"), "o1").json()
    assert (declined["state"], declined["placed_at"]) == ("abandoned", None)
    assert declined["abandon_reason"] == "The card was declined by its bank."
    assert front.send(url, order_body(1490), "o2").json()["state"] == "placed"


def test_delivery_and_tax_follow_the_address_of_the_order(front):
    mms.tax_rate("AT", rate_bps=2000)
    cart = front.send("/carts", {"lines": [{"offer_ref": front.shop.offer().ref, "quantity": 1}]}).json()
    url = f"/carts/{cart['token']}/order"
    abroad = {**oms.ADDRESS, "country": "CH"}
    refused = front.send(url, order_body(1490, shipping_address=abroad), "o1").json()
    assert refused["error"]["code"] == "no_delivery"
    order = front.send(url, order_body(1490, shipping_address={**oms.ADDRESS, "country": "AT"}), "o2").json()
    assert (order["state"], order["tax_minor"]) == ("placed", 248)


def test_unknown_fields_and_missing_keys_are_refused(front):
    cart = front.send("/carts", {"lines": [{"offer_ref": front.shop.offer().ref, "quantity": 1}]}).json()
    url = f"/carts/{cart['token']}/order"
    assert front.send(url, order_body(1490, discount=100), "o1").status_code == 422
    assert front.send(url, order_body(1490), "").status_code == 400
    assert front.send(url, order_body(1), "o1").json()["error"]["code"] == "cart_changed"
    assert Order.objects.count() == 0


def test_quantities_are_set_and_taken_out(front):
    offer = front.shop.offer(price=1000, on_hand=5)
    cart = front.send("/carts", {"lines": [{"offer_ref": offer.ref, "quantity": 1}]}).json()
    url = f"/carts/{cart['token']}/lines"
    assert (
        front.send(url, {"offer_ref": offer.ref, "quantity": 3}, method="put").json()["goods_minor"] == 3000
    )
    refused = front.send(url, {"offer_ref": offer.ref, "quantity": 6}, method="put")
    assert refused.json()["error"]["code"] == "quantity_not_allowed"
    assert front.send(url, {"offer_ref": offer.ref, "quantity": 0}, method="put").json()["groups"] == []


def test_strangers_do_not_find_a_cart_by_its_number(front):
    front.send("/carts", {"lines": [{"offer_ref": front.shop.offer().ref, "quantity": 1}]})
    assert front.get("/carts/1").status_code == 404


def test_a_program_reads_who_did_what_to_an_order_and_its_lines(program, merchant):
    part = oms.merchant_order(merchant, lines=((2, 1000), (1, 500)))
    program.send(f"/orders/{part.ref}/accept", {"accepted": {"1": 1, "2": 1}, "reason": "one is broken"})
    rows = program.get(f"/orders/{part.ref}/history").json()["items"]
    steps = {(row["what"], row["line_position"]): row for row in rows}
    moved = steps["accepted", None]
    assert (moved["from_state"], moved["to_state"]) == ("waiting_acceptance", "waiting_payment")
    assert {row["actor_kind"] for row in rows} == {"api_key"}
    assert {"Program"} == {row["actor_label"] for row in rows}
    assert steps["line_refused", 1]["reason"] == "one is broken"
    foreign = oms.merchant_order()
    assert program.get(f"/orders/{foreign.ref}/history").status_code == 404


def test_a_program_tells_what_carriers_say_by_parcel_or_by_their_own_number(merchant):
    program = Api("/api/merchant/v1", grants=(*GRANTS, PUSH_TRACKING), merchant_id=merchant.pk)
    desk = Api("/api/operator/v1", grants=(*GRANTS, PUSH_TRACKING))
    part = oms.merchant_order(merchant, state="in_preparation")
    parcel = {"carrier": "dhl", "tracking_number": "JD9"}
    ref = program.send(f"/orders/{part.ref}/shipments", parcel, "p1").json()["ref"]
    newest = {"status": "delivered", "happened_at": "2026-01-02T10:00:00Z", "message": "Door"}
    told = program.send(f"/shipments/{ref}/carrier-news", newest, "")
    assert (told.status_code, told.json()["carrier_status"]) == (200, "delivered")
    late = {"status": "in_transit", "happened_at": "2026-01-01T10:00:00Z", **parcel}
    pushed = desk.send("/tracking", late, "")
    assert (pushed.status_code, pushed.json()["ref"], pushed.json()["carrier_status"]) == (
        200,
        ref,
        "delivered",
    )
    assert CarrierEvent.objects.count() == 2
    assert MerchantOrder.objects.get(pk=part.pk).state == "shipped"
    unknown = program.send(f"/shipments/{ref}/carrier-news", newest | {"status": "eaten"}, "")
    assert (unknown.status_code, set(unknown.json()["error"]["fields"])) == (422, {"status"})
    assert desk.send("/tracking", late | {"tracking_number": "NONE"}, "").status_code == 404
    stranger = Api("/api/merchant/v1", grants=(PUSH_TRACKING,), merchant_id=mas.merchant().pk)
    assert stranger.send(f"/shipments/{ref}/carrier-news", newest, "").status_code == 404


def test_an_invoice_is_asked_for_and_sent_by_programs(program, merchant):
    part = oms.merchant_order(merchant, state="shipped")
    desk = Api("/api/operator/v1", grants=GRANTS)
    pdf = base64.b64encode(packing_slip_pdf([])).decode()
    invoice = {"filename": "R-1.pdf", "content_base64": pdf}
    early = program.send(f"/orders/{part.ref}/invoice", invoice, "", "put")
    assert early.status_code == 409
    asked = [desk.send(f"/merchant-orders/{part.ref}/invoice-request", {}, "").json() for _time in range(2)]
    assert asked[0] == asked[1]
    assert asked[0]["uploaded_at"] is None
    wrong = program.send(f"/orders/{part.ref}/invoice", invoice | {"content_base64": "%%%%%%%%"}, "", "put")
    assert (wrong.status_code, set(wrong.json()["error"]["fields"])) == (422, {"content_base64"})
    sent = [program.send(f"/orders/{part.ref}/invoice", invoice, "", "put") for _time in range(2)]
    assert [answer.status_code for answer in sent] == [200, 200]
    assert sent[0].json()["uploaded_at"] == sent[1].json()["uploaded_at"]
    assert InvoiceRequest.objects.get().filename == "R-1.pdf"
