"""Stripe's adapter against a server that speaks its wire format: every order ends paid once or not at all."""

import logging
from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from mms.operations.preferences import state_preference
from mms.selectors.scopes import get_scope
from oms import invariants
from oms.models import Order, Payment, PaymentAttempt, PaymentNotification, PaymentShare, Refund
from oms.operations.acceptance import accept_lines, accept_merchant_order
from oms.operations.cancellation import cancel_lines
from oms.operations.payment_notifications import handle_due_notifications
from oms.operations.payments import process_due_attempts
from oms.operations.refunds import RefundPart, RefundWish, request_refund, retry_refund
from oms.operations.shipments import Parcel, ship_parcel
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS, REFUND_ORDERS, SHIP_ORDERS
from oms.preferences import debit_key
from tests.factories.actors import operator_actor
from tests.oms import stripe_server

pytestmark = pytest.mark.django_db
TIMER = system_actor("recovery")
DESK = operator_actor(ACCEPT_ORDERS, CANCEL_ORDERS, REFUND_ORDERS, SHIP_ORDERS, "mms.manage_preferences")
HOOK = "/hooks/payments/stripe/"


def later(**by):
    return clock.shifted(timedelta(**by))


def send(minutes=0):
    with later(minutes=minutes):
        while process_due_attempts(actor=TIMER):
            pass


def tell(client, stripe, kind, thing, **how):
    body, signature = stripe.signed(kind, thing, **how)
    return client.post(HOOK, body, content_type="application/json", headers={"Stripe-Signature": signature})


def paid_order(shop, stripe, *lines):
    order = shop.order(*(lines or ((shop.offer(price=2000), 1),)), number="stripe")
    stripe.buyer_pays()
    send(minutes=6)
    order.refresh_from_db()
    assert order.is_placed
    return order


def say(shop, key, value):
    state_preference(key, value, scope=get_scope(f"store:{shop.store.store_code}"), actor=DESK)


def assert_sound():
    for check in (invariants.payment_shares, invariants.payments_add_up, invariants.no_payment_without_order):
        assert list(check()) == []


def test_the_buyer_is_sent_to_stripe_and_the_order_placed_after_paying_there(shop, stripe):
    order = shop.order((shop.offer(price=2000), 1), number="stripe")
    payment = order.payment
    assert not order.is_placed
    assert payment.action_url == "https://checkout.stripe.com/c/pay/cs_test_1"
    method, path, sent, headers = stripe.calls[0]
    assert (method, path) == ("POST", "/v1/checkout/sessions")
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["idempotency-key"] == f"authorise-{order.ref}"
    assert sent["payment_intent_data"]["capture_method"] == "manual"
    assert sent["line_items"]["0"]["price_data"] == {
        "currency": "eur",
        "unit_amount": "2490",
        "product_data": {"name": order.ref},
    }
    stripe.buyer_pays()
    send(minutes=6)
    order.refresh_from_db()
    payment.refresh_from_db()
    assert order.is_placed
    assert (payment.provider_ref, payment.action_url, payment.state) == ("pi_1", "", "authorised")
    assert payment.authorised_until > clock.now() + timedelta(days=6)


def test_a_page_that_nobody_paid_on_ends_the_draft_and_frees_the_stock(shop, stripe):
    offer = shop.offer(on_hand=1)
    order = shop.order((offer, 1), number="stripe")
    send(minutes=6)
    assert Order.objects.get().abandoned_at is None
    stripe.expire()
    send(minutes=12)
    order.refresh_from_db()
    offer.refresh_from_db()
    assert order.abandon_reason == "The payment was not completed in time."
    assert offer.available_quantity == 1


def test_each_merchant_is_charged_on_acceptance_and_the_rest_let_go(shop, stripe):
    order = paid_order(shop, stripe, (shop.offer(price=2000), 1), (shop.offer(price=3000), 1))
    first, second = order.merchant_orders.order_by("position")
    accept_merchant_order(first.ref, actor=DESK)
    send()
    assert stripe.intents["pi_1"]["status"] == "requires_capture"
    accept_lines(second.ref, {}, reason="sold out", actor=DESK)
    send()
    intent = stripe.intents["pi_1"]
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 2490)
    assert list(PaymentShare.objects.order_by("id").values_list("captured_minor", flat=True)) == [2490, 0]
    assert_sound()


def test_each_parcel_is_a_capture_of_its_own_and_the_rest_is_let_go_when_it_is_cancelled(shop, stripe):
    say(shop, debit_key("stripe"), "parcel")
    part = paid_order(shop, stripe, (shop.offer(price=333), 4)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    for number in range(2):
        ship_parcel(part.ref, Parcel(pieces={1: 1}, key=str(number)), actor=DESK)
        send()
    intent = stripe.intents["pi_1"]
    assert (intent["status"], intent["amount_received"]) == ("requires_capture", 333 + 490 + 333)
    captures = [sent for _method, path, sent, _headers in stripe.calls if path.endswith("/capture")]
    assert [(row["amount_to_capture"], row["final_capture"]) for row in captures] == [
        ("823", "false"),
        ("333", "false"),
    ]
    cancel_lines(part.ref, {1: 2}, reason="broken", actor=DESK)
    send()
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 1156)
    assert PaymentShare.objects.values_list("captured_minor", "released_minor").get() == (1156, 666)
    assert not stripe.refunds
    assert_sound()


