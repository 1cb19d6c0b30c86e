"""Every act from every state by every role: what is allowed is declared here once, all else changes nothing."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django_fsm.signals import post_transition

from backoffice.kernel.actors import buyer_actor, timer_actor
from backoffice.kernel.errors import DomainError, NotFound, PermissionRefused
from oms.errors import MerchantOrderStateRefused
from oms.models import MerchantOrder, OrderLine, Refund, Reservation, Shipment, StateChange, StockItem
from oms.models import MerchantOrderState as S
from oms.operations.acceptance import accept_merchant_order, refuse_merchant_order
from oms.operations.cancellation import cancel_lines, cancel_lines_as_buyer, cancel_merchant_order
from oms.operations.captures import mark_paid
from oms.operations.invoice_requests import request_invoice, request_invoice_as_buyer
from oms.operations.receipt import close_merchant_order, confirm_receipt, receive_merchant_order
from oms.operations.refunds import RefundPart, RefundWish, request_refund
from oms.operations.shipments import Parcel, make_collectable, ship_parcel
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS, MARK_PAID, REFUND_ORDERS, SHIP_ORDERS
from tests.factories import oms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
GRANTS = (ACCEPT_ORDERS, SHIP_ORDERS, CANCEL_ORDERS, REFUND_ORDERS)
STATES = set(S.values)
AFTER_ACCEPTANCE = {
    S.WAITING_PAYMENT,
    S.IN_PREPARATION,
    S.PARTLY_SHIPPED,
    S.SHIPPED,
    S.TO_COLLECT,
    S.RECEIVED,
    S.CLOSED,
}


@dataclass(frozen=True)
class Act:
    """`moves` from these states changes something, `same` is a harmless repetition, `roles` may do it."""

    do: Callable[[Any, Any], Any]
    moves: set[str]
    same: frozenset[str] = frozenset()
    roles: tuple[str, ...] = ("operator", "merchant", "timer")


BEFORE_SHIPPING = {S.STAGED, S.WAITING_ACCEPTANCE, S.WAITING_PAYMENT, S.IN_PREPARATION}
PIECES = {S.STAGED, S.WAITING_ACCEPTANCE, S.IN_PREPARATION, S.PARTLY_SHIPPED}
ARRIVED = frozenset({S.RECEIVED, S.CLOSED})
ACTS = {
    "accept": Act(
        lambda part, actor: accept_merchant_order(part.ref, actor=actor),
        {S.WAITING_ACCEPTANCE},
        frozenset(AFTER_ACCEPTANCE),
    ),
    "refuse": Act(
        lambda part, actor: refuse_merchant_order(part.ref, reason="x", actor=actor),
        {S.WAITING_ACCEPTANCE},
        frozenset({S.REFUSED}),
    ),
    "ship": Act(
        lambda part, actor: ship_parcel(part.ref, Parcel(pieces={1: 1}), actor=actor),
        {S.IN_PREPARATION, S.PARTLY_SHIPPED},
    ),
    "cancel": Act(
        lambda part, actor: cancel_merchant_order(part.ref, reason="x", actor=actor),
        BEFORE_SHIPPING,
        frozenset({S.CANCELLED}),
    ),
    "cancel a piece": Act(
        lambda part, actor: cancel_lines(part.ref, {1: 1}, reason="x", actor=actor), PIECES
    ),
    "cancel a piece as buyer": Act(
        lambda part, actor: cancel_lines_as_buyer(part.order_id, part.position, {1: 1}, actor=actor),
        PIECES,
        roles=("buyer",),
    ),
    "refund": Act(
        lambda part, actor: request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=actor),
        AFTER_ACCEPTANCE - {S.CLOSED},
    ),
    "make collectable": Act(
        lambda part, actor: make_collectable(part.ref, actor=actor),
        {S.SHIPPED},
        frozenset({S.TO_COLLECT}),
    ),
    "receive": Act(
        lambda part, actor: receive_merchant_order(part.ref, actor=actor),
        {S.SHIPPED, S.TO_COLLECT},
        ARRIVED,
        # Receipt starts the merchant's payout, so it is not the merchant's word.
        roles=("operator", "timer"),
    ),
    "receive as buyer": Act(
        lambda part, actor: confirm_receipt(part.order_id, part.position, actor=actor),
        {S.SHIPPED, S.TO_COLLECT},
        ARRIVED,
        roles=("buyer",),
    ),
    "close": Act(
        lambda part, actor: close_merchant_order(part.ref, actor=actor),
        {S.RECEIVED},
        frozenset({S.CLOSED}),
        roles=("operator", "timer"),
    ),
    "ask for the invoice": Act(lambda part, actor: request_invoice(part.ref, actor=actor), AFTER_ACCEPTANCE),
    "ask for the invoice as buyer": Act(
        lambda part, actor: request_invoice_as_buyer(part.order_id, part.position, actor=actor),
        AFTER_ACCEPTANCE,
        roles=("buyer",),
    ),
}
ROLES: dict[str, Callable[[Any], Any]] = {
    "operator": lambda part: operator_actor(*GRANTS),
    "merchant": lambda part: merchant_actor(part.merchant_id, *GRANTS),
    "timer": lambda part: timer_actor("auto"),
    "buyer": lambda part: buyer_actor("Berta"),
}
NOBODY: dict[str, tuple[Callable[[Any], Any], type[DomainError]]] = {
    "stranger": (lambda part: stranger_actor(*GRANTS), NotFound),
    "merchant without rights": (lambda part: merchant_actor(part.merchant_id, "x"), PermissionRefused),
}


def snapshot(part):
    """All that an act could change of one merchant order, as plain values."""
    part.refresh_from_db()
    share = part.share
    share.refresh_from_db()
    return (
        part.state,
        part.withdrawn_minor,
        (share.captured_minor, share.refunded_minor),
        list(OrderLine.objects.filter(merchant_order=part).order_by("pk").values_list()),
        list(StockItem.objects.filter(merchant_id=part.merchant_id).order_by("pk").values_list()),
        list(Reservation.objects.filter(line__merchant_order=part).order_by("pk").values_list()),
        Shipment.objects.filter(merchant_order=part).count(),
        Refund.objects.filter(merchant_order=part).count(),
        StateChange.objects.filter(merchant_order=part).count(),
    )


def order_in(state):
    return oms.merchant_order(state=state, lines=((2, 1000),), delivery_kind="pickup")


@pytest.mark.parametrize(("name", "role"), [(name, role) for name, act in ACTS.items() for role in act.roles])
def test_an_act_moves_from_its_states_and_changes_nothing_from_the_others(name, role):
    act = ACTS[name]
    for state in sorted(STATES):
        part = order_in(state)
        before = snapshot(part)
        try:
            with transaction.atomic():
                act.do(part, ROLES[role](part))
            outcome = "changed" if snapshot(part) != before else "same"
        except DomainError:
            outcome = "refused"
            assert snapshot(part) == before, state
        expected = "changed" if state in act.moves else "same" if state in act.same else "refused"
        assert outcome == expected, (name, role, state)


@pytest.mark.parametrize("who", NOBODY)
@pytest.mark.parametrize("name", [name for name, act in ACTS.items() if "merchant" in act.roles])
def test_who_may_not_is_refused_in_every_state_and_changes_nothing(name, who):
    make, error = NOBODY[who]
    for state in sorted(STATES):
        part = order_in(state)
        before = snapshot(part)
        with pytest.raises(error), transaction.atomic():
            ACTS[name].do(part, make(part))
        assert snapshot(part) == before, (name, state)


def test_closing_is_neither_the_merchants_word_nor_that_of_an_operator_without_the_grant():
    part = order_in(S.RECEIVED)
    before = snapshot(part)
    with pytest.raises(MerchantOrderStateRefused), transaction.atomic():
        close_merchant_order(part.ref, actor=merchant_actor(part.merchant_id, *GRANTS))
    with pytest.raises(PermissionRefused), transaction.atomic():
        close_merchant_order(part.ref, actor=operator_actor("oms.view_orders"))
    assert snapshot(part) == before


def transitions_of_the_model():
    field = MerchantOrder._meta.get_field("state")
    return {(way.name, way.source, way.target) for way in field.get_all_transitions(MerchantOrder)}


# What the acts above do not reach with one piece of two: the rest, and the money that arrives.
WAYS = {name: act.do for name, act in ACTS.items() if act.roles != ("buyer",)} | {
    "ship the rest": lambda part, actor: ship_parcel(part.ref, Parcel(), actor=actor),
    "the money arrives": lambda part, actor: mark_paid(part.order.ref, reference="x", actor=actor),
}


def test_every_transition_of_the_model_is_walked_by_an_act_and_no_other(shop):
    """A transition that is added to the model fails here until the matrix knows who may walk it, and from where."""
    walked = set()

    def note(sender, name, source, target, **kwargs):
        walked.add((name, source, target))

    post_transition.connect(note, sender=MerchantOrder)
    try:
        for state in sorted(STATES):
            for do in WAYS.values():
                is_paid = state != S.STAGED
                part = oms.merchant_order(
                    state=state, lines=((2, 1000),), delivery_kind="pickup", captured=is_paid
                )
                with suppress(DomainError), transaction.atomic():
                    do(part, operator_actor(*GRANTS, MARK_PAID))
    finally:
        post_transition.disconnect(note, sender=MerchantOrder)
    assert walked == transitions_of_the_model()
