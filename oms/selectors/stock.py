"""Stock as it can be sold and as merchants see it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from oms.models import Reservation, StockItem, StockLocation, StockMovement
from pim.selectors.offers import list_offers


def list_items_to_draw_on(offer_ids: Iterable[int]) -> dict[int, list[StockItem]]:
    """The stock rows of each offer, all slots of all places in use."""
    rows = (
        StockItem.objects.filter(offer_id__in=sorted(set(offer_ids)), location__is_active=True)
        .select_related("location")
        .order_by("offer_id", "location__rank", "id")
    )
    found: dict[int, list[StockItem]] = {}
    for row in rows:
        found.setdefault(row.offer_id, []).append(row)
    return found


def list_stock_items(actor: Actor) -> QuerySet[StockItem]:
    """The actor's stock with offer and place; the figures of a place hold all its slots (`place_…`)."""
    slots = StockItem.objects.filter(
        offer_id=OuterRef("offer_id"), location_id=OuterRef("location_id"), slot__gt=0
    )
    rows = slots.order_by().values("offer_id")
    more = {
        name: Coalesce(Subquery(rows.annotate(n=Sum(name)).values("n")), 0)
        for name in ("on_hand", "reserved")
    }
    return (
        StockItem.objects.visible_to(actor)
        .filter(slot=0)
        .annotate(
            place_on_hand=F("on_hand") + more["on_hand"], place_reserved=F("reserved") + more["reserved"]
        )
        .annotate(
            place_available=Greatest(
                F("place_on_hand") + F("backorder_cap") - F("safety") - F("place_reserved"), 0
            )
        )
        .select_related("offer__card", "location")
        .order_by("-id")
    )


def get_stock_item(offer_ref: str, location_ref: str, *, actor: Actor) -> StockItem:
    """One stock row; raises `NotFound` for strangers and unknown refs alike."""
    found = list_stock_items(actor).filter(offer__ref=offer_ref, location__ref=location_ref).first()
    if found is None:
        raise NotFound(_("There is no stock of this offer at this place."))
    return found


def list_locations(actor: Actor, *, merchant_id: int | None = None) -> QuerySet[StockLocation]:
    rows = StockLocation.objects.visible_to(actor).order_by("rank", "id")
    return rows if merchant_id is None else rows.filter(merchant_id=merchant_id)


def get_location(ref: str, *, actor: Actor) -> StockLocation:
    """One place; raises `NotFound` for strangers and unknown refs alike."""
    found = StockLocation.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such place."))
    return found


def find_offers_by_sku(skus: Iterable[str], *, actor: Actor, merchant_id: int) -> dict[str, str]:
    """The refs of a merchant's offers by its SKUs; unknown ones are left out."""
    rows = list_offers(actor, merchant_id=merchant_id).filter(merchant_sku__in=list(skus))
    return dict(rows.order_by().values_list("merchant_sku", "ref"))


def list_movements(item: StockItem) -> QuerySet[StockMovement]:
    """What happened to a stock row, newest first; the caller has checked that the actor may see it."""
    slots = StockItem.objects.filter(offer_id=item.offer_id, location_id=item.location_id)
    return StockMovement.objects.filter(item__in=slots).order_by("-id")


def list_open_reservations(item: StockItem) -> QuerySet[Reservation]:
    slots = StockItem.objects.filter(offer_id=item.offer_id, location_id=item.location_id)
    return Reservation.objects.filter(item__in=slots, open_quantity__gt=0).order_by("-id")


@dataclass(frozen=True, slots=True)
class StockDisagreement:
    """A counter that does not equal the rows behind it."""

    item_id: int
    counter: str
    is_now: int
    should_be: int


def list_disagreements(limit: int = 1000) -> list[StockDisagreement]:
    """Counters that differ from reservations or movements, in three set-wise statements."""
    found: list[StockDisagreement] = []
    open_sums = dict(
        Reservation.objects.filter(open_quantity__gt=0)
        .order_by()
        .values_list("item_id")
        .annotate(n=Sum("open_quantity"))
    )
    moved = {
        item_id: (on_hand or 0, reserved or 0)
        for item_id, on_hand, reserved in StockMovement.objects.order_by()
        .values_list("item_id")
        .annotate(a=Sum("on_hand_delta"), b=Sum("reserved_delta"))
    }
    rows = StockItem.objects.order_by("id").values_list("id", "on_hand", "reserved")
    for item_id, on_hand, reserved in rows.iterator(chunk_size=5000):
        should = open_sums.get(item_id, 0)
        moved_on_hand, moved_reserved = moved.get(item_id, (0, 0))
        if reserved != should:
            found.append(StockDisagreement(item_id, "reserved", reserved, should))
        if on_hand != moved_on_hand:
            found.append(StockDisagreement(item_id, "on_hand_movements", on_hand, moved_on_hand))
        if reserved != moved_reserved:
            found.append(StockDisagreement(item_id, "reserved_movements", reserved, moved_reserved))
        if len(found) >= limit:
            break
    return found
