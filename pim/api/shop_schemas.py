"""What shop front ends read of the catalogue of their store view."""

from typing import Any, ClassVar

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema


class MenuOut(StrictSchema):
    ref: str
    name: str
    path: str
    children: list["MenuOut"]
    example: ClassVar[dict[str, Any]] = {
        "ref": "CAT-2M8Q7ZK1PD",
        "name": "Chairs",
        "path": "furniture/chairs",
        "children": [],
    }


class MenusOut(StrictSchema):
    items: list[MenuOut]
    example: ClassVar[dict[str, Any]] = {"items": [MenuOut.example]}


class BrowseQuery(StrictSchema):
    """`filter` may be repeated: `colour:red`, `width:300..500`, `price:10..50`, `brand:nordlicht`, `stock:1`."""

    q: str = Field("", max_length=200)
    category: str = Field("", max_length=24)
    filter: list[str] = Field([], max_length=30)
    sort: str = Field("", max_length=12)
    page: int = Field(1, ge=1, le=400)
    example: ClassVar[dict[str, Any]] = {"q": "chair", "filter": ["colour:red"], "sort": "price", "page": 1}


class TileOut(StrictSchema):
    title: str
    slug: str
    brand: str
    asset_uuid: str | None
    price_from: str | None
    currency: str
    offer_count: int
    variant_count: int
    in_stock: bool
    featured_offer_ref: str
    example: ClassVar[dict[str, Any]] = {
        "title": "Oak chair",
        "slug": "oak-chair",
        "brand": "Nordlicht",
        "asset_uuid": "6f1c9e0a-6f0e-4d4c-9c53-0d9f5ad0f0a1",
        "price_from": "12.50",
        "currency": "EUR",
        "offer_count": 2,
        "variant_count": 0,
        "in_stock": True,
        "featured_offer_ref": "OFR-3N7B1VX9QK",
    }


class ChoiceOut(StrictSchema):
    value: str
    label: str
    count: int
    is_chosen: bool
    example: ClassVar[dict[str, Any]] = {"value": "red", "label": "Red", "count": 12, "is_chosen": False}


class FacetOut(StrictSchema):
    code: str
    label: str
    choices: list[ChoiceOut]
    low: str
    high: str
    unit: str
    example: ClassVar[dict[str, Any]] = {
        "code": "colour",
        "label": "Colour",
        "choices": [ChoiceOut.example],
        "low": "",
        "high": "",
        "unit": "",
    }


class BrowseOut(StrictSchema):
    items: list[TileOut]
    total: int
    page: int
    page_count: int
    facets: list[FacetOut]
    brands: list[ChoiceOut]
    example: ClassVar[dict[str, Any]] = {
        "items": [TileOut.example],
        "total": 1,
        "page": 1,
        "page_count": 1,
        "facets": [FacetOut.example],
        "brands": [],
    }


class ShopOfferOut(StrictSchema):
    """One merchant's offer, best first."""

    ref: str
    merchant_name: str
    merchant_slug: str
    price: str
    list_price: str | None
    currency: str
    condition: str
    lead_time_days: int
    is_buyable: bool
    reason: str
    example: ClassVar[dict[str, Any]] = {
        "ref": "OFR-3N7B1VX9QK",
        "merchant_name": "Nordlicht",
        "merchant_slug": "nordlicht",
        "price": "12.50",
        "list_price": None,
        "currency": "EUR",
        "condition": "new",
        "lead_time_days": 2,
        "is_buyable": True,
        "reason": "",
    }


class LineOut(StrictSchema):
    group: str
    label: str
    text: str
    example: ClassVar[dict[str, Any]] = {"group": "Details", "label": "Width", "text": "40 cm"}


class ShopCardOut(StrictSchema):
    """A product page."""

    ref: str
    slug: str
    title: str
    brand: str
    description: str
    gtin: str
    attributes: list[LineOut]
    gallery: list[str]
    breadcrumbs: list[str]
    offers: list[ShopOfferOut]
    featured_offer_ref: str
    example: ClassVar[dict[str, Any]] = {
        "ref": "CRD-7K2F9QX4AB",
        "slug": "oak-chair",
        "title": "Oak chair",
        "brand": "Nordlicht",
        "description": "<p>Solid oak.</p>",
        "gtin": "04006381333931",
        "attributes": [LineOut.example],
        "gallery": ["6f1c9e0a-6f0e-4d4c-9c53-0d9f5ad0f0a1"],
        "breadcrumbs": ["Furniture", "Chairs"],
        "offers": [ShopOfferOut.example],
        "featured_offer_ref": "OFR-3N7B1VX9QK",
    }
