"""What goes in and out of the endpoints; fields that are not listed are refused."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema

Amount = Annotated[
    Decimal, Field(gt=0, max_digits=15, decimal_places=3, description="In major units, such as 12.50.")
]


class CardOut(StrictSchema):
    """A card in short."""

    ref: str
    kind: str
    state: str
    title: str
    family: str
    brand: str
    readiness: int
    version: int
    updated_at: datetime
    example: ClassVar[dict[str, Any]] = {
        "ref": "CRD-7K2F9QX4AB",
        "kind": "single",
        "state": "published",
        "title": "Oak chair",
        "family": "chairs",
        "brand": "Nordlicht",
        "readiness": 100,
        "version": 3,
        "updated_at": "2026-11-01T09:30:00Z",
    }


class LayerOut(StrictSchema):
    """The values set at one scope and language; a missing key inherits, null is blank here."""

    scope: str
    locale: str
    values: dict[str, Any]
    example: ClassVar[dict[str, Any]] = {
        "scope": "global",
        "locale": "de",
        "values": {"title": "Eichenstuhl"},
    }


class IdentifierOut(StrictSchema):
    type: str
    value: str
    example: ClassVar[dict[str, Any]] = {"type": "gtin", "value": "4006381333931"}


class CardDetailOut(CardOut):
    """A card with everything it knows, or knew at `as_of`."""

    layers: list[LayerOut]
    identifiers: list[IdentifierOut]
    categories: list[str]
    assets: list[str]
    missing: list[str]
    as_of: datetime | None
    example: ClassVar[dict[str, Any]] = {
        **CardOut.example,
        "layers": [LayerOut.example],
        "identifiers": [IdentifierOut.example],
        "categories": ["CAT-2M8Q7ZK1PD"],
        "assets": ["6f1c9e0a-6f0e-4d4c-9c53-0d9f5ad0f0a1"],
        "missing": [],
        "as_of": None,
    }


class ValuesIn(StrictSchema):
    """Values for one layer: only what is named changes; null blanks here, names under `inherit` fall back."""

    scope: str = Field("global", max_length=80, description="Code of the scope, such as view:de.")
    locale: str = Field("", max_length=10)
    values: dict[str, Any] = {}
    inherit: list[str] = []
    version: int | None = Field(None, description="Refused with 409 when the card has moved on since.")
    example: ClassVar[dict[str, Any]] = {
        "scope": "global",
        "locale": "",
        "values": {"title": "Oak chair", "width": "40 cm"},
        "inherit": ["seo-title"],
        "version": 3,
    }


class OwnValuesIn(StrictSchema):
    """Other values for a product you brought in: only what is named changes, null blanks."""

    locale: str = Field("", max_length=10)
    values: dict[str, Any] = Field(min_length=1)
    example: ClassVar[dict[str, Any]] = {"locale": "en", "values": {"title": "Oak armchair"}}


class OwnValuesOut(StrictSchema):
    """What became of the values: saved, proposed (the product is published, see the review) or unchanged."""

    outcome: str
    review_ref: str
    example: ClassVar[dict[str, Any]] = {"outcome": "proposed", "review_ref": "REV-5C1D8RT2MN"}


class CardIn(StrictSchema):
    """A new card: plain values, its numbers and places."""

    family: str = Field(max_length=60)
    values: dict[str, Any]
    gtin: str = Field("", max_length=20)
    mpn: str = Field("", max_length=80)
    categories: list[str] = Field([], max_length=20)
    example: ClassVar[dict[str, Any]] = {
        "family": "chairs",
        "values": {"title": "Oak chair", "brand": "Nordlicht", "width": "40 cm"},
        "gtin": "4006381333931",
        "mpn": "",
        "categories": ["CAT-2M8Q7ZK1PD"],
    }


class CardRefsIn(StrictSchema):
    refs: list[str] = Field(min_length=1, max_length=500)
    example: ClassVar[dict[str, Any]] = {"refs": ["CRD-7K2F9QX4AB"]}


class RejectIn(CardRefsIn):
    reason: str
    note: str = Field("", max_length=2000)
    example: ClassVar[dict[str, Any]] = {
        "refs": ["CRD-7K2F9QX4AB"],
        "reason": "pictures",
        "note": "Please send a picture on white.",
    }


class CountOut(StrictSchema):
    count: int
    example: ClassVar[dict[str, Any]] = {"count": 1}


class ReviewOut(StrictSchema):
    """Something that waits for, or has got, an answer."""

    ref: str
    kind: str
    state: str
    card_ref: str
    title: str
    merchant_ref: str
    reason: str
    note: str
    opened_at: datetime
    closed_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "ref": "REV-5C1D8RT2MN",
        "kind": "new_card",
        "state": "rejected",
        "card_ref": "CRD-7K2F9QX4AB",
        "title": "Oak chair",
        "merchant_ref": "MER-7K2F9QX4AB",
        "reason": "pictures",
        "note": "Please send a picture on white.",
        "opened_at": "2026-11-01T09:30:00Z",
        "closed_at": "2026-11-02T08:00:00Z",
    }


class ProposalLineOut(StrictSchema):
    """One value of a proposal, as people read it."""

    attribute: str
    locale: str
    seen: str = Field(description="What was live when it was proposed.")
    proposed: str
    state: str = Field(description="pending, accepted, rejected or outdated (the live value changed first).")
    example: ClassVar[dict[str, Any]] = {
        "attribute": "title",
        "locale": "",
        "seen": "Oak chair",
        "proposed": "Oak armchair",
        "state": "accepted",
    }


class ReviewDetailOut(ReviewOut):
    """A review with the values it is about."""

    lines: list[ProposalLineOut]
    example: ClassVar[dict[str, Any]] = {**ReviewOut.example, "lines": [ProposalLineOut.example]}


class TierIn(StrictSchema):
    from_quantity: int = Field(ge=2)
    price: Amount
    example: ClassVar[dict[str, Any]] = {"from_quantity": 10, "price": "11.00"}


class OfferIn(StrictSchema):
    """Your terms on one SKU; what is left out stays as it is. A new SKU needs `card_ref` or `gtin`."""

    merchant_sku: str = Field(min_length=1, max_length=80)
    card_ref: str = Field("", max_length=24)
    gtin: str = Field("", max_length=20)
    price: Amount | None = None
    currency: str = Field("", max_length=3)
    list_price: Amount | None = None
    tiers: list[TierIn] | None = Field(None, max_length=20)
    quantity: int | None = Field(None, ge=0, le=1_000_000_000)
    condition: str | None = None
    condition_note: str | None = Field(None, max_length=250)
    lead_time_days: int | None = None
    min_quantity: int | None = None
    max_quantity: int | None = None
    pack_size: int | None = None
    example: ClassVar[dict[str, Any]] = {
        "merchant_sku": "CHAIR-OAK-40",
        "gtin": "4006381333931",
        "price": "12.50",
        "currency": "EUR",
        "quantity": 25,
        "lead_time_days": 2,
    }


class OffersIn(StrictSchema):
    items: list[OfferIn] = Field(min_length=1, max_length=1000)
    example: ClassVar[dict[str, Any]] = {"items": [OfferIn.example]}


class OfferResultOut(StrictSchema):
    """What became of one item: created, changed, unchanged, or refused with the field and a sentence."""

    merchant_sku: str
    outcome: str
    offer_ref: str
    field: str
    error: str
    example: ClassVar[dict[str, Any]] = {
        "merchant_sku": "CHAIR-OAK-40",
        "outcome": "created",
        "offer_ref": "OFR-3N7B1VX9QK",
        "field": "",
        "error": "",
    }


class OfferResultsOut(StrictSchema):
    items: list[OfferResultOut]
    example: ClassVar[dict[str, Any]] = {"items": [OfferResultOut.example]}


class OfferOut(StrictSchema):
    """One of your offers as it stands."""

    ref: str
    merchant_sku: str
    card_ref: str
    title: str
    state: str
    # Why buyers cannot buy it now; empty when they can.
    reason: str
    condition: str
    price: str | None
    currency: str
    available_quantity: int
    lead_time_days: int
    min_quantity: int
    max_quantity: int | None
    pack_size: int
    updated_at: datetime
    example: ClassVar[dict[str, Any]] = {
        "ref": "OFR-3N7B1VX9QK",
        "merchant_sku": "CHAIR-OAK-40",
        "card_ref": "CRD-7K2F9QX4AB",
        "title": "Oak chair",
        "state": "active",
        "reason": "",
        "condition": "new",
        "price": "12.50",
        "currency": "EUR",
        "available_quantity": 25,
        "lead_time_days": 2,
        "min_quantity": 1,
        "max_quantity": None,
        "pack_size": 1,
        "updated_at": "2026-11-01T09:30:00Z",
    }


class OfferStateIn(StrictSchema):
    state: str = Field(description="active, paused or removed")
    example: ClassVar[dict[str, Any]] = {"state": "paused"}


class CategoryOut(StrictSchema):
    ref: str
    parent_ref: str
    code: str
    names: dict[str, str]
    is_visible: bool
    google_taxonomy_id: int | None
    example: ClassVar[dict[str, Any]] = {
        "ref": "CAT-2M8Q7ZK1PD",
        "parent_ref": "CAT-0A1B2C3D4E",
        "code": "chairs",
        "names": {"en": "Chairs", "de": "Stühle"},
        "is_visible": True,
        "google_taxonomy_id": 443,
    }


class CategoriesOut(StrictSchema):
    items: list[CategoryOut]
    example: ClassVar[dict[str, Any]] = {"items": [CategoryOut.example]}


class RateIn(StrictSchema):
    base: str = Field(min_length=3, max_length=3)
    quote: str = Field(min_length=3, max_length=3)
    on: date
    value: str = Field(max_length=40)
    example: ClassVar[dict[str, Any]] = {"base": "SAR", "quote": "EUR", "on": "2026-11-01", "value": "0.2452"}


class RateOut(RateIn):
    source: str
    example: ClassVar[dict[str, Any]] = {**RateIn.example, "source": "manual"}
