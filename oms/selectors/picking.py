"""What has to be fetched from which shelf for a set of orders."""

from collections.abc import Iterable
from dataclasses import dataclass

from oms.models import SHIPPABLE, MerchantOrder, Reservation, ReservationState


@dataclass(frozen=True, slots=True)
class PickRow:
    """Pieces of one article at one place, with the orders they are for."""

    location: str
    merchant_sku: str
    title: str
    quantity: int
    # (order number, pieces)
    orders: tuple[tuple[str, int], ...]


def list_pick_rows(parts: Iterable[MerchantOrder]) -> list[PickRow]:
    """The pieces these orders still have to ship, by place (in the order they are drawn on) and SKU; one statement.

    Of a kit the articles that it consists of: those lie on shelves. Orders that cannot be shipped now have nothing to
    pick.
    """
    ids = [part.pk for part in parts if part.state in SHIPPABLE]
    rows = Reservation.objects.filter(
        line__merchant_order__in=ids, state=ReservationState.COMMITTED, open_quantity__gt=0
    ).values_list(
        "item__location__rank",
        "item__location__name",
        "item__offer__ref",
        "line__merchant_sku",
        "line__title",
        "line__components",
        "line__merchant_order__ref",
        "open_quantity",
    )
    found: dict[tuple[int, str, str, str], dict[str, int]] = {}
    for rank, location, offer_ref, sku, title, components, ref, quantity in rows:
        inside = next((part for part in components if part["offer_ref"] == offer_ref), None)
        if inside is not None:
            sku, title = inside["merchant_sku"], inside["title"]
        orders = found.setdefault((rank, location, sku, title), {})
        orders[ref] = orders.get(ref, 0) + quantity
    return [
        PickRow(location, sku, title, sum(orders.values()), tuple(sorted(orders.items())))
        for (_rank, location, sku, title), orders in sorted(found.items())
    ]
