"""Cycle counts: a sheet of what should be there, what was found, and the posting of the differences."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from mms.operations.tasks import open_task
from oms.models import (
    CountOutcome,
    CountState,
    MovementKind,
    StockCount,
    StockCountLine,
    StockItem,
    StockMovement,
)
from oms.operations.availability import push_availability
from oms.operations.slots import merge_slots
from oms.permissions import MANAGE_STOCK
from oms.selectors.stock import get_location
from oms.selectors.stock_work import lock_count

MAX_LINES = 2000


@transaction.atomic
def open_count(location_ref: str, *, actor: Actor, offer_refs: Iterable[str] = ()) -> StockCount:
    """Start a count sheet of a place: of these offers, or of everything that is kept there.

    Raises `InvalidInput` when nothing is kept there or the sheet would be longer than 2,000 lines, `NotFound`.
    """
    location = get_location(location_ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=location.merchant_id)
    items = StockItem.objects.filter(location=location, slot=0)
    refs = list(offer_refs)
    if refs:
        items = items.filter(offer__ref__in=refs)
    rows = list(items.order_by("offer__merchant_sku", "id")[: MAX_LINES + 1])
    if not rows:
        raise InvalidInput(_("None of these articles is kept at this place."))
    if len(rows) > MAX_LINES:
        raise InvalidInput(
            _("A sheet holds at most %(count)s articles. Choose some of them.") % {"count": MAX_LINES}
        )
    sheet = StockCount.objects.create(
        merchant_id=location.merchant_id, location=location, created_by_label=actor.label
    )
    StockCountLine.objects.bulk_create(
        StockCountLine(count=sheet, item=row, expected=row.on_hand) for row in rows
    )
    audit.record("oms.stock_count.opened", actor=actor, subject=sheet)
    return sheet


@transaction.atomic
def enter_counts(ref: str, counted: Mapping[str, int], *, actor: Actor) -> StockCount:
    """Write down what was found (`offer ref → pieces`); may be repeated until the sheet is posted.

    The difference is taken against what is on hand at this moment, so that sales until the posting do not blur it.
    """
    sheet = lock_count(ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=sheet.merchant_id)
    _require_open(sheet)
    lines = {line.item.offer.ref: line for line in sheet.lines.select_related("item__offer")}
    unknown = sorted(set(counted) - set(lines))
    if unknown:
        raise InvalidInput(_("Not on this sheet: %(refs)s.") % {"refs": ", ".join(unknown[:5])})
    if any(pieces < 0 for pieces in counted.values()):
        raise InvalidInput(_("Quantities cannot be negative."))
    changed = []
    for offer_ref, pieces in counted.items():
        line = lines[offer_ref]
        if line.counted == pieces:
            continue
        merge_slots(line.item.offer_id, line.item.location_id)
        line.item.refresh_from_db(fields=["on_hand"])
        line.expected, line.counted = line.item.on_hand, pieces
        changed.append(line)
    StockCountLine.objects.bulk_update(changed, ["expected", "counted"])
    return sheet


@transaction.atomic
def post_count(ref: str, *, actor: Actor) -> StockCount:
    """Correct stock by the differences of all counted lines. Safe to repeat.

    A correction that would leave less than buyers were promised is refused, line by line: the line says so and a
    shortage task is opened. Raises `StateRefused` when nothing was counted.
    """
    sheet = lock_count(ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=sheet.merchant_id)
    if sheet.state == CountState.POSTED:
        return sheet
    _require_open(sheet)
    lines = list(sheet.lines.filter(counted__isnull=False).select_related("item__offer").order_by("item_id"))
    if not lines:
        raise StateRefused(_("Nothing was counted yet."))
    for line in lines:
        line.outcome = _post_line(sheet, line, actor)
    StockCountLine.objects.bulk_update(lines, ["outcome"])
    sheet.state, sheet.ended_at, sheet.ended_by_label = CountState.POSTED, clock.now(), actor.label
    sheet.save(update_fields=["state", "ended_at", "ended_by_label"])
    differences = {
        line.item.offer.merchant_sku: [line.expected, line.counted] for line in lines if line.difference
    }
    audit.record("oms.stock_count.posted", actor=actor, subject=sheet, changes=differences)
    push_availability(line.item.offer_id for line in lines)
    short = [line.item.offer.merchant_sku for line in lines if line.outcome == CountOutcome.REFUSED]
    if short:
        open_task(
            kind="oms.stock_shortage",
            title=_("Counted less than buyers were promised: %(skus)s") % {"skus": ", ".join(short[:5])},
            url_name="console:oms-stock-list",
            subject_ref=f"stock-of-{sheet.merchant_id}",
            merchant_id=sheet.merchant_id,
        )
    return sheet


def _post_line(sheet: StockCount, line: StockCountLine, actor: Actor) -> CountOutcome:
    delta = line.difference or 0
    if not delta:
        return CountOutcome.SAME
    merge_slots(line.item.offer_id, line.item.location_id)
    enough = StockItem.objects.filter(
        pk=line.item_id,
        on_hand__gte=-delta,
        reserved__lte=F("on_hand") + F("backorder_cap") + delta,
    )
    if not enough.update(on_hand=F("on_hand") + delta, updated_at=clock.now()):
        return CountOutcome.REFUSED
    StockMovement.objects.create(
        item_id=line.item_id,
        kind=MovementKind.COUNTED,
        on_hand_delta=delta,
        reference=sheet.ref,
        actor_label=actor.label,
    )
    return CountOutcome.POSTED


@transaction.atomic
def cancel_count(ref: str, *, actor: Actor) -> StockCount:
    """Throw a sheet away; nothing changes in stock. Safe to repeat."""
    sheet = lock_count(ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=sheet.merchant_id)
    if sheet.state == CountState.CANCELLED:
        return sheet
    _require_open(sheet)
    sheet.state, sheet.ended_at, sheet.ended_by_label = CountState.CANCELLED, clock.now(), actor.label
    sheet.save(update_fields=["state", "ended_at", "ended_by_label"])
    audit.record("oms.stock_count.cancelled", actor=actor, subject=sheet)
    return sheet


def _require_open(sheet: StockCount) -> None:
    if sheet.state != CountState.OPEN:
        raise StateRefused(_("This sheet is closed: %(state)s.") % {"state": sheet.get_state_display()})
