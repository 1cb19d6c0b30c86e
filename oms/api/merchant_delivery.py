"""Merchants' programs: where they deliver to, how, and what it costs; the same operations as the portal's pages."""

from typing import Any

from django.http import HttpRequest
from ninja import Query

from backoffice.kernel.actors import Actor
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from oms.api import delivery_schemas as schemas
from oms.api.answers import actor_of
from oms.api.merchant import merchant
from oms.models import DeliveryMethod, DeliveryZone, PickupPoint
from oms.operations.delivery import (
    MethodTerms,
    PriceStep,
    ZoneTerms,
    delete_method,
    delete_zone,
    save_method,
    save_zone,
)
from oms.operations.pickup_points import PointTerms, delete_point, save_point
from oms.permissions import MANAGE_DELIVERY
from oms.selectors.delivery import get_method, list_points, list_zones

METHOD_FIELDS = tuple(name for name in schemas.MethodOut.model_fields if name != "prices")


def _owner(actor: Actor) -> int:
    return min(actor.merchant_ids)


def _method(method: DeliveryMethod) -> dict[str, Any]:
    prices = [
        {name: getattr(step, name) for name in schemas.PriceIn.model_fields}
        for step in method.price_classes.all()
    ]
    return {**{name: getattr(method, name) for name in METHOD_FIELDS}, "prices": prices}


def _zone(zone: DeliveryZone) -> dict[str, Any]:
    return {
        "ref": zone.ref,
        "name": zone.name,
        "countries": zone.countries,
        "postcodes": zone.postcodes,
        "methods": [_method(method) for method in zone.methods.all()],
    }


def _saved(zone: DeliveryZone, actor: Actor) -> dict[str, Any]:
    return _zone(list_zones(actor, merchant_id=_owner(actor)).get(pk=zone.pk))


@endpoint(merchant, "GET", "/delivery-zones", grant=MANAGE_DELIVERY, response=PageOut[schemas.ZoneOut])
def list_delivery_zones(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The merchant's own zones with methods and prices; without any, the marketplace's hold for its goods."""
    actor = actor_of(request)
    found = paginate(list_zones(actor, merchant_id=_owner(actor)), page)
    return {**found, "items": [_zone(zone) for zone in found["items"]]}


@endpoint(merchant, "POST", "/delivery-zones", grant=MANAGE_DELIVERY, creates=True, response=schemas.ZoneOut)
def create_delivery_zone(request: HttpRequest, payload: schemas.ZoneIn) -> dict[str, Any]:
    """Open a zone. From the first one on, the merchant's own zones hold instead of the marketplace's."""
    actor = actor_of(request)
    zone = save_zone(ZoneTerms(**payload.model_dump()), merchant_id=_owner(actor), actor=actor)
    return _saved(zone, actor)


@endpoint(merchant, "PUT", "/delivery-zones/{ref}", grant=MANAGE_DELIVERY, response=schemas.ZoneOut)
def change_delivery_zone(request: HttpRequest, ref: str, payload: schemas.ZoneIn) -> dict[str, Any]:
    """Change name, countries and postcodes of a zone; its methods stay."""
    actor = actor_of(request)
    zone = save_zone(ZoneTerms(**payload.model_dump()), merchant_id=_owner(actor), actor=actor, ref=ref)
    return _saved(zone, actor)


@endpoint(merchant, "DELETE", "/delivery-zones/{ref}", grant=MANAGE_DELIVERY)
def delete_delivery_zone(request: HttpRequest, ref: str) -> None:
    """Remove a zone with its methods; orders keep what they were placed with."""
    delete_zone(ref, actor=actor_of(request))


def _save(zone_ref: str, payload: schemas.MethodIn, actor: Actor, ref: str = "") -> dict[str, Any]:
    terms = MethodTerms(**payload.model_dump(exclude={"prices"}))
    steps = [PriceStep(**step.model_dump()) for step in payload.prices]
    saved = save_method(zone_ref, terms, steps, actor=actor, ref=ref)
    return _method(get_method(saved.ref, actor=actor))


@endpoint(
    merchant,
    "POST",
    "/delivery-zones/{ref}/methods",
    grant=MANAGE_DELIVERY,
    creates=True,
    response=schemas.MethodOut,
)
def create_delivery_method(request: HttpRequest, ref: str, payload: schemas.MethodIn) -> dict[str, Any]:
    """Offer a way of delivery in a zone, with its prices."""
    return _save(ref, payload, actor_of(request))


@endpoint(merchant, "PUT", "/delivery-methods/{ref}", grant=MANAGE_DELIVERY, response=schemas.MethodOut)
def change_delivery_method(request: HttpRequest, ref: str, payload: schemas.MethodIn) -> dict[str, Any]:
    """Change a way of delivery; `prices` replace all it had."""
    actor = actor_of(request)
    return _save(get_method(ref, actor=actor).zone.ref, payload, actor, ref)


@endpoint(merchant, "DELETE", "/delivery-methods/{ref}", grant=MANAGE_DELIVERY)
def delete_delivery_method(request: HttpRequest, ref: str) -> None:
    """Remove a way of delivery; orders keep what they were placed with."""
    delete_method(ref, actor=actor_of(request))


@endpoint(merchant, "GET", "/pickup-points", grant=MANAGE_DELIVERY, response=PageOut[schemas.PointOut])
def list_pickup_points(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The places where buyers fetch this merchant's orders."""
    actor = actor_of(request)
    return paginate(list_points(actor, merchant_id=_owner(actor)), page)


@endpoint(merchant, "POST", "/pickup-points", grant=MANAGE_DELIVERY, creates=True, response=schemas.PointOut)
def create_pickup_point(request: HttpRequest, payload: schemas.PointIn) -> PickupPoint:
    """Open a pickup point."""
    actor = actor_of(request)
    return save_point(PointTerms(**payload.model_dump()), merchant_id=_owner(actor), actor=actor)


@endpoint(merchant, "PUT", "/pickup-points/{ref}", grant=MANAGE_DELIVERY, response=schemas.PointOut)
def change_pickup_point(request: HttpRequest, ref: str, payload: schemas.PointIn) -> PickupPoint:
    """Change a pickup point; orders keep the address they were placed with."""
    actor = actor_of(request)
    return save_point(PointTerms(**payload.model_dump()), merchant_id=_owner(actor), actor=actor, ref=ref)


@endpoint(merchant, "DELETE", "/pickup-points/{ref}", grant=MANAGE_DELIVERY)
def delete_pickup_point(request: HttpRequest, ref: str) -> None:
    """Close a pickup point for good; orders keep their copies."""
    delete_point(ref, actor=actor_of(request))
