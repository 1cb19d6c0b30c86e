"""The inspection of returned pieces: the only way back into stock."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import Conflict, InvalidInput
from oms.errors import LineQuantityRefused
from oms.models import Grade, MerchantOrder, MovementKind, OrderLine, StockInspection
from oms.operations.availability import push_availability
from oms.operations.transfers import add_pieces
from oms.permissions import MANAGE_STOCK
from oms.selectors.orders import lock_merchant_order
from oms.selectors.stock import get_location
from pim.selectors.offers import get_offer


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: pieces of one order line, their grade, and where they are."""

    position: int
    quantity: int
    grade: str
    location_ref: str
    # The offer that second-choice pieces are sold as.
    offer_ref: str = ""
    note: str = ""


@transaction.atomic
def inspect_returned(merchant_order_ref: str, verdict: Verdict, *, key: str, actor: Actor) -> StockInspection:
    """Record what came back of a line and, by its grade, let it into stock again.

    Restock A: the same offer (of a kit: its components). Restock B: another offer of the merchant. Quarantine and
    scrap: no stock. Idempotent by `key`. Raises `LineQuantityRefused` beyond what was shipped and not yet inspected.
    """
    part = lock_merchant_order(merchant_order_ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=part.merchant_id)
    known = StockInspection.objects.filter(key=f"{part.ref}:{key}"[:100]).first()
    if known is not None:
        if (known.line.position, known.quantity, known.grade) != (
            verdict.position,
            verdict.quantity,
            verdict.grade,
        ):
            raise Conflict(_("This inspection was recorded with other figures."))
        return known
    line = _checked_line(part, verdict)
    location = get_location(verdict.location_ref, actor=actor)
    if location.merchant_id != part.merchant_id:
        raise InvalidInput(_("Choose a place of the same merchant."), fields={"location": _("Not yours.")})
    offer_id = _offer_of(part, line, verdict, actor)
    made = StockInspection.objects.create(
        key=f"{part.ref}:{key}"[:100],
        merchant_id=part.merchant_id,
        line=line,
        location=location,
        offer_id=offer_id,
        grade=verdict.grade,
        quantity=verdict.quantity,
        note=verdict.note.strip()[:300],
        actor_label=actor.label,
    )
    for stocked, pieces in _restocked(line, offer_id, verdict):
        add_pieces(stocked, location, pieces, kind=MovementKind.RETURNED, reference=part.ref, actor=actor)
        push_availability([stocked])
    audit.record(
        "oms.stock.inspected",
        actor=actor,
        subject=part,
        changes={line.merchant_sku: [verdict.quantity, verdict.grade]},
        note=made.note,
    )
    return made


def _checked_line(part: MerchantOrder, verdict: Verdict) -> OrderLine:
    if verdict.grade not in Grade.values:
        raise InvalidInput(_("There is no such grade."), fields={"grade": _("There is no such grade.")})
    line = part.lines.select_for_update().filter(position=verdict.position).first()
    if line is None:
        raise LineQuantityRefused(_("The order has no such line."))
    done = StockInspection.objects.filter(line=line).aggregate(n=Sum("quantity"))["n"] or 0
    if not 1 <= verdict.quantity <= line.quantity_shipped - done:
        raise LineQuantityRefused(
            _("%(count)s shipped pieces of “%(title)s” were not inspected yet.")
            % {"count": line.quantity_shipped - done, "title": line.title},
            position=line.position,
        )
    return line


def _offer_of(part: MerchantOrder, line: OrderLine, verdict: Verdict, actor: Actor) -> int | None:
    if verdict.grade == Grade.RESTOCK_A:
        return line.offer_id
    if verdict.grade != Grade.RESTOCK_B:
        return None
    if not verdict.offer_ref:
        message = _("Name the offer that second-choice pieces are sold as.")
        raise InvalidInput(message, fields={"offer_ref": message})
    other = get_offer(verdict.offer_ref, actor=actor, merchant_id=part.merchant_id)
    if other.pk == line.offer_id:
        message = _("Second-choice pieces need an offer of their own.")
        raise InvalidInput(message, fields={"offer_ref": message})
    return other.pk


def _restocked(line: OrderLine, offer_id: int | None, verdict: Verdict) -> list[tuple[int, int]]:
    if offer_id is None:
        return []
    drawn = line.reservations.order_by("id").values_list("item__offer_id", "units_per_piece").distinct()
    parts = {stocked: units for stocked, units in drawn if stocked != line.offer_id}
    if verdict.grade == Grade.RESTOCK_A and parts:
        # The line was a kit: its components come back.
        return [(stocked, units * verdict.quantity) for stocked, units in sorted(parts.items())]
    return [(offer_id, verdict.quantity)]
