"""Incidents as the people concerned may see them, and what billing must know of their lines."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from oms.models import Incident, MerchantOrder, MerchantOrderState, OrderLine, StateChange
from oms.selectors.orders import lock_merchant_order

S = MerchantOrderState
# Something has left the merchant, and refunds are still possible.
REPORTABLE = (S.PARTLY_SHIPPED, S.SHIPPED, S.TO_COLLECT, S.RECEIVED)


def list_incidents(actor: Actor) -> QuerySet[Incident]:
    """The incidents the actor may see, latest opening first."""
    rows: QuerySet[Incident] = Incident.objects.visible_to(actor).select_related(
        "line", "merchant_order__order"
    )
    return rows.order_by("-opened_at", "-id")


def get_incident(ref: str, *, actor: Actor) -> Incident:
    """One incident; raises `NotFound` for strangers and unknown refs alike."""
    found: Incident | None = list_incidents(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no incident %(ref)s.") % {"ref": ref}, ref=ref)
    return found


def lock_incident(ref: str, *, actor: Actor) -> Incident:
    """One incident for writing, its whole order locked first. Raises `NotFound`."""
    part = lock_merchant_order(get_incident(ref, actor=actor).merchant_order.ref, actor=actor)
    found: Incident = Incident.objects.select_for_update(of=("self",)).select_related("line").get(ref=ref)
    found.merchant_order = part
    return found


def list_live_incidents(actor: Actor) -> QuerySet[Incident]:
    """Those that wait for the merchant, or for the buyer and the marketplace; to be counted."""
    rows: QuerySet[Incident] = Incident.objects.visible_to(actor).live()
    return rows


def has_live_incident(part: MerchantOrder) -> bool:
    return bool(Incident.objects.live().filter(merchant_order=part).exists())


def list_incidents_of(parts: Iterable[MerchantOrder]) -> list[Incident]:
    """The incidents of these merchant orders by line; the caller has checked that they may be seen."""
    rows = Incident.objects.filter(merchant_order__in=list(parts)).select_related("line", "merchant_order")
    return list(rows.order_by("merchant_order_id", "line__position"))


def list_steps(incidents: Iterable[Incident]) -> dict[int, list[StateChange]]:
    """Per line what happened to its incident, newest first; same condition as `list_incidents_of`."""
    found: dict[int, list[StateChange]] = {row.line_id: [] for row in incidents}
    if found:
        rows = StateChange.objects.filter(line_id__in=found, what__startswith="incident_")
        for row in rows.select_related("line").order_by("-id"):
            found[row.line_id or 0].append(row)
    return found


def can_report(line: OrderLine, part: MerchantOrder) -> bool:
    """Whether a first incident can be opened: pieces of the line left, and not all of its money went back."""
    if part.state not in REPORTABLE or not line.quantity_shipped:
        return False
    return bool(line.refundable_minor or not line.total_minor)


def list_reportable(part: MerchantOrder) -> list[OrderLine]:
    """The lines a first incident can be opened on; read them with their incidents."""
    lines = part.lines.select_related("incident").order_by("position")
    return [line for line in lines if can_report(line, part) and not hasattr(line, "incident")]


@dataclass(frozen=True, slots=True)
class LineWorth:
    """What the buyer pays for a line and did not get back, tax included, in the order's currency."""

    line_id: int
    title: str
    merchant_order_ref: str
    left_minor: int


def get_line_worths(line_ids: Iterable[int]) -> dict[int, LineWorth]:
    """By line id, in one statement."""
    rows = OrderLine.objects.filter(pk__in=list(line_ids)).select_related("merchant_order")
    return {
        row.pk: LineWorth(row.pk, row.title, row.merchant_order.ref, row.refundable_minor) for row in rows
    }


def list_live_openings() -> list[tuple[str, int]]:
    """(ref, which time it is open) of every incident that holds a payout."""
    rows = Incident.objects.live().order_by("id")
    return list(rows.values_list("ref", "times_opened"))
