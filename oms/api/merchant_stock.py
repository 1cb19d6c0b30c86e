"""Merchants' programs: places, stock, counts, transfers, kits and returned pieces."""

from typing import Any

from django.http import HttpRequest
from ninja import Query

from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import IDEMPOTENCY_HEADER, endpoint
from oms.api import stock_schemas as schemas
from oms.api.answers import actor_of
from oms.api.merchant import merchant
from oms.models import StockCount, StockItem, StockTransfer
from oms.operations.counts import enter_counts, open_count, post_count
from oms.operations.inspections import Verdict, inspect_returned
from oms.operations.kits import define_kit
from oms.operations.stock import (
    LocationTerms,
    StockFigures,
    change_location,
    count_stock,
    create_location,
)
from oms.operations.transfers import receive_transfer, send_transfer
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from oms.selectors.kits import get_kit_components
from oms.selectors.stock import get_stock_item, list_locations, list_stock_items
from oms.selectors.stock_work import get_count, get_transfer


@endpoint(merchant, "GET", "/locations", grant=VIEW_STOCK, response=PageOut[schemas.LocationOut])
def list_places(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The places the merchant ships from."""
    return paginate(list_locations(actor_of(request)), page)


@endpoint(merchant, "POST", "/locations", grant=MANAGE_STOCK, creates=True, response=schemas.LocationOut)
def open_place(request: HttpRequest, payload: schemas.LocationIn) -> Any:
    """Open a place."""
    actor = actor_of(request)
    terms = LocationTerms(**payload.model_dump())
    return create_location(min(actor.merchant_ids), terms, actor=actor)


@endpoint(merchant, "PUT", "/locations/{ref}", grant=MANAGE_STOCK, response=schemas.LocationOut)
def change_place(request: HttpRequest, ref: str, payload: schemas.LocationIn) -> Any:
    """Rename a place, rank it, or take it out of use."""
    return change_location(ref, LocationTerms(**payload.model_dump()), actor=actor_of(request))


def _stock(item: StockItem) -> dict[str, Any]:
    return {
        "offer_ref": item.offer.ref,
        "merchant_sku": item.offer.merchant_sku,
        "location_ref": item.location.ref,
        "on_hand": item.place_on_hand,  # type: ignore[attr-defined]
        "reserved": item.place_reserved,  # type: ignore[attr-defined]
        "available": item.place_available,  # type: ignore[attr-defined]
        "safety": item.safety,
        "backorder_cap": item.backorder_cap,
        "expected_on": item.expected_on,
    }


@endpoint(merchant, "GET", "/stock", grant=VIEW_STOCK, response=PageOut[schemas.StockOut])
def list_stock(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """What is on hand, promised and free, place by place."""
    found = paginate(list_stock_items(actor_of(request)), page)
    return {**found, "items": [_stock(row) for row in found["items"]]}


@endpoint(
    merchant,
    "PUT",
    "/stock/{offer_ref}/{location_ref}",
    grant=MANAGE_STOCK,
    response=schemas.StockOut,
)
def set_stock(
    request: HttpRequest, offer_ref: str, location_ref: str, payload: schemas.FiguresIn
) -> dict[str, Any]:
    """Set what was counted at a place. Never below what buyers were promised."""
    actor = actor_of(request)
    count_stock(offer_ref, location_ref, StockFigures(**payload.model_dump()), actor=actor)
    return _stock(get_stock_item(offer_ref, location_ref, actor=actor))


def _count(sheet: StockCount) -> dict[str, Any]:
    return {
        "ref": sheet.ref,
        "location_ref": sheet.location.ref,
        "state": sheet.state,
        "lines": [
            {
                "offer_ref": line.item.offer.ref,
                "merchant_sku": line.item.offer.merchant_sku,
                "expected": line.expected,
                "counted": line.counted,
                "outcome": line.outcome,
            }
            for line in sheet.lines.all()
        ],
    }


@endpoint(merchant, "POST", "/counts", grant=MANAGE_STOCK, creates=True, response=schemas.CountOut)
def create_count(request: HttpRequest, payload: schemas.CountIn) -> dict[str, Any]:
    """Open a count sheet of a place."""
    actor = actor_of(request)
    sheet = open_count(payload.location_ref, offer_refs=payload.offer_refs, actor=actor)
    return _count(get_count(sheet.ref, actor=actor))


@endpoint(merchant, "GET", "/counts/{ref}", grant=VIEW_STOCK, response=schemas.CountOut)
def read_count(request: HttpRequest, ref: str) -> dict[str, Any]:
    """A count sheet with its differences."""
    return _count(get_count(ref, actor=actor_of(request)))


@endpoint(merchant, "PUT", "/counts/{ref}/lines", grant=MANAGE_STOCK, response=schemas.CountOut)
def write_counts(request: HttpRequest, ref: str, payload: schemas.PiecesIn) -> dict[str, Any]:
    """Write down what was found; may be repeated until the sheet is posted."""
    enter_counts(ref, payload.pieces, actor=actor_of(request))
    return read_count(request, ref)


@endpoint(merchant, "POST", "/counts/{ref}/post", grant=MANAGE_STOCK, response=schemas.CountOut)
def finish_count(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Correct stock by the differences. Repeating it is harmless; look at each line's outcome."""
    post_count(ref, actor=actor_of(request))
    return read_count(request, ref)


def _transfer(transfer: StockTransfer) -> dict[str, Any]:
    return {
        "ref": transfer.ref,
        "source_ref": transfer.source.ref,
        "destination_ref": transfer.destination.ref,
        "state": transfer.state,
        "sent_at": transfer.sent_at,
        "lines": [
            {"offer_ref": line.offer.ref, "quantity": line.quantity, "received": line.received}
            for line in transfer.lines.all()
        ],
    }


@endpoint(merchant, "POST", "/transfers", grant=MANAGE_STOCK, creates=True, response=schemas.TransferOut)
def create_transfer(request: HttpRequest, payload: schemas.TransferIn) -> dict[str, Any]:
    """Send pieces from one place to another."""
    actor = actor_of(request)
    made = send_transfer(
        payload.source_ref, payload.destination_ref, payload.pieces, note=payload.note, actor=actor
    )
    return _transfer(get_transfer(made.ref, actor=actor))


@endpoint(merchant, "GET", "/transfers/{ref}", grant=VIEW_STOCK, response=schemas.TransferOut)
def read_transfer(request: HttpRequest, ref: str) -> dict[str, Any]:
    """A transfer with what was sent and what arrived."""
    return _transfer(get_transfer(ref, actor=actor_of(request)))


@endpoint(merchant, "POST", "/transfers/{ref}/receive", grant=MANAGE_STOCK, response=schemas.TransferOut)
def finish_transfer(request: HttpRequest, ref: str, payload: schemas.PiecesIn) -> dict[str, Any]:
    """Count in what arrived; the rest is missing. Repeating the same receipt is harmless."""
    receive_transfer(ref, payload.pieces, actor=actor_of(request))
    return read_transfer(request, ref)


@endpoint(merchant, "GET", "/kits/{ref}", grant=VIEW_STOCK, response=schemas.KitOut)
def read_kit(request: HttpRequest, ref: str) -> dict[str, Any]:
    """What a kit contains and how many can be sold."""
    parts = get_kit_components(ref, actor=actor_of(request))
    return {
        "offer_ref": ref,
        "available": parts[0].kit.available_quantity,
        "pieces": {part.component.ref: part.quantity for part in parts},
    }


@endpoint(merchant, "PUT", "/kits/{ref}", grant=MANAGE_STOCK)
def set_kit(request: HttpRequest, ref: str, payload: schemas.PiecesIn) -> None:
    """Say what one kit contains; nothing dissolves it."""
    define_kit(ref, payload.pieces, actor=actor_of(request))


@endpoint(
    merchant,
    "POST",
    "/orders/{ref}/inspections",
    grant=MANAGE_STOCK,
    creates=True,
    response=schemas.InspectionIn,
)
def inspect(request: HttpRequest, ref: str, payload: schemas.InspectionIn) -> dict[str, Any]:
    """Record returned pieces; only restocked grades enter stock."""
    verdict = Verdict(**payload.model_dump())
    inspect_returned(ref, verdict, key=request.headers[IDEMPOTENCY_HEADER][:60], actor=actor_of(request))
    return payload.model_dump()
