"""The usual end of a checkout: the provider approves while the buyer waits, and the draft becomes an order.

The checkout still holds everything it wrote, so nothing is read again. Instead every UPDATE names the state it expects
and its row count is looked at; on any surprise all of it is rolled back and the answer is recorded the long way
(`oms.operations.payments`), which locks and reads the rows as they are.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from oms.models import MerchantOrder, Order, OrderLine, Payment, PaymentAttempt
from oms.operations.authorisations import Overtaken, finish_placing, note_authorisation
from oms.operations.payment_attempts import write_answer
from oms.operations.reservations import commit_holds
from oms.ports import Answer, Outcome
from oms.selectors.fee_basis import basis_of

# How long a command belongs to who claimed it.
LEASE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the first transaction of a checkout wrote; the attempt is claimed by this checkout."""

    order: Order
    parts: list[MerchantOrder]
    lines: list[OrderLine]
    payment: Payment
    attempt: PaymentAttempt
    holds: int


def place_in_hand(draft: Draft, answer: Answer, actor: Actor) -> bool:
    """Place the draft if it still is as it was written; False changes nothing and asks for the long way.

    17 statements for any number of merchants that sold before, fees and announcements included.
    """
    if answer.outcome not in {Outcome.APPROVED, Outcome.PENDING}:
        return False
    try:
        with transaction.atomic():
            _place(draft, answer, actor)
    except Overtaken:
        return False
    return True


def _place(draft: Draft, answer: Answer, actor: Actor) -> None:
    order, now = draft.order, clock.now()
    # The order first, as everybody does who changes one: its lock keeps the others out of the rest.
    unplaced = Order.objects.filter(pk=order.pk, placed_at=None, abandoned_at=None)
    if not unplaced.update(placed_at=now):
        raise Overtaken
    if not write_answer(draft.attempt, answer) or commit_holds(f"order:{order.ref}") != draft.holds:
        raise Overtaken
    order.placed_at = now
    note_authorisation(draft.payment, answer)
    bases = [
        basis_of(part, [line for line in draft.lines if line.merchant_order_id == part.pk])
        for part in draft.parts
    ]
    finish_placing(order, draft.parts, draft.payment, actor, bases)
