"""Stock that merchants state in bulk: thousands of rows by a handful of set-based statements.

The stated quantity becomes `on_hand` at the merchant's default place. It never goes below what buyers were promised:
such a row is kept at the promised quantity (nothing more can be sold) and a task tells the operator.
"""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from backoffice.kernel import clock
from backoffice.kernel.phrases import gettext as _
from mms.operations.tasks import open_task
from oms.models import StockItem
from oms.operations.availability import push_availability
from oms.operations.slots import merge_slots
from oms.operations.stock import get_or_create_default_location
from oms.selectors.kits import get_kits

CHUNK = 2_000

# `(VALUES …) AS v` names its columns column1, column2 on both engines.
_INSERT = """
INSERT INTO oms_stockitem
    (offer_id, location_id, merchant_id, on_hand, reserved, safety, backorder_cap, slot, updated_at)
SELECT v.column1, %s, %s, 0, 0, 0, 0, 0, %s FROM (VALUES {rows}) AS v
WHERE NOT EXISTS (SELECT 1 FROM oms_stockitem i WHERE i.offer_id = v.column1 AND i.location_id = %s)
ON CONFLICT (offer_id, location_id, slot) DO NOTHING
"""
_TARGET = (
    "CASE WHEN v.column2 >= i.reserved - i.backorder_cap THEN v.column2 ELSE i.reserved - i.backorder_cap END"
)
_MOVE = f"""
INSERT INTO oms_stockmovement (item_id, kind, on_hand_delta, reserved_delta, reference, actor_label, at)
SELECT i.id, 'stated', {_TARGET} - i.on_hand, 0, %s, %s, %s
FROM (VALUES {{rows}}) AS v JOIN oms_stockitem i ON i.offer_id = v.column1 AND i.location_id = %s AND i.slot = 0
WHERE {_TARGET} <> i.on_hand
"""  # noqa: S608  constants only; values are parameters
_SET = f"""
UPDATE oms_stockitem SET on_hand = t.target, updated_at = %s
FROM (
    SELECT i.id AS id, {_TARGET} AS target
    FROM (VALUES {{rows}}) AS v JOIN oms_stockitem i ON i.offer_id = v.column1 AND i.location_id = %s AND i.slot = 0
) AS t
WHERE oms_stockitem.id = t.id AND oms_stockitem.on_hand <> t.target
"""  # noqa: S608  constants only; values are parameters


@transaction.atomic
def state_stock(merchant_id: int, rows: Iterable[tuple[int, int]], *, source: str) -> int:
    """Set what the merchant has of each offer `(offer id, quantity)`; the last row of an offer wins.

    Returns how many stock rows changed. Locks them in key order. Stating the same again changes nothing.
    """
    # A kit has no stock of its own: what is stated of it says nothing about its components.
    kits = get_kits().contents
    wanted = sorted((offer, pieces) for offer, pieces in dict(rows).items() if offer not in kits)
    if not wanted:
        return 0
    location_id = get_or_create_default_location(merchant_id).pk
    changed = 0
    for start in range(0, len(wanted), CHUNK):
        changed += _state_chunk(merchant_id, location_id, wanted[start : start + CHUNK], source)
    return changed


def _state_chunk(merchant_id: int, location_id: int, rows: Sequence[tuple[int, int]], source: str) -> int:
    offer_ids = [offer_id for offer_id, _quantity in rows]
    spread = StockItem.objects.filter(location_id=location_id, offer_id__among=offer_ids, slot__gt=0)
    for offer_id in spread.order_by("offer_id").values_list("offer_id", flat=True).distinct():
        merge_slots(offer_id, location_id)
    # Orders must not change `reserved` between the movement and the update below.
    held = _lock(location_id, offer_ids)
    # Most rows of a stock file say what is stored already.
    differing = [(offer_id, max(0, quantity)) for offer_id, quantity in rows]
    differing = [row for row in differing if held.get(row[0]) != row[1]]
    if not differing:
        return 0
    # Whole numbers only, so they may stand in the statement: binding thousands of them costs more than all the rest.
    values = ", ".join([f"({int(offer_id)}, {int(quantity)})" for offer_id, quantity in differing])
    offer_ids = [offer_id for offer_id, _quantity in differing]
    # Bound like the ORM binds it, so that both engines store the same form.
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        missing = set(offer_ids) - held.keys()
        if missing:
            cursor.execute(_INSERT.format(rows=values), [location_id, merchant_id, now, location_id])
            if cursor.rowcount < len(missing):
                # Somebody else made some of them meanwhile; only rows of our own making are ours already.
                _lock(location_id, offer_ids)
        cursor.execute(_MOVE.format(rows=values), [source[:100], source[:200], now, location_id])
        moved = cursor.rowcount
        if moved:
            cursor.execute(_SET.format(rows=values), [now, location_id])
    if moved:
        _tell_of_shortage(merchant_id, location_id, dict(rows))
        push_availability(offer_ids)
    return int(moved)


def _lock(location_id: int, offer_ids: Sequence[int]) -> dict[int, int]:
    """Hold the stock rows of these offers in key order; what each has on hand."""
    items = StockItem.objects.filter(location_id=location_id, offer_id__among=offer_ids, slot=0)
    return dict(items.order_by("pk").select_for_update().values_list("offer_id", "on_hand"))


def _tell_of_shortage(merchant_id: int, location_id: int, stated: dict[int, int]) -> None:
    kept = StockItem.objects.filter(
        location_id=location_id, offer_id__among=stated, reserved__gt=0
    ).values_list("offer_id", "on_hand", "offer__ref")
    short = [ref for offer_id, on_hand, ref in kept if on_hand > stated[offer_id]]
    if short:
        open_task(
            kind="oms.stock_shortage",
            title=_("%(count)s offers have less stock than buyers were promised: %(refs)s")
            % {"count": len(short), "refs": ", ".join(short[:5])},
            url_name="console:oms-stock-list",
            subject_ref=f"stock-of-{merchant_id}",
            merchant_id=merchant_id,
        )