def test_a_capture_of_a_parcel_whose_answer_is_lost_happens_once(shop, stripe):
    say(shop, debit_key("stripe"), "parcel")
    part = paid_order(shop, stripe, (shop.offer(price=1000), 2)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    stripe.break_next("capture", "after", "after")
    ship_parcel(part.ref, Parcel(pieces={1: 1}), actor=DESK)
    ship_parcel(part.ref, Parcel(), actor=DESK)
    for minutes in (0, 1, 4, 10):
        send(minutes=minutes)
    assert stripe.intents["pi_1"]["amount_received"] == 2490
    assert PaymentShare.objects.get().captured_minor == 2490
    assert_sound()


def test_an_account_without_multicapture_charges_no_parcels_apart(shop, stripe, settings):
    settings.STRIPE_MULTICAPTURE = stripe.multicapture = False
    say(shop, debit_key("stripe"), "parcel")
    assert paid_order(shop, stripe, (shop.offer(price=1000), 2)).payment.debit_moment == "shipment"


def test_an_account_without_multicapture_charges_several_merchants_at_once(shop, stripe, settings):
    settings.STRIPE_MULTICAPTURE = stripe.multicapture = False
    order = paid_order(shop, stripe, (shop.offer(price=2000), 1), (shop.offer(price=3000), 1))
    send()
    assert stripe.intents["pi_1"]["amount_received"] == order.total_minor
    first, second = order.merchant_orders.order_by("position")
    assert first.state == "waiting_acceptance"
    accept_merchant_order(first.ref, actor=DESK)
    accept_lines(second.ref, {}, reason="sold out", actor=DESK)
    send()
    assert [row["amount"] for row in stripe.refunds.values()] == [3490]
    assert Refund.objects.get().state == "done"
    assert_sound()


def test_one_merchant_who_sends_less_is_charged_less_in_one_charge(shop, stripe, settings):
    settings.STRIPE_MULTICAPTURE = stripe.multicapture = False
    order = paid_order(shop, stripe, (shop.offer(price=2000), 2))
    accept_lines(order.merchant_orders.get().ref, {1: 1}, reason="one left", actor=DESK)
    send()
    assert stripe.intents["pi_1"]["amount_received"] == 2490
    assert Payment.objects.get().state == "captured"
    assert not PaymentAttempt.objects.exclude(state="done").exists()
    assert_sound()


@pytest.mark.parametrize("fault", ["before", "after", (500, {}), (409, {"error": {"code": "lock_timeout"}})])
def test_a_page_whose_answer_is_lost_is_found_again_by_its_key(shop, stripe, fault):
    stripe.break_next("POST /v1/checkout/sessions", fault)
    order = shop.order((shop.offer(), 1), number="stripe")
    assert order.payment.attempts.get().state == "unknown"
    send(minutes=2)
    assert Payment.objects.get().action_url.endswith("cs_test_1")
    assert len(stripe.sessions) == 1
    stripe.buyer_pays()
    send(minutes=9)
    order.refresh_from_db()
    assert order.is_placed


@pytest.mark.parametrize("fault", ["before", "after", (503, {}), (429, {"error": {"code": "rate_limit"}})])
@pytest.mark.parametrize("act", ["capture", "refunds"])
def test_a_charge_or_refund_whose_answer_is_lost_happens_once(shop, stripe, act, fault):
    order = paid_order(shop, stripe)
    part = order.merchant_orders.get()
    stripe.break_next(act, fault, fault)
    accept_merchant_order(part.ref, actor=DESK)
    for minutes in (1, 2, 4, 9):
        send(minutes=minutes)
    request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=DESK)
    for minutes in (10, 11, 14, 20):
        send(minutes=minutes)
    assert stripe.intents["pi_1"]["amount_received"] == 2490
    assert [row["amount"] for row in stripe.refunds.values()] == [2000]
    assert Refund.objects.get().state == "done"
    assert PaymentShare.objects.get().captured_minor == 2490
    assert_sound()


def test_a_declined_charge_is_told_in_stripes_words(shop, stripe):
    order = paid_order(shop, stripe)
    stripe.break_next("capture", stripe_server.refusal(402, "card_declined", "Your card was declined."))
    accept_merchant_order(order.merchant_orders.get().ref, actor=DESK)
    send()
    attempt = PaymentAttempt.objects.get(kind="capture")
    assert (attempt.state, attempt.message) == ("refused", "Your card was declined.")


