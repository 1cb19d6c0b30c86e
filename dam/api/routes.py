"""Endpoints of assets: merchants upload and list their own, operators see all."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from backoffice.kernel.errors import NotFound
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from dam.api.schemas import AssetOut
from dam.operations.assets import delete_asset, store_asset
from dam.permissions import MANAGE_ASSETS, VIEW_ASSETS
from dam.selectors.assets import AssetInfo, get_asset, info_of, list_assets

operator = Router()
merchant = Router()


def _out(info: AssetInfo) -> dict[str, Any]:
    facts = {name: getattr(info, name) for name in AssetOut.model_fields}
    for name in ("renditions", "fallbacks"):
        facts[name] = {preset: item._asdict() for preset, item in facts[name].items()}
    return facts


def _page(request: HttpRequest, page: PageQuery) -> dict[str, Any]:
    found = paginate(list_assets(request.actor), page)  # type: ignore[attr-defined]
    return {"items": [_out(info_of(asset)) for asset in found["items"]], "next": found["next"]}


@endpoint(operator, "GET", "/assets", grant=VIEW_ASSETS, response=PageOut[AssetOut])
def list_all_assets(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Every asset of the marketplace, newest first."""
    return _page(request, page)


@endpoint(merchant, "GET", "/assets", grant=VIEW_ASSETS, response=PageOut[AssetOut])
def list_own_assets(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The merchant's pictures and files, newest first."""
    return _page(request, page)


@endpoint(merchant, "GET", "/assets/{uuid}", grant=VIEW_ASSETS, response=AssetOut)
def get_own_asset(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """One picture or file with its published sizes."""
    return _out(info_of(get_asset(uuid, actor=request.actor)))  # type: ignore[attr-defined]


@endpoint(merchant, "POST", "/assets", grant=MANAGE_ASSETS, creates=True, response=AssetOut)
def upload_asset(request: HttpRequest, file: File[UploadedFile], title: Form[str] = "") -> dict[str, Any]:
    """Upload one file as multipart form data; the same bytes again answer the asset that is already there."""
    actor = request.actor  # type: ignore[attr-defined]
    owner = min(actor.merchant_ids, default=None)
    if owner is None:
        raise NotFound("There is no merchant behind this key.")
    info = store_asset(
        file.chunks(), filename=file.name or "", owner_merchant_id=owner, actor=actor, title=title
    )
    return _out(info)


@endpoint(merchant, "DELETE", "/assets/{uuid}", grant=MANAGE_ASSETS)
def delete_own_asset(request: HttpRequest, uuid: UUID) -> None:
    """Delete a file that no product shows."""
    delete_asset(uuid, actor=request.actor)  # type: ignore[attr-defined]
