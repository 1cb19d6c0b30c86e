"""What is stuck, for the operator's programs and on the page of all provider messages."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.work import drain
from oms.models import AttemptKind, PaymentAttempt, PaymentNotification, Refund
from oms.operations.acceptance import accept_merchant_order
from oms.operations.cancellation import cancel_merchant_order
from oms.permissions import (
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    MARK_PAID,
    REFUND_ORDERS,
    RESOLVE_PAYMENTS,
    VIEW_ORDERS,
)
from tests.factories import mms
from tests.factories.actors import operator_actor
from tests.oms.test_api import Api

pytestmark = pytest.mark.django_db
DESK = operator_actor(ACCEPT_ORDERS, CANCEL_ORDERS, REFUND_ORDERS, RESOLVE_PAYMENTS)
BASE = "/api/operator/v1"
EVERYTHING = (VIEW_ORDERS, RESOLVE_PAYMENTS, CANCEL_ORDERS, REFUND_ORDERS, MARK_PAID)


def later(**by):
    return clock.shifted(timedelta(**by))


@pytest.fixture
def desk(db):
    return Api(BASE, grants=EVERYTHING)


def the_stuck(program):
    (item,) = program.get("/stuck").json()["items"]
    return item


def path_of(item, act):
    return next(row["path"] for row in item["acts"] if row["act"] == act)


def test_a_payment_without_an_answer_is_looked_up_and_decided_by_a_program(shop, desk):
    order = shop.order((shop.offer(), 1), number="4000000000000291")
    with later(hours=2):
        drain()
        item = the_stuck(desk)
        assert (item["kind"], item["order_ref"]) == ("payment", order.ref)
        assert "money may still be held" in item["advice"]
        assert desk.send(path_of(item, "look_up"), {}).json()["state"] == "unknown"
        decide = path_of(item, "state_outcome")
        blank = desk.send(decide, {"happened": False, "note": "  "})
        assert (blank.status_code, "note" in blank.content.decode()) == (422, True)
        answer = desk.send(decide, {"happened": False, "note": "nothing on the provider's page"})
        assert (answer.json()["state"], answer.json()["order_ref"]) == ("refused", order.ref)
        assert desk.get("/stuck").json()["items"] == []
        again = desk.send(decide, {"happened": True, "note": "no, it did"})
    assert again.status_code == 409
    assert PaymentAttempt.objects.get().state == "refused"


def test_a_refused_charge_is_repeated_by_a_program(shop, desk):
    part = shop.order((shop.offer(), 1), number="4000000000000341").merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    drain()
    item = the_stuck(desk)
    assert [row["act"] for row in item["acts"]] == ["capture", "cancel"]
    assert desk.send(path_of(item, "capture"), {}).json()["key"] == f"capture-{part.ref}-2"
    assert PaymentAttempt.objects.filter(kind=AttemptKind.CAPTURE).count() == 2


def test_a_failed_refund_names_its_retry_and_a_sent_one_is_confirmed(shop, desk):
    part = shop.order((shop.offer(), 1), number="4000000000005126").merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    drain()
    cancel_merchant_order(part.ref, reason="regret", actor=DESK)
    drain()
    item = the_stuck(desk)
    assert desk.send(path_of(item, "retry_refund"), {}).status_code == 200
    drain()
    assert desk.get("/stuck").json()["items"] == []
    Refund.objects.update(state="sent")
    confirmed = [desk.send(f"/refunds/{Refund.objects.get().ref}/confirm", {}) for _time in range(2)]
    assert [answer.json()["state"] for answer in confirmed] == ["done", "done"]


def test_a_key_is_offered_only_what_it_may_do_and_refused_the_rest(shop):
    order = shop.order((shop.offer(), 1), number="4000000000000291")
    reader = Api(BASE, grants=(VIEW_ORDERS,))
    with later(hours=2):
        drain()
        assert the_stuck(reader)["acts"] == []
        key = f"authorise-{order.ref}"
        answers = [
            reader.send(f"/payment-commands/{key}/look-up", {}),
            reader.send(f"/payment-commands/{key}/outcome", {"happened": True, "note": "seen"}),
            reader.send(f"/merchant-orders/{order.ref}-1/capture", {}),
            reader.get("/payment-messages"),
        ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert PaymentAttempt.objects.get().state == "unknown"


def messages(count, **fields):
    first = PaymentNotification.objects.count()
    return [
        PaymentNotification.objects.create(
            provider="test_card", event_id=f"evt-{number}", kind="capture.done", **fields
        )
        for number in range(first, first + count)
    ]


def test_parked_messages_are_found_and_handled_again_by_a_program(desk):
    messages(2, state="handled")
    (parked,) = messages(1, state="parked", tries=8, error="no route to the provider")
    assert len(desk.get("/payment-messages").json()["items"]) == 3
    (row,) = desk.get("/payment-messages?state=parked").json()["items"]
    assert (row["id"], row["error"], row["tries"]) == (parked.pk, "no route to the provider", 8)
    assert desk.send(f"/payment-messages/{parked.pk}/retry", {}).json()["state"] != "parked"
    assert desk.send(f"/payment-messages/{parked.pk}/retry", {}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_of_messages_and_of_what_is_stuck_cost_the_same_for_any_length(
    desk, count, django_assert_max_num_queries
):
    messages(count, state="parked")
    desk.get("/stuck")
    with django_assert_max_num_queries(8):
        assert len(desk.get("/payment-messages").json()["items"]) == count
    with django_assert_max_num_queries(10):
        assert len(desk.get("/stuck").json()["items"]) == count


def test_the_page_of_all_messages_shows_state_and_error_and_leads_to_the_retry(client):
    messages(1, state="handled")
    (parked,) = messages(1, state="parked", tries=8, error="no route to the provider")
    mms.sign_in(client, mms.operator_user())
    page = client.get("/console/orders/messages/").content.decode()
    assert "evt-0" in page
    assert "no route to the provider" in page
    assert f"/console/orders/stuck/messages/{parked.pk}/" in page
    only = client.get("/console/orders/messages/?state=parked").content.decode()
    assert "evt-1" in only
    assert "evt-0" not in only
