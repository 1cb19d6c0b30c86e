"""Stock on hand: counted by hand, its places, and the repair of counters from the rows behind them."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from oms.errors import StockBelowPromised
from oms.models import MovementKind, StockItem, StockLocation, StockMovement
from oms.operations.availability import push_availability
from oms.permissions import MANAGE_STOCK
from oms.selectors.stock import list_disagreements


@transaction.atomic
def create_location(
    merchant_id: int, name: str, *, actor: Actor, country: str = "", rank: int = 1
) -> StockLocation:
    """Open a place to ship from; a merchant's first one receives the stock that files state without a place."""
    actor.require(MANAGE_STOCK, merchant_id=merchant_id)
    name = name.strip()
    if not name:
        raise InvalidInput(_("Give the place a name."), fields={"name": _("Give the place a name.")})
    is_first = not StockLocation.objects.filter(merchant_id=merchant_id, is_default=True).exists()
    try:
        with transaction.atomic():
            made = StockLocation.objects.create(
                merchant_id=merchant_id, name=name, country=country, rank=rank, is_default=is_first
            )
    except IntegrityError as error:
        message = _("You already have a place of this name.")
        raise InvalidInput(message, fields={"name": message}) from error
    audit.record("oms.stock_location.created", actor=actor, subject=made)
    return made


def get_or_create_default_location(merchant_id: int) -> StockLocation:
    """The place that stated stock belongs to; made at the first need."""
    made, _created = StockLocation.objects.get_or_create(
        merchant_id=merchant_id, is_default=True, defaults={"name": "Main warehouse"}
    )
    return made


@transaction.atomic
def count_stock(
    offer_ref: str,
    location_ref: str,
    *,
    on_hand: int,
    safety: int,
    backorder_cap: int,
    actor: Actor,
) -> StockItem:
    """Set what was counted at one place, what is kept back and what may be sold beyond it.

    Raises `StockBelowPromised` when buyers were promised more than that, `NotFound` for strangers.
    """
    item = (
        StockItem.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(offer__ref=offer_ref, location__ref=location_ref)
        .first()
    )
    if item is None:
        raise NotFound(_("There is no stock of this offer at this place."))
    actor.require(MANAGE_STOCK, merchant_id=item.merchant_id)
    if min(on_hand, safety, backorder_cap) < 0:
        raise InvalidInput(_("Quantities cannot be negative."))
    changed = StockItem.objects.filter(pk=item.pk, reserved__lte=on_hand + backorder_cap).update(
        on_hand=on_hand, safety=safety, backorder_cap=backorder_cap, updated_at=clock.now()
    )
    if not changed:
        item.refresh_from_db()
        message = _(
            "Buyers were promised %(reserved)s pieces, more than this. Ship or cancel those orders first, "
            "or allow selling beyond stock."
        ) % {"reserved": item.reserved}
        raise StockBelowPromised(message, reserved=item.reserved)
    if on_hand != item.on_hand:
        StockMovement.objects.create(
            item=item,
            kind=MovementKind.COUNTED,
            on_hand_delta=on_hand - item.on_hand,
            actor_label=actor.label,
        )
    changes = {
        name: [getattr(item, name), value]
        for name, value in (("on_hand", on_hand), ("safety", safety), ("backorder_cap", backorder_cap))
        if getattr(item, name) != value
    }
    if changes:
        audit.record("oms.stock.counted", actor=actor, subject=item, changes=changes)
        push_availability([item.offer_id])
    item.refresh_from_db()
    return item


@transaction.atomic
def repair_stock(*, actor: Actor) -> int:
    """Bring counters back in line with reservations and movements; returns how many were changed.

    `reserved` follows the open reservations; then movements are added for what they do not explain.
    """
    actor.require(MANAGE_STOCK)
    problems = list_disagreements()
    for problem in problems:
        item = StockItem.objects.select_for_update().get(pk=problem.item_id)
        if problem.counter == "reserved":
            # What is promised is promised: if stock does not cover it, the gap becomes allowed backorder.
            gap = max(0, problem.should_be - item.on_hand - item.backorder_cap)
            StockItem.objects.filter(pk=item.pk).update(
                reserved=problem.should_be, backorder_cap=F("backorder_cap") + gap
            )
        else:
            continue
        audit.record(
            "oms.stock.repaired",
            actor=actor,
            subject=item,
            changes={"reserved": [item.reserved, problem.should_be]},
        )
    for problem in list_disagreements():
        by = problem.is_now - problem.should_be
        StockMovement.objects.create(
            item_id=problem.item_id,
            kind=MovementKind.REPAIRED,
            on_hand_delta=by if problem.counter == "on_hand_movements" else 0,
            reserved_delta=by if problem.counter == "reserved_movements" else 0,
            actor_label=actor.label,
        )
    offers = StockItem.objects.filter(pk__in={problem.item_id for problem in problems})
    push_availability(list(offers.values_list("offer_id", flat=True)))
    return len({(problem.item_id, problem.counter) for problem in problems})
