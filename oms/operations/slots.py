"""Hot articles: when buyers wait for each other at one stock row, its free pieces are spread over several.

Waits are measured where rows change, and counted after the commit, so that measuring never makes anybody wait. A timer
spreads what is hot over 4, 8, then 16 rows and merges it back when nobody waited for a while. The sum of the slots is
the stock of the place: whatever counts, transfers or states stock merges them first.
"""

import logging
import time
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import Conflict
from oms.models import MovementKind, Reservation, StockHeat, StockItem, StockMovement

logger = logging.getLogger(__name__)

# A change of a row that took longer than this waited for somebody.
WAIT = timedelta(milliseconds=25)
# So many waits within a minute make an article hot; without any for so long it cools down.
HOT_WAITS, COOL_AFTER = 10, timedelta(minutes=10)
FEWEST_SLOTS, MOST_SLOTS = 4, 16
_TRIES, _PAUSE = 5, timedelta(milliseconds=50)


def note_wait(item: StockItem, seconds: float) -> None:
    """A buyer waited that long for this row: written after the commit, in a transaction of its own."""
    offer_id, location_id, waited_ms = item.offer_id, item.location_id, int(seconds * 1000)

    def write() -> None:
        try:
            _add_wait(offer_id, location_id, waited_ms)
        except OperationalError:
            # A lost measurement costs nothing; the next waiter is measured too.
            logger.info("a stock wait was not recorded")

    transaction.on_commit(write, robust=True)


@transaction.atomic
def _add_wait(offer_id: int, location_id: int, waited_ms: int) -> None:
    row = StockHeat.objects.filter(offer_id=offer_id, location_id=location_id)
    values = {"waits": F("waits") + 1, "waited_ms": F("waited_ms") + waited_ms, "last_wait_at": clock.now()}
    if not row.update(**values):
        heat = StockHeat(offer_id=offer_id, location_id=location_id, waits=1, waited_ms=waited_ms)
        StockHeat.objects.bulk_create([heat], ignore_conflicts=True)


def tune_slots(*, actor: Actor) -> int:
    """Spread what became hot, merge what cooled down, begin to measure anew; returns how many articles changed."""
    now, changed = clock.now(), 0
    for heat in StockHeat.objects.order_by("id"):
        if heat.waits >= HOT_WAITS and heat.slots < MOST_SLOTS:
            slots = FEWEST_SLOTS if heat.slots == 1 else min(MOST_SLOTS, heat.slots * 2)
            changed += spread(heat.offer_id, heat.location_id, slots, actor=actor)
        elif heat.slots > 1 and heat.last_wait_at < now - COOL_AFTER:
            with transaction.atomic():
                merge_slots(heat.offer_id, heat.location_id, actor=actor)
                StockHeat.objects.filter(pk=heat.pk).update(slots=1)
            changed += 1
        StockHeat.objects.filter(pk=heat.pk, waits__gte=heat.waits).update(
            waits=F("waits") - heat.waits, waited_ms=F("waited_ms") - heat.waited_ms, since=now
        )
    return changed


@transaction.atomic
def spread(offer_id: int, location_id: int, slots: int, *, actor: Actor) -> bool:
    """Spread the free pieces of an article at a place over that many rows; False when there are too few of them."""
    merge_slots(offer_id, location_id, actor=actor)
    main = StockItem.objects.select_for_update().get(offer_id=offer_id, location_id=location_id, slot=0)
    share = max(0, main.on_hand - main.safety - main.reserved) // slots
    if share < 1:
        return False
    for slot in range(1, slots):
        row, _created = StockItem.objects.get_or_create(
            offer_id=offer_id,
            location_id=location_id,
            slot=slot,
            defaults={"merchant_id": main.merchant_id},
        )
        _move(main.pk, row.pk, share, 0, actor)
    StockHeat.objects.update_or_create(offer_id=offer_id, location_id=location_id, defaults={"slots": slots})
    return True


def merge_slots(offer_id: int, location_id: int, *, actor: Actor | None = None) -> None:
    """Bring all pieces and promises of an article at a place back into its one row; a statement when there are none.

    Raises `Conflict` when orders hold their promises of it for longer than a moment. Needs a transaction.
    """
    spread_rows = StockItem.objects.filter(offer_id=offer_id, location_id=location_id, slot__gt=0)
    if not spread_rows.exists():
        return
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                _merge(offer_id, location_id, actor)
            return
        except OperationalError:
            # Somebody ends a promise: that order changes the promise first and the row second, we the other way.
            if attempt + 1 == _TRIES:
                raise Conflict(_("Buyers are just ordering this article. Try again in a moment.")) from None
            time.sleep(_PAUSE.total_seconds())


def _merge(offer_id: int, location_id: int, actor: Actor | None) -> None:
    rows = list(
        StockItem.objects.filter(offer_id=offer_id, location_id=location_id)
        .select_for_update()
        .order_by("pk")
    )
    main = next(row for row in rows if row.slot == 0)
    slots = [row for row in rows if row.slot and (row.on_hand or row.reserved)]
    if not slots:
        return
    promises = Reservation.objects.filter(item__in=[row.pk for row in slots], open_quantity__gt=0)
    list(promises.select_for_update(nowait=True).values_list("pk", flat=True))
    promises.update(item=main)
    for row in slots:
        _move(row.pk, main.pk, row.on_hand, row.reserved, actor)


def _move(from_id: int, to_id: int, on_hand: int, reserved: int, actor: Actor | None) -> None:
    """Pieces and promises change their row; the place's sums stay as they are."""
    now, label = clock.now(), actor.label if actor else ""
    for item_id, sign in ((from_id, -1), (to_id, 1)):
        StockItem.objects.filter(pk=item_id).update(
            on_hand=F("on_hand") + sign * on_hand, reserved=F("reserved") + sign * reserved, updated_at=now
        )
        StockMovement.objects.create(
            item_id=item_id,
            kind=MovementKind.MOVED,
            on_hand_delta=sign * on_hand,
            reserved_delta=sign * reserved,
            reference="slots",
            actor_label=label,
        )


def is_lock_wait_measured() -> bool:
    """SQLite has one writer: waiting there says nothing about one row."""
    return connection.vendor == "postgresql"
