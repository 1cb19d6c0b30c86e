"""The merchant's answer: which pieces of which lines it will send."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import clipped
from mms.selectors.preferences import get_preference
from oms.errors import LineQuantityRefused, MerchantOrderStateRefused
from oms.events import MerchantOrderAccepted, MerchantOrderRefused
from oms.models import (
    ACCEPTED,
    MerchantOrder,
    MerchantOrderState,
    OrderLine,
    Payment,
    TimeLimitKind,
)
from oms.operations.captures import release_remainder
from oms.operations.debits import on_acceptance
from oms.operations.history import note, note_lines
from oms.operations.rerouting import reroute_refused
from oms.operations.time_limits import settle
from oms.operations.voucher_uses import give_back_vouchers
from oms.operations.withdrawal import give_up_lines
from oms.permissions import ACCEPT_ORDERS
from oms.preferences import HIDE_ADDRESS
from oms.selectors.acceptance import list_self_accepting
from oms.selectors.orders import lock_merchant_order, scope_path_of


@transaction.atomic
def accept_merchant_order(ref: str, *, actor: Actor) -> MerchantOrder:
    """Accept every piece. Safe to repeat once accepted in full; see `accept_lines`."""
    return accept_lines(ref, None, actor=actor)


@transaction.atomic
def refuse_merchant_order(ref: str, *, reason: str, actor: Actor) -> MerchantOrder:
    """Refuse every piece; nothing is charged. See `accept_lines`."""
    return accept_lines(ref, {}, reason=reason, actor=actor)


@transaction.atomic
def accept_lines(
    ref: str, accepted: Mapping[int, int] | None, *, reason: str = "", actor: Actor
) -> MerchantOrder:
    """Accept pieces per line (`position → pieces`, `None` = everything) and refuse all others for `reason`.

    Refused pieces leave the total uncharged (or are refunded when a transfer arrived already) and go back to stock.
    The buyer is charged after commit, or at the payment's debit moment. Repeating the same answer is harmless; another
    answer raises `MerchantOrderStateRefused`. Publishes `MerchantOrderAccepted` or `MerchantOrderRefused`.
    """
    part = lock_merchant_order(ref, actor=actor)
    actor.require(ACCEPT_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    lines = list(part.lines.select_for_update().order_by("position"))
    decided = _decide(lines, accepted)
    if part.state != MerchantOrderState.WAITING_ACCEPTANCE:
        if _is_same_answer(part, lines, decided):
            return part
        raise MerchantOrderStateRefused(
            _("This order cannot be accepted or refused any more: it is %(state)s.")
            % {"state": part.get_state_display()}
        )
    if any(decided[line.position] < line.quantity_open for line in lines) and not reason.strip():
        message = _("Say why, so that the buyer understands.")
        raise InvalidInput(message, fields={"reason": message})
    settle(part, [TimeLimitKind.ACCEPT])
    refused = [(line, line.quantity_open - decided[line.position]) for line in lines]
    for line in lines:
        line.quantity_accepted = decided[line.position]
        line.save(update_fields=["quantity_accepted"])
    accepted_pieces = [(line, line.quantity_accepted) for line in lines]
    note_lines("line_accepted", part, accepted_pieces, actor=actor)
    if not any(decided.values()):
        give_back_vouchers([part])
    give_up_lines(part, refused, "quantity_refused", reason.strip(), actor)
    reroute_refused(part, refused, actor)
    if any(decided.values()):
        _accept(part, refused, actor)
    else:
        _refuse(part, reason.strip(), actor)
    return part


def accept_automatically(merchant_order_ids: Iterable[int], *, actor: Actor) -> int:
    """Accept the orders of merchants who want it so, always or when their rules hold; returns how many.

    Safe to repeat.
    """
    waiting = MerchantOrder.objects.filter(
        pk__in=list(merchant_order_ids),
        acceptance_mode__in=["automatic", "mixed"],
        state=MerchantOrderState.WAITING_ACCEPTANCE,
    )
    chosen = list_self_accepting(waiting.order_by("pk"))
    for ref in chosen:
        accept_merchant_order(ref, actor=actor)
    return len(chosen)


def show_addresses(merchant_order_ids: Iterable[int]) -> int:
    """Let merchants see the buyer before they answer, where the marketplace's setting says so; returns how many.

    Runs behind the checkout: an order opens hidden and is shown a moment later. Safe to repeat.
    """
    parts = MerchantOrder.objects.filter(pk__in=list(merchant_order_ids)).select_related("order")
    shown = [part.pk for part in parts if not get_preference(HIDE_ADDRESS, scope_path_of(part.order))]
    return MerchantOrder.objects.filter(pk__in=shown, hides_address=True).update(hides_address=False)


def _decide(lines: list[OrderLine], accepted: Mapping[int, int] | None) -> dict[int, int]:
    positions = {line.position for line in lines}
    if accepted is not None and not set(accepted) <= positions:
        raise LineQuantityRefused(_("The order has no such line."))
    decided = {}
    for line in lines:
        whole = line.quantity - line.quantity_cancelled
        pieces = whole if accepted is None else accepted.get(line.position, 0)
        if not 0 <= pieces <= whole:
            raise LineQuantityRefused(
                _("“%(title)s” was ordered %(count)s times.") % {"title": line.title, "count": whole},
                position=line.position,
            )
        decided[line.position] = pieces
    return decided


def _is_same_answer(part: MerchantOrder, lines: list[OrderLine], decided: dict[int, int]) -> bool:
    if part.state not in {*ACCEPTED, MerchantOrderState.REFUSED}:
        return False
    return all(decided[line.position] == line.quantity_accepted for line in lines)


def _accept(part: MerchantOrder, refused: list[tuple[OrderLine, int]], actor: Actor) -> None:
    now = clock.now()
    part.accept()
    part.accepted_at = now
    part.save(update_fields=["state", "accepted_at"])
    data: dict[str, Any] = {"refused": {line.position: pieces for line, pieces in refused if pieces}}
    moved = (MerchantOrderState.WAITING_ACCEPTANCE, MerchantOrderState.WAITING_PAYMENT)
    note("accepted", merchant_order=part, actor=actor, moved=moved, data=data)
    audit.record("oms.merchant_order.accepted", actor=actor, subject=part, changes=data)
    publish(MerchantOrderAccepted(part.pk, part.ref, part.merchant_id, now))
    on_acceptance(part, actor)


def _refuse(part: MerchantOrder, reason: str, actor: Actor) -> None:
    now = clock.now()
    part.refuse()
    part.ended_at, part.end_reason = now, clipped(reason, 300)
    part.save(update_fields=["state", "ended_at", "end_reason"])
    moved = (MerchantOrderState.WAITING_ACCEPTANCE, MerchantOrderState.REFUSED)
    note("refused", merchant_order=part, actor=actor, moved=moved, reason=reason)
    audit.record("oms.merchant_order.refused", actor=actor, subject=part, note=reason)
    publish(MerchantOrderRefused(part.pk, part.ref, part.merchant_id, now))
    release_remainder(Payment.objects.get(pk=part.share.payment_id))
