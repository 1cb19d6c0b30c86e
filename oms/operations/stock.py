"""Stock on hand: counted by hand, its places, and the repair of counters from the rows behind them."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from oms.errors import StockBelowPromised, StockMovedMeanwhile
from oms.models import MovementKind, StockItem, StockLocation, StockMovement
from oms.operations.availability import push_availability
from oms.operations.slots import merge_slots
from oms.permissions import MANAGE_STOCK
from oms.selectors.stock import get_location, get_stock_item, list_disagreements


@dataclass(frozen=True, slots=True)
class LocationTerms:
    """A place's name, country, order of use, and whether orders draw on it."""

    name: str
    country: str = ""
    rank: int = 1
    is_active: bool = True


@transaction.atomic
def create_location(merchant_id: int, terms: LocationTerms, *, actor: Actor) -> StockLocation:
    """Open a place to ship from; a merchant's first one receives the stock that files state without a place."""
    actor.require(MANAGE_STOCK, merchant_id=merchant_id)
    is_first = not StockLocation.objects.filter(merchant_id=merchant_id, is_default=True).exists()
    made = StockLocation(merchant_id=merchant_id, is_default=is_first)
    _save_location(made, terms)
    audit.record("oms.stock_location.created", actor=actor, subject=made)
    return made


@transaction.atomic
def change_location(ref: str, terms: LocationTerms, *, actor: Actor) -> StockLocation:
    """Rename a place, rank it, or take it out of use: nothing is sold from it then, promises are still kept."""
    location = get_location(ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=location.merchant_id)
    if location.is_default and not terms.is_active:
        message = _("Stock that files state arrives at this place. It stays in use.")
        raise InvalidInput(message, fields={"is_active": message})
    was_active = location.is_active
    before = asdict(LocationTerms(location.name, location.country, location.rank, location.is_active))
    _save_location(location, terms)
    changes = {name: [before[name], value] for name, value in asdict(terms).items() if before[name] != value}
    if changes:
        audit.record("oms.stock_location.changed", actor=actor, subject=location, changes=changes)
    if was_active != location.is_active:
        offers = StockItem.objects.filter(location=location, slot=0).order_by("offer_id")
        ids = list(offers.values_list("offer_id", flat=True))
        for start in range(0, len(ids), 1000):
            push_availability(ids[start : start + 1000])
    return location


def _save_location(location: StockLocation, terms: LocationTerms) -> None:
    for name, value in asdict(terms).items():
        setattr(location, name, value)
    location.name = terms.name.strip()
    if not location.name:
        raise InvalidInput(_("Give the place a name."), fields={"name": _("Give the place a name.")})
    try:
        with transaction.atomic():
            location.save()
    except IntegrityError as error:
        message = _("You already have a place of this name.")
        raise InvalidInput(message, fields={"name": message}) from error


def get_or_create_default_location(merchant_id: int) -> StockLocation:
    """The place that stated stock belongs to; made at the first need."""
    made, _created = StockLocation.objects.get_or_create(
        merchant_id=merchant_id, is_default=True, defaults={"name": "Main warehouse"}
    )
    return made


@dataclass(frozen=True, slots=True)
class StockFigures:
    """What is at a place: pieces on hand, kept back, sellable beyond stock, and when those arrive.

    `seen` is what a person saw on hand before it typed: the same number again is no count.
    """

    on_hand: int
    safety: int = 0
    backorder_cap: int = 0
    expected_on: date | None = None
    seen: int | None = None


@transaction.atomic
def count_stock(offer_ref: str, location_ref: str, figures: StockFigures, *, actor: Actor) -> StockItem:
    """Set what was counted at one place, what is kept back and what may be sold beyond it.

    Raises `StockBelowPromised` when buyers were promised more than that, `StockMovedMeanwhile` when something was
    counted that left or came since it was seen, `NotFound` for strangers.
    """
    item = get_stock_item(offer_ref, location_ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=item.merchant_id)
    if min(figures.on_hand, figures.safety, figures.backorder_cap) < 0:
        raise InvalidInput(_("Quantities cannot be negative."))
    merge_slots(item.offer_id, item.location_id, actor=actor)
    item = StockItem.objects.select_for_update().get(pk=item.pk)
    on_hand = _counted(figures, item)
    values = {name: value for name, value in asdict(figures).items() if name != "seen"} | {"on_hand": on_hand}
    enough = StockItem.objects.filter(pk=item.pk, reserved__lte=on_hand + figures.backorder_cap)
    if not enough.update(**values, updated_at=clock.now()):
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
        name: [str(getattr(item, name)), str(value)]
        for name, value in values.items()
        if getattr(item, name) != value
    }
    if changes:
        audit.record("oms.stock.counted", actor=actor, subject=item, changes=changes)
        push_availability([item.offer_id])
    item.refresh_from_db()
    return item


def _counted(figures: StockFigures, item: StockItem) -> int:
    """What is on hand by this count. A number nobody touched must not bring back what was shipped since."""
    if figures.seen in {None, item.on_hand}:
        return figures.on_hand
    if figures.on_hand == figures.seen:
        return item.on_hand
    raise StockMovedMeanwhile(
        _(
            "%(now)s pieces are on hand now, not %(seen)s as when you opened this page, so nothing was saved. Count "
            "again, or save again to put yours in its place."
        )
        % {"now": item.on_hand, "seen": figures.seen},
        now=item.on_hand,
    )


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
