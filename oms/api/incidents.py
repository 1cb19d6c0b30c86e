"""Incidents for programs: both audiences read them, merchants answer, operators open, close and reopen."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from oms.api.answers import actor_of
from oms.api.incident_schemas import IncidentAnswerIn, IncidentOpenIn, IncidentOut, IncidentReasonIn
from oms.models import Incident
from oms.operations import incidents
from oms.permissions import MANAGE_INCIDENTS, RESOLVE_INCIDENTS, VIEW_ORDERS
from oms.selectors.incidents import get_incident, list_incidents

Answer = dict[str, Any]
_OF_LINE = {"merchant_order_ref", "line_position", "title"}


def _answer(row: Incident) -> Answer:
    names = [name for name in IncidentOut.model_fields if name not in _OF_LINE]
    return {name: getattr(row, name) for name in names} | {
        "merchant_order_ref": row.merchant_order.ref,
        "line_position": row.line.position,
        "title": row.line.title,
    }


def listed(request: HttpRequest, page: Query[PageQuery], state: str = "") -> Answer:
    """Incidents, latest first; `state` narrows, e.g. `open`."""
    rows = list_incidents(actor_of(request))
    found = paginate(rows.filter(state=state) if state else rows, page)
    return {**found, "items": [_answer(row) for row in found["items"]]}


def one(request: HttpRequest, ref: str) -> Answer:
    """One incident by its number."""
    return _answer(get_incident(ref, actor=actor_of(request)))


def resolve(request: HttpRequest, ref: str, payload: IncidentAnswerIn) -> Answer:
    """Say what was done; the incident closes when the buyer or the marketplace agrees, or nobody objects."""
    answer = incidents.Answer(payload.resolution, payload.text)
    return _answer(incidents.resolve_incident(ref, answer, actor=actor_of(request)))


def open_(request: HttpRequest, ref: str, payload: IncidentOpenIn) -> Answer:
    """Open an incident on one line of a merchant order; the payout of the line is held from then on."""
    report = incidents.Report(payload.reason, payload.text)
    return _answer(incidents.open_incident(ref, payload.line_position, report, actor=actor_of(request)))


def close(request: HttpRequest, ref: str, payload: IncidentReasonIn) -> Answer:
    """Close it with a reason; the payout of the line is free from then on."""
    return _answer(incidents.close_incident(ref, reason=payload.reason, actor=actor_of(request)))


def reopen(request: HttpRequest, ref: str, payload: IncidentReasonIn) -> Answer:
    """Take it up again; the payout of the line is held again as far as it has not left."""
    return _answer(incidents.reopen_incident(ref, reason=payload.reason, actor=actor_of(request)))


def _mount_reading(router: Router) -> None:
    endpoint(
        router,
        "GET",
        "/incidents",
        grant=VIEW_ORDERS,
        response=PageOut[IncidentOut],
        summary="List incidents",
    )(listed)
    endpoint(
        router,
        "GET",
        "/incidents/{ref}",
        grant=VIEW_ORDERS,
        response=IncidentOut,
        summary="Get incident",
    )(one)


def mount_for_merchants(router: Router) -> None:
    _mount_reading(router)
    endpoint(
        router,
        "POST",
        "/incidents/{ref}/resolve",
        grant=RESOLVE_INCIDENTS,
        creates=True,
        response=IncidentOut,
        summary="Answer incident",
    )(resolve)


def mount_for_operators(router: Router) -> None:
    _mount_reading(router)
    endpoint(
        router,
        "POST",
        "/merchant-orders/{ref}/incidents",
        grant=MANAGE_INCIDENTS,
        creates=True,
        response=IncidentOut,
        summary="Open incident",
    )(open_)
    for word, act in (("close", close), ("reopen", reopen)):
        endpoint(
            router,
            "POST",
            f"/incidents/{{ref}}/{word}",
            grant=MANAGE_INCIDENTS,
            creates=True,
            response=IncidentOut,
            summary=f"{word.capitalize()} incident",
        )(act)
