"""What merchants' programs send and get about delivery: zones, methods with their prices, pickup points."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema

Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class ZoneIn(StrictSchema):
    """Countries with the same prices; `postcodes` limits it in some of them: country → codes, beginnings or ranges."""

    name: str = Field(min_length=1, max_length=120)
    countries: list[Country] = Field(min_length=1)
    postcodes: dict[Country, list[str]] = {}
    example: ClassVar[dict[str, Any]] = {
        "name": "Islands",
        "countries": ["DE"],
        "postcodes": {"DE": ["25980-25999", "26465"]},
    }


class PriceIn(StrictSchema):
    """`amount_minor` from `from_value` on: minor units, grams or pieces as `price_by` says, or for a class of goods."""

    currency: Currency
    from_value: int = Field(0, ge=0, le=10**12)
    amount_minor: int = Field(ge=0, le=10**12)
    delivery_class: str = Field("", max_length=30)
    example: ClassVar[dict[str, Any]] = {
        "currency": "EUR",
        "from_value": 0,
        "amount_minor": 490,
        "delivery_class": "",
    }


class MethodIn(StrictSchema):
    """A way of delivery; `free_from` holds per currency the value of goods from which it costs nothing."""

    name: str = Field(min_length=1, max_length=120)
    kind: Literal["home", "pickup"] = "home"
    min_days: int = Field(1, ge=0, le=90)
    max_days: int = Field(3, ge=0, le=90)
    rank: int = Field(1, ge=1, le=99)
    is_active: bool = True
    price_by: Literal["amount", "weight", "count", "class"] = "amount"
    free_from: dict[Currency, int] = {}
    prices: list[PriceIn] = Field(min_length=1, max_length=100)
    example: ClassVar[dict[str, Any]] = {
        "name": "Parcel",
        "kind": "home",
        "min_days": 1,
        "max_days": 3,
        "rank": 1,
        "is_active": True,
        "price_by": "amount",
        "free_from": {"EUR": 5000},
        "prices": [PriceIn.example],
    }


class MethodOut(MethodIn):
    ref: str
    example: ClassVar[dict[str, Any]] = {**MethodIn.example, "ref": "DLM-7K2F9QX4AB"}


class ZoneOut(ZoneIn):
    ref: str
    methods: list[MethodOut]
    example: ClassVar[dict[str, Any]] = {
        **ZoneIn.example,
        "ref": "DZN-7K2F9QX4AB",
        "methods": [MethodOut.example],
    }


class PointIn(StrictSchema):
    """Where buyers fetch their orders; offered with every method of the kind `pickup` that reaches its country."""

    name: str = Field(min_length=1, max_length=120)
    street: str = Field(min_length=1, max_length=200)
    postcode: str = Field(min_length=1, max_length=20)
    city: str = Field(min_length=1, max_length=120)
    country: Country
    opening_hours: str = Field("", max_length=300)
    is_active: bool = True
    example: ClassVar[dict[str, Any]] = {
        "name": "Shop Mitte",
        "street": "Gasse 1",
        "postcode": "10115",
        "city": "Berlin",
        "country": "DE",
        "opening_hours": "Mon-Fri 9-18",
        "is_active": True,
    }


class PointOut(PointIn):
    ref: str
    example: ClassVar[dict[str, Any]] = {**PointIn.example, "ref": "PUP-7K2F9QX4AB"}