def test_too_many_requests_at_the_checkout_are_told_and_nothing_is_held(shop, stripe):
    stripe.break_next("POST /v1/checkout/sessions", (429, {"error": {"code": "rate_limit"}}))
    order = shop.order((shop.offer(), 1), number="stripe")
    assert order.abandoned_at is not None
    assert "cannot be reached" in order.abandon_reason


def test_a_refund_that_the_bank_works_on_is_sent_until_it_ends(shop, stripe, client):
    order = paid_order(shop, stripe)
    part = order.merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    send()
    stripe.refund_status = "pending"
    refund = request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=DESK)
    send()
    refund.refresh_from_db()
    assert refund.state == "sent"
    stripe.refunds["re_1"].update(status="failed", failure_reason="expired_or_canceled_card")
    assert tell(client, stripe, "refund.failed", stripe.refunds["re_1"]).status_code == 200
    handle_due_notifications(actor=TIMER)
    refund.refresh_from_db()
    assert refund.state == "failed"
    assert "expired_or_canceled_card" in refund.failure
    stripe.refund_status = "succeeded"
    # Stripe keeps a failed refund out of what was given back.
    stripe.refunds["re_1"]["amount"] = 0
    retry_refund(refund.ref, actor=DESK)
    send()
    refund.refresh_from_db()
    assert refund.state == "done"


def test_a_webhook_places_the_order_at_once_however_often_it_comes(shop, stripe, client):
    order = shop.order((shop.offer(), 1), number="stripe")
    stripe.buyer_pays()
    session = stripe.sessions["cs_test_1"]
    answers = [tell(client, stripe, "checkout.session.completed", session).json() for _time in range(3)]
    assert [row["new"] for row in answers] == [True, False, False]
    handle_due_notifications(actor=TIMER)
    order.refresh_from_db()
    assert order.is_placed
    assert PaymentNotification.objects.get().state == "handled"
    assert PaymentNotification.objects.count() == 1


def test_messages_in_the_wrong_order_change_nothing_that_is_not_so(shop, stripe, client):
    order = shop.order((shop.offer(), 1), number="stripe")
    session = dict(stripe.sessions["cs_test_1"])
    assert tell(client, stripe, "checkout.session.expired", session).status_code == 200
    handle_due_notifications(actor=TIMER)
    order.refresh_from_db()
    assert order.abandoned_at is None
    stripe.buyer_pays()
    tell(client, stripe, "payment_intent.succeeded", dict(stripe.intents["pi_1"]))
    handle_due_notifications(actor=TIMER)
    order.refresh_from_db()
    assert order.is_placed
    assert PaymentShare.objects.get().captured_minor == 0


@pytest.mark.parametrize("how", [{"secret": "whsec_of_somebody"}, {"age": 301}, {"age": -301}])
def test_a_wrong_signature_or_an_old_message_is_refused(shop, stripe, client, how):
    shop.order((shop.offer(), 1), number="stripe")
    answer = tell(client, stripe, "checkout.session.completed", stripe.sessions["cs_test_1"], **how)
    assert answer.status_code == 400
    assert answer.json()["code"] == "notification_refused"
    assert PaymentNotification.objects.count() == 0


@pytest.mark.parametrize("header", ["", "t=1", "v1=abc", "t=x,v1=abc", "nonsense"])
def test_an_unsigned_message_is_refused(stripe, client, header):
    answer = client.post(HOOK, b"{}", content_type="application/json", headers={"Stripe-Signature": header})
    assert answer.status_code == 400


def test_a_message_about_nothing_of_ours_is_kept_and_ignored(stripe, client):
    tell(client, stripe, "customer.created", {"id": "cus_1"})
    for minutes in (0, 2, 5):
        with later(minutes=minutes):
            handle_due_notifications(actor=TIMER)
    assert PaymentNotification.objects.get().state == "ignored"


def test_messages_for_a_provider_that_is_not_set_up_find_nobody(client, db):
    assert client.post(HOOK, b"{}", content_type="application/json").status_code == 404
    assert client.post("/hooks/payments/nobody/", b"{}", content_type="application/json").status_code == 404


def test_the_secret_key_is_never_logged_nor_kept(shop, stripe, settings, caplog):
    caplog.set_level(logging.DEBUG)
    settings.STRIPE_SECRET_KEY = "sk_live_wrong_and_secret"
    order = shop.order((shop.offer(), 1), number="stripe")
    assert order.abandoned_at is not None
    stored = [str(row) for row in PaymentAttempt.objects.values_list("message", "provider_ref")]
    assert "sk_live" not in caplog.text + "".join(stored)
    assert "Stripe refuses the secret key" in caplog.text


def test_without_a_key_no_store_offers_stripe(shop):
    from oms.selectors.payment_methods import list_payment_methods

    assert "stripe" not in [row.code for row in list_payment_methods(shop.store)]
