"""How the open pieces of a merchant order are to be packed: by place, then by promise."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from oms.amounts import share_of_pieces
from oms.models import MerchantOrder, OrderLine, Reservation, StockLocation
from oms.splitting import Parcel, SplitLine, split_into_parcels


@dataclass(frozen=True, slots=True)
class PlannedParcel:
    """A parcel as packers see it: from where, promised for when, which articles."""

    place: str
    promised_on: date | None
    lines: tuple[tuple[OrderLine, int], ...]
    goods_minor: int


def list_planned_parcels(part: MerchantOrder) -> list[PlannedParcel]:
    """The parcels of the open pieces by name of place; empty when one place sends everything at once."""
    parcels = plan_parcels(part) if part.can_ship or part.can_answer else []
    if len(parcels) < 2:
        return []
    names = dict(StockLocation.objects.filter(merchant_id=part.merchant_id).values_list("pk", "name"))
    lines = {line.position: line for line in part.lines.all()}
    return [
        PlannedParcel(
            names[parcel.location_id],
            parcel.promised_on,
            tuple((lines[line.position], line.quantity) for line in parcel.lines),
            parcel.goods_minor,
        )
        for parcel in parcels
    ]


def plan_parcels(part: MerchantOrder) -> list[Parcel]:
    """The parcels that the places holding its pieces will send; two statements. Empty once everything left."""
    rows = Reservation.objects.filter(line__merchant_order=part, open_quantity__gt=0).select_related("item")
    by_line: dict[int, list[Reservation]] = defaultdict(list)
    for row in rows.order_by("item_id", "id"):
        by_line[row.line_id or 0].append(row)
    lines = [
        _split_line(part, line, by_line[line.pk])
        for line in part.lines.order_by("position")
        if by_line.get(line.pk)
    ]
    shipping = {part.merchant_id: part.shipping_minor - part.withdrawn_shipping_minor}
    return split_into_parcels(lines, shipping)


def _split_line(part: MerchantOrder, line: OrderLine, rows: list[Reservation]) -> SplitLine:
    # Of a kit, the place of its first component sends it; the others are brought there.
    first = rows[0].item.offer_id
    places: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.item.offer_id == first:
            places[row.item.location_id] += row.open_quantity
    per_piece = rows[0].units_per_piece
    quantity = sum(places.values()) // per_piece
    pieces = {place: units // per_piece for place, units in places.items()}
    fullest = max(places, key=lambda place: (places[place], -place))
    pieces[fullest] += quantity - sum(pieces.values())
    return SplitLine(
        merchant_id=part.merchant_id,
        position=line.position,
        quantity=quantity,
        total_minor=share_of_pieces(line.total_minor, line.quantity, 0, quantity),
        tax_minor=share_of_pieces(line.tax_minor, line.quantity, 0, quantity),
        discount_minor=share_of_pieces(
            line.operator_discount_minor + line.merchant_discount_minor, line.quantity, 0, quantity
        ),
        promised_on=line.preorder_on,
        places=tuple((place, count) for place, count in sorted(pieces.items()) if count),
    )
