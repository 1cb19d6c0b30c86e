"""Problems with one line after it was shipped: reported, answered, closed; until then its payout is held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.db import transaction

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor, ActorKind, timer_actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import clipped
from backoffice.kernel.phrases import gettext as _
from mms.selectors.preferences import get_preference
from oms.errors import IncidentRefused
from oms.events import IncidentClosed, IncidentOpened, IncidentResolved
from oms.models import (
    Incident,
    IncidentReason,
    IncidentState,
    MerchantOrder,
    MerchantOrderState,
    OrderLine,
    Resolution,
    TimeLimitKind,
)
from oms.operations.history import note
from oms.operations.time_limits import settle, start
from oms.permissions import MANAGE_INCIDENTS, RESOLVE_INCIDENTS
from oms.preferences import INCIDENT_DAYS
from oms.selectors.incidents import can_report, has_live_incident, lock_incident
from oms.selectors.orders import lock_merchant_order, lock_whole_order

MAX_TEXT = 2000
News = TypeVar("News", IncidentOpened, IncidentResolved, IncidentClosed)


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong: one of `IncidentReason` and words; another reason than those listed needs words."""

    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the merchant did: one of `Resolution` and words, which the buyer reads."""

    resolution: str
    text: str = ""


@transaction.atomic
def open_incident(merchant_order_ref: str, position: int, report: Report, *, actor: Actor) -> Incident:
    """The marketplace opens an incident on one line; the payout of the line is held from now on.

    Safe to repeat with the same report. Publishes `IncidentOpened`. Raises `NotFound`, `InvalidInput` at `reason` or
    `text`, `IncidentRefused` before anything was shipped, once nothing can be refunded, or for a second incident.
    """
    part = lock_merchant_order(merchant_order_ref, actor=actor)
    actor.require(MANAGE_INCIDENTS, merchant_id=part.merchant_id, places=part.order.places)
    return _open(part, position, report, actor)


@transaction.atomic
def open_incident_as_buyer(
    order_id: int, part_position: int, position: int, report: Report, *, actor: Actor
) -> Incident:
    """The same by the buyer, on the signed page of the order."""
    return _open(_part_of(order_id, part_position), position, report, actor)


def _part_of(order_id: int, position: int) -> MerchantOrder:
    _order, parts = lock_whole_order(order_id)
    part = next((row for row in parts if row.position == position), None)
    if part is None:
        raise NotFound(_("This order has no such part."))
    return part


def _open(part: MerchantOrder, position: int, report: Report, actor: Actor) -> Incident:
    _check(report.reason, report.text, IncidentReason.values, "reason")
    line: OrderLine | None = part.lines.filter(position=position).first()
    if line is None:
        raise NotFound(_("This order has no line %(position)s.") % {"position": position})
    text = report.text.strip()
    known: Incident | None = Incident.objects.filter(line=line).first()
    if known is not None:
        if known.is_live and (known.reason, known.text) == (report.reason, text):
            return known
        raise IncidentRefused(_refusal(known), ref=known.ref)
    if not can_report(line, part):
        raise IncidentRefused(
            _(
                "A problem can be reported from the first parcel on, until the order is closed or fully refunded."
            )
        )
    incident: Incident = Incident.objects.create(
        merchant_order=part, line=line, reason=report.reason, text=text, opened_by=side_of(actor)
    )
    _began(incident, "incident_opened", text, actor)
    return incident


def _refusal(known: Incident) -> str:
    if known.is_live:
        return _("A problem with this article is reported already: %(ref)s.") % {"ref": known.ref}
    return _("The problem with this article was closed: %(ref)s. Only the marketplace can open it again.") % {
        "ref": known.ref
    }


def _check(code: str, text: str, codes: Sequence[str], field: str) -> None:
    if code not in codes:
        raise InvalidInput(_("Choose one of the reasons."), fields={field: _("Choose one of the reasons.")})
    if len(text) > MAX_TEXT:
        message = _("At most %(count)s characters.") % {"count": MAX_TEXT}
        raise InvalidInput(message, fields={"text": message})
    if code == IncidentReason.OTHER and not text.strip():
        message = _("Say in your own words what it is.")
        raise InvalidInput(message, fields={"text": message})


def side_of(actor: Actor) -> str:
    """In whose name somebody acts: `buyer`, `merchant`, `operator` or `clock`."""
    if actor.kind == ActorKind.BUYER:
        return "buyer"
    if actor.kind in (ActorKind.TIMER, ActorKind.SYSTEM):
        return "clock"
    return "operator" if actor.is_operator else "merchant"


def _began(incident: Incident, what: str, text: str, actor: Actor) -> None:
    """From now on the payout is held, and the order is not closed by the clock."""
    settle(incident.merchant_order, [TimeLimitKind.CLOSED])
    _tell(incident, what, text, actor)
    publish(_news(IncidentOpened, incident))


def _tell(incident: Incident, what: str, text: str, actor: Actor) -> None:
    note(
        what,
        merchant_order=incident.merchant_order,
        line=incident.line,
        actor=actor,
        reason=text,
        data={"incident": incident.ref, "by": side_of(actor)},
    )
    audit.record(
        f"oms.incident.{what.partition('_')[2]}", actor=actor, subject=incident, note=clipped(text, 300)
    )


def _news(kind: type[News], incident: Incident) -> News:
    return kind(
        incident_ref=incident.ref,
        opening=incident.times_opened,
        merchant_order_id=incident.merchant_order_id,
        merchant_id=incident.merchant_id,
        line_id=incident.line_id,
        occurred_at=clock.now(),
    )


@transaction.atomic
def resolve_incident(ref: str, answer: Answer, *, actor: Actor) -> Incident:
    """The merchant says what it did; the payout stays held until the buyer, the marketplace or the clock closes it.

    Safe to repeat with the same answer. Raises `NotFound`, `InvalidInput`, `IncidentRefused` when it is not open.
    """
    incident = lock_incident(ref, actor=actor)
    actor.require(RESOLVE_INCIDENTS, merchant_id=incident.merchant_id)
    _check(answer.resolution, answer.text, Resolution.values, "resolution")
    text = answer.text.strip()
    if incident.state == IncidentState.RESOLVED and (incident.resolution, incident.resolution_text) == (
        answer.resolution,
        text,
    ):
        return incident
    if incident.state != IncidentState.OPEN:
        raise IncidentRefused(_("Only an open incident can be answered."))
    incident.resolve()
    incident.resolution, incident.resolution_text = answer.resolution, text
    incident.resolved_at = clock.now()
    incident.save(update_fields=["state", "resolution", "resolution_text", "resolved_at"])
    _tell(incident, "incident_resolved", text, actor)
    publish(_news(IncidentResolved, incident))
    return incident


@transaction.atomic
def close_incident(ref: str, *, reason: str, actor: Actor) -> Incident:
    """The marketplace ends it with a reason that buyer and merchant read; the payout is free. Safe to repeat."""
    incident = lock_incident(ref, actor=actor)
    part = incident.merchant_order
    actor.require(MANAGE_INCIDENTS, merchant_id=part.merchant_id, places=part.order.places)
    if incident.is_live:
        _close(incident, _reason(reason), actor)
    return incident


def _reason(reason: str) -> str:
    if not reason.strip():
        message = _("Give the reason; buyer and merchant read it.")
        raise InvalidInput(message, fields={"reason": message})
    return reason.strip()


def _close(incident: Incident, reason: str, actor: Actor) -> None:
    incident.close()
    incident.closed_at, incident.close_reason = clock.now(), reason
    incident.save(update_fields=["state", "closed_at", "close_reason"])
    _tell(incident, "incident_closed", reason, actor)
    part = incident.merchant_order
    if part.state == MerchantOrderState.RECEIVED and not has_live_incident(part):
        start(TimeLimitKind.CLOSED, part)
    publish(_news(IncidentClosed, incident))


@transaction.atomic
def reopen_incident(ref: str, *, reason: str, actor: Actor) -> Incident:
    """The marketplace takes it up again; the payout is held again, as far as it has not left. Safe to repeat.

    Raises `IncidentRefused` once the order is closed or everything of the line was refunded.
    """
    incident = lock_incident(ref, actor=actor)
    part = incident.merchant_order
    actor.require(MANAGE_INCIDENTS, merchant_id=part.merchant_id, places=part.order.places)
    if incident.state == IncidentState.OPEN:
        return incident
    if not can_report(incident.line, part):
        raise IncidentRefused(_("The order is closed, or everything of this article was refunded."))
    _reopen(incident, _reason(reason), actor)
    return incident


def _reopen(incident: Incident, reason: str, actor: Actor) -> None:
    was_closed = incident.state == IncidentState.CLOSED
    incident.reopen()
    if was_closed:
        incident.times_opened += 1
    incident.opened_at, incident.closed_at, incident.close_reason = clock.now(), None, ""
    incident.save(update_fields=["state", "times_opened", "opened_at", "closed_at", "close_reason"])
    _began(incident, "incident_reopened", reason, actor)


@transaction.atomic
def answer_as_buyer(
    order_id: int, part_position: int, position: int, *, is_solved: bool, text: str = "", actor: Actor
) -> Incident:
    """The buyer, on the signed page: it is solved and closed, or the merchant's answer did not solve it.

    Safe to repeat. Raises `NotFound`, `IncidentRefused` when a closed one, or one without an answer, is objected to.
    """
    part = _part_of(order_id, part_position)
    incident: Incident | None = (
        Incident.objects.select_related("line").filter(merchant_order=part, line__position=position).first()
    )
    if incident is None:
        raise NotFound(_("No problem with this article was reported."))
    incident.merchant_order = part
    if is_solved:
        if incident.is_live:
            _close(incident, _("The buyer says that it is solved."), actor)
        return incident
    if incident.state == IncidentState.CLOSED:
        raise IncidentRefused(_refusal(incident), ref=incident.ref)
    if incident.state == IncidentState.RESOLVED:
        _check(IncidentReason.OTHER, text, IncidentReason.values, "reason")
        _reopen(incident, text.strip(), actor)
    return incident


def close_refunded_incidents(part: MerchantOrder, lines: Iterable[OrderLine], actor: Actor) -> None:
    """What was wholly given back, or will not be charged, has no problem left. Needs the order locked."""
    gone = [line.pk for line in lines if not line.refundable_minor]
    for incident in Incident.objects.live().filter(line_id__in=gone).select_related("line").order_by("pk"):
        incident.merchant_order = part
        _close(incident, _("Everything paid for this article was given back."), actor)


def close_quiet_incidents() -> int:
    """Close what a merchant resolved and nobody objected to within the days of the setting; returns how many."""
    until = clock.now() - timedelta(days=get_preference(INCIDENT_DAYS, ()))
    quiet = Incident.objects.filter(state=IncidentState.RESOLVED, resolved_at__lte=until)
    return sum(_close_quiet(ref) for ref in quiet.order_by("pk").values_list("ref", flat=True))


@transaction.atomic
def _close_quiet(ref: str) -> bool:
    actor = timer_actor("nobody-objected")
    incident = lock_incident(ref, actor=actor)
    if incident.state != IncidentState.RESOLVED:
        return False
    _close(incident, _("Nobody objected to the merchant's answer."), actor)
    return True
