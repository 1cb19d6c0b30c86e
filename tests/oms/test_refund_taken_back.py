"""A refund that Stripe reported as paid and then as failed: failed and owed again in order and books, once, retried."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.invariants import all_invariants
from billing.models import Account, JournalEntry
from billing.selectors.balances import get_balance
from mms.models import Task
from oms.models import PaymentAttempt, PaymentNotification, Refund
from oms.operations.acceptance import accept_merchant_order
from oms.operations.payment_notifications import handle_due_notifications
from oms.operations.payments import check_paid_refund
from oms.operations.refunds import RefundPart, RefundWish, request_refund, retry_refund
from tests.oms.test_races import in_threads
from tests.oms.test_stripe import DESK, TIMER, paid_order, send, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def refund(shop, stripe):
    """Paid back as far as Stripe said."""
    part = paid_order(shop, stripe).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    send()
    asked = request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=DESK)
    send()
    asked.refresh_from_db()
    assert (asked.state, owed()) == ("done", 0)
    return asked


def owed():
    """What the books say buyers are owed."""
    return -sum(get_balance(account.pk) for account in Account.objects.filter(code="2300"))


def hear(client, stripe, *, number, kind="refund.failed", name="re_1"):
    stripe.refunds[name].update(status="failed", failure_reason="lost_or_stolen_card")
    assert tell(client, stripe, kind, stripe.refunds[name], number=number).status_code == 200
    handle_due_notifications(actor=TIMER)


def try_again(refund, stripe, name="re_1"):
    # Stripe keeps a failed refund out of what was given back.
    stripe.refunds[name]["amount"] = 0
    retry_refund(refund.ref, actor=DESK)
    send()
    refund.refresh_from_db()


def booked(refund):
    rows = JournalEntry.objects.filter(source_type="refund", source_id=str(refund.pk)).order_by("booked_at")
    return list(rows.values_list("event_type", flat=True))


def assert_sound():
    checks = [one.check for one in all_invariants() if one.code.startswith(("oms.", "billing."))]
    assert len(checks) > 20
    assert [line for check in checks for line in check()] == []


@pytest.mark.parametrize("kind", ["refund.failed", "refund.updated", "charge.refund.updated"])
def test_it_is_failed_and_owed_again_however_often_it_is_told(refund, stripe, client, kind):
    for number in ("evt_1", "evt_2"):
        hear(client, stripe, number=number, kind=kind)
    refund.refresh_from_db()
    assert (refund.state, refund.finished_at, owed()) == ("failed", None, 2000)
    assert "lost_or_stolen_card" in refund.failure
    assert booked(refund) == ["refund", "refund_paid", "refund_paid_reversed"]
    assert PaymentAttempt.objects.get(kind="refund").state == "refused"
    assert set(PaymentNotification.objects.filter(kind=kind).values_list("state", flat=True)) == {"handled"}
    kinds = Task.objects.filter(subject_ref=refund.ref, closed_at=None).values_list("kind", flat=True)
    assert sorted(kinds) == ["billing.refund_failed", "oms.refund_failed"]
    assert_sound()


def test_trying_again_pays_and_books_anew_and_may_fail_anew(refund, stripe, client):
    hear(client, stripe, number="evt_1")
    try_again(refund, stripe)
    assert (refund.state, owed()) == ("done", 0)
    assert not Task.objects.filter(subject_ref=refund.ref, closed_at=None).exists()
    # The old one is told of once more: it is not the one that paid.
    hear(client, stripe, number="evt_2")
    refund.refresh_from_db()
    assert refund.state == "done"

    hear(client, stripe, number="evt_3", name="re_2")
    refund.refresh_from_db()
    assert (refund.state, owed()) == ("failed", 2000)
    try_again(refund, stripe, "re_2")
    assert (refund.state, owed()) == ("done", 0)
    assert booked(refund) == ["refund", *2 * ["refund_paid", "refund_paid_reversed"], "refund_paid"]
    assert_sound()


def test_a_message_alone_changes_nothing(refund, stripe, client):
    claimed = stripe.refunds["re_1"] | {"status": "failed"}
    assert tell(client, stripe, "refund.failed", claimed).status_code == 200
    handle_due_notifications(actor=TIMER)
    refund.refresh_from_db()
    assert (refund.state, owed()) == ("done", 0)


def test_it_is_asked_again_when_stripe_does_not_answer(refund, stripe, client):
    stripe.break_next("GET /v1/refunds", "before", (503, {}))
    hear(client, stripe, number="evt_1")
    assert (Refund.objects.get().state, owed()) == ("done", 0)
    for minutes in (1, 3):
        with clock.shifted(timedelta(minutes=minutes)):
            handle_due_notifications(actor=TIMER)
    assert (Refund.objects.get().state, owed()) == ("failed", 2000)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_it_back_once(refund, stripe):
    stripe.refunds["re_1"].update(status="failed")
    attempt = PaymentAttempt.objects.get(kind="refund")
    worker = system_actor("payments")
    told = in_threads(3, lambda _number: check_paid_refund(attempt.pk, actor=worker))
    assert sorted(map(bool, told)) == [False, False, True]
    assert owed() == 2000
    assert booked(refund) == ["refund", "refund_paid", "refund_paid_reversed"]
    assert_sound()
