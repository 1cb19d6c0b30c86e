"""Buyers, merchants, providers and clocks in any order, over the whole menu of faults: nobody pays for nothing.

The test card's bank has a memory of its own. At the end of every run what it took and gave back is what we say.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import DomainError
from mms.operations.preferences import state_preference
from mms.selectors import versions
from mms.selectors.preferences import PREFERENCES
from mms.selectors.scopes import get_scope
from oms import invariants
from oms.integrations.test_card.cards import CARDS
from oms.models import (
    MerchantOrder,
    Order,
    OrderLine,
    Payment,
    PaymentAttempt,
    Refund,
    TestCardOperation,
)
from oms.operations import payment_notifications, payments, reservations, timeouts
from oms.operations.acceptance import accept_lines, accept_merchant_order
from oms.operations.cancellation import cancel_lines, cancel_merchant_order
from oms.operations.captures import mark_paid
from oms.operations.payment_rescue import try_capture_again
from oms.operations.receipt import receive_merchant_order
from oms.operations.refunds import RefundPart, RefundWish, request_refund, retry_refund
from oms.operations.shipments import Parcel, ship_parcel
from oms.operations.test_bank import confirm_at_test_bank
from oms.permissions import (
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    MARK_PAID,
    REFUND_ORDERS,
    RESOLVE_PAYMENTS,
    SHIP_ORDERS,
)
from oms.preferences import debit_key
from tests.factories import mms, oms
from tests.factories.actors import operator_actor
from tests.oms.conftest import Shop

WORKER = system_actor("payments")
DESK = operator_actor(
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    MARK_PAID,
    REFUND_ORDERS,
    RESOLVE_PAYMENTS,
    SHIP_ORDERS,
    "mms.manage_preferences",
)
ENDED = ("refused", "cancelled")
ALWAYS = (
    invariants.stock_counters,
    invariants.orders_add_up,
    invariants.withdrawn_adds_up,
    invariants.payment_shares,
    invariants.payments_add_up,
    invariants.refunds_add_up,
    invariants.no_payment_without_order,
    invariants.nothing_waits_for_ever,
)


class PaymentMachine(RuleBasedStateMachine):
    """Each run is a transaction of its own that is rolled back at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.passed = timedelta()
        mms.forget_references()
        versions.forget(PREFERENCES)
        mms.tax_rate()
        oms.delivery_method(oms.delivery_zone(countries=("DE",)), 490)
        self.shop = Shop(mms.store_context())
        self.offers = [self.shop.offer(price=price, on_hand=4) for price in (1999, 333)]

    def teardown(self) -> None:
        try:
            self.everything_comes_to_an_end()
        finally:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)
            versions.forget(PREFERENCES)
            mms.forget_references()

    def act(self, verb: Any, *args: Any, **kwargs: Any) -> None:
        """A refusal is an answer like any other, and must change nothing."""
        with clock.shifted(self.passed):
            try:
                with transaction.atomic():
                    verb(*args, **kwargs)
            except DomainError:
                pass

    def parts(self) -> list[MerchantOrder]:
        return list(MerchantOrder.objects.filter(order__placed_at__isnull=False).order_by("pk"))

    def draw_part(self, data: st.DataObject) -> MerchantOrder:
        return data.draw(st.sampled_from(self.parts()), label="merchant order")

    @rule(
        number=st.sampled_from([*CARDS, "transfer", "cash"]),
        card_moment=st.sampled_from(["order", "acceptance", "shipment"]),
        transfer_moment=st.sampled_from(["order", "due_date"]),
        pieces=st.tuples(st.integers(1, 3), st.integers(0, 2)),
    )
    def order(self, number: str, card_moment: str, transfer_moment: str, pieces: tuple[int, int]) -> None:
        scope = get_scope(f"store:{self.shop.store.store_code}")
        state_preference(debit_key("test_card"), card_moment, scope=scope, actor=DESK)
        state_preference(debit_key("bank_transfer"), transfer_moment, scope=scope, actor=DESK)
        lines = [(offer, count) for offer, count in zip(self.offers, pieces, strict=True) if count]
        with clock.shifted(self.passed):
            try:
                self.shop.order(*lines, number=number)
            except DomainError:
                pass

    @precondition(lambda self: self.parts())
    @rule(data=st.data(), pieces=st.integers(0, 3))
    def merchant_answers(self, data: st.DataObject, pieces: int) -> None:
        part = self.draw_part(data)
        if pieces == 3:
            self.act(accept_merchant_order, part.ref, actor=DESK)
        else:
            self.act(accept_lines, part.ref, {1: pieces}, reason="sold out", actor=DESK)

    @precondition(lambda self: self.parts())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.act(cancel_merchant_order, self.draw_part(data).ref, reason="no more", actor=DESK)

    @precondition(lambda self: self.parts())
    @rule(data=st.data())
    def cancel_a_piece(self, data: st.DataObject) -> None:
        self.act(cancel_lines, self.draw_part(data).ref, {1: 1}, reason="broken", actor=DESK)

    @precondition(lambda self: self.parts())
    @rule(data=st.data(), everything=st.booleans())
    def ship(self, data: st.DataObject, everything: bool) -> None:
        parcel = Parcel() if everything else Parcel(pieces={1: 1})
        self.act(ship_parcel, self.draw_part(data).ref, parcel, actor=DESK)

    @precondition(lambda self: self.parts())
    @rule(data=st.data())
    def receive(self, data: st.DataObject) -> None:
        self.act(receive_merchant_order, self.draw_part(data).ref, actor=DESK)

    @precondition(lambda self: self.parts())
    @rule(data=st.data(), amount=st.none() | st.integers(1, 3000))
    def refund(self, data: st.DataObject, amount: int | None) -> None:
        wish = RefundWish([RefundPart(1, 1 if amount is None else 0, amount)])
        self.act(request_refund, self.draw_part(data).ref, wish, actor=DESK)

    @rule()
    def transfers_arrive(self) -> None:
        for ref in (
            Order.objects.placed().filter(payment__provider="bank_transfer").values_list("ref", flat=True)
        ):
            self.act(mark_paid, ref, reference="statement", actor=DESK)

    @rule(is_approved=st.booleans())
    def buyers_confirm(self, is_approved: bool) -> None:
        for key in TestCardOperation.objects.filter(is_decided=False).values_list("key", flat=True):
            self.act(confirm_at_test_bank, key.removeprefix("authorise-"), is_approved=is_approved)

    @rule()
    def people_try_again(self) -> None:
        for ref in Refund.objects.filter(state="failed").values_list("ref", flat=True):
            self.act(retry_refund, ref, actor=DESK)
        for part in self.parts():
            self.act(try_capture_again, part.ref, actor=DESK)

    @rule(part=st.sampled_from(["commands", "messages", "clocks", "holds"]))
    def one_worker_comes_by(self, part: str) -> None:
        with clock.shifted(self.passed):
            if part == "commands":
                payments.process_due_attempts(actor=WORKER)
            elif part == "messages":
                payment_notifications.send_test_card_notifications()
                payment_notifications.handle_due_notifications(actor=WORKER)
            elif part == "clocks":
                timeouts.run_due_time_limits()
                timeouts.charge_expiring_payments()
            else:
                reservations.expire_holds(actor=WORKER)

    @rule(minutes=st.sampled_from([1, 6, 20, 90, 24 * 60, 3 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.passed += timedelta(minutes=minutes)

    @invariant()
    def every_promise_holds(self) -> None:
        for promise in ALWAYS:
            assert list(promise()) == [], promise.__name__

    def everything_comes_to_an_end(self) -> None:
        """Two quiet weeks with workers and nobody else; then bank and books agree and nothing hangs."""
        for _half_day in range(28):
            self.passed += timedelta(hours=12)
            for part in ("clocks", "commands", "messages", "holds", "commands"):
                self.one_worker_comes_by(part)
        self.every_promise_holds()
        assert not Order.objects.filter(placed_at=None, abandoned_at=None).exists()
        hanging = PaymentAttempt.objects.filter(state__in=["waiting", "claimed", "unknown", "underway"])
        assert set(hanging.values_list("kind", "payment__instrument")) <= {("authorise", "never")}
        for payment in Payment.objects.filter(provider="test_card").exclude(instrument="never"):
            self._assert_bank_agrees(payment)
        for part in self.parts():
            self._assert_paid_or_given_back(part)
        for line in OrderLine.objects.filter(merchant_order__state__in=ENDED):
            assert not line.reservations.filter(open_quantity__gt=0).exists()

    def _assert_bank_agrees(self, payment: Payment) -> None:
        done = TestCardOperation.objects.filter(authorisation=payment.provider_ref, approved=True)
        sums = {
            kind: done.filter(kind=kind).aggregate(n=Sum("amount_minor"))["n"] or 0
            for kind in ("capture", "refund", "void")
        }
        shares = payment.shares.aggregate(
            captured=Sum("captured_minor"), released=Sum("released_minor"), refunded=Sum("refunded_minor")
        )
        failed = Refund.objects.filter(merchant_order__order=payment.order, state="failed")
        if payment.state != "declined":
            assert sums["capture"] == shares["captured"] <= payment.amount_minor
            assert sums["refund"] == shares["refunded"] - sum(failed.values_list("amount_minor", flat=True))
        approved = TestCardOperation.objects.filter(
            kind="authorise", key=f"authorise-{payment.order.ref}", approved=True, is_decided=True
        ).exists()
        if approved and not payment.order.is_placed:
            assert sums["void"] == payment.amount_minor, "money is held for an order that was never placed"
            assert sums["capture"] == 0

    def _assert_paid_or_given_back(self, part: MerchantOrder) -> None:
        share, payment = part.share, part.order.payment
        if part.state in ENDED:
            assert share.captured_minor == share.refunded_minor, "paid for an order that ended"
            return
        assert part.state not in {"staged", "waiting_acceptance", "waiting_payment"}, (
            "a waiting state without an end"
        )
        is_sent = part.state != "in_preparation"
        owes_now = {
            "order": True,
            "acceptance": True,
            "shipment": is_sent,
            "delivery": part.state in {"received", "closed"},
            "due_date": False,
        }[payment.debit_moment]
        if owes_now and payment.instrument != "capture_fails":
            assert share.captured_minor == part.payable_minor, "sent, but neither paid nor given back"


def play(**how: Any) -> None:
    run_state_machine_as_test(
        PaymentMachine,
        settings=settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, **how),
    )


@pytest.mark.django_db
def test_whatever_goes_wrong_nobody_pays_for_nothing_and_nothing_hangs():
    play(max_examples=10, stateful_step_count=16, derandomize=True)
