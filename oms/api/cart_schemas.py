"""Carts and checkout as programs of shop fronts send and get them. Amounts are minor units."""

from datetime import date
from typing import Any, ClassVar

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema
from oms.api.schemas import AddressSchema


class CartLineIn(StrictSchema):
    offer_ref: str = Field(max_length=24)
    quantity: int = Field(ge=0, le=100_000)
    example: ClassVar[dict[str, Any]] = {"offer_ref": "OFR-7K2F9QX4AB", "quantity": 2}


class CartCreateIn(StrictSchema):
    lines: list[CartLineIn] = Field(min_length=1, max_length=200)
    example: ClassVar[dict[str, Any]] = {"lines": [CartLineIn.example]}


class CartItemOut(StrictSchema):
    offer_ref: str
    title: str
    quantity: int
    unit_price_minor: int
    total_minor: int
    problem: str
    example: ClassVar[dict[str, Any]] = {
        "offer_ref": "OFR-7K2F9QX4AB",
        "title": "Lamp, oak",
        "quantity": 2,
        "unit_price_minor": 4990,
        "total_minor": 9980,
        "problem": "",
    }


class DeliveryOptionOut(StrictSchema):
    # What `PUT /carts/{token}/delivery` takes.
    key: str
    method_ref: str
    name: str
    kind: str
    min_days: int
    max_days: int
    price_minor: int
    missing_for_free_minor: int | None
    arrives_from_on: date | None
    arrives_until_on: date | None
    # The pickup point: ref, name, street, postcode, city, country, opening hours.
    point: dict[str, str] | None
    example: ClassVar[dict[str, Any]] = {
        "key": "DLM-7K2F9QX4AB",
        "method_ref": "DLM-7K2F9QX4AB",
        "name": "Parcel",
        "kind": "home",
        "min_days": 1,
        "max_days": 3,
        "price_minor": 490,
        "missing_for_free_minor": 1020,
        "arrives_from_on": "2026-12-02",
        "arrives_until_on": "2026-12-04",
        "point": None,
    }


class CartVoucherOut(StrictSchema):
    code: str
    title: str
    discount_minor: int
    # Why it takes nothing off now; empty when it does.
    problem: str
    example: ClassVar[dict[str, Any]] = {
        "code": "SUMMER26",
        "title": "Ten per cent off",
        "discount_minor": 998,
        "problem": "",
    }


class CartGroupOut(StrictSchema):
    merchant_ref: str
    merchant_name: str
    # Before the voucher.
    goods_minor: int
    discount_minor: int
    voucher: CartVoucherOut | None
    shipping_minor: int
    chosen: str | None
    items: list[CartItemOut]
    options: list[DeliveryOptionOut]
    example: ClassVar[dict[str, Any]] = {
        "merchant_ref": "MER-7K2F9QX4AB",
        "merchant_name": "Nordlicht",
        "goods_minor": 9980,
        "discount_minor": 998,
        "voucher": CartVoucherOut.example,
        "shipping_minor": 490,
        "chosen": "DLM-7K2F9QX4AB",
        "items": [CartItemOut.example],
        "options": [DeliveryOptionOut.example],
    }


class CartOut(StrictSchema):
    token: str
    currency: str
    country: str
    # Before vouchers.
    goods_minor: int
    discount_minor: int
    shipping_minor: int
    tax_minor: int
    total_minor: int
    is_orderable: bool
    problems: list[str]
    groups: list[CartGroupOut]
    example: ClassVar[dict[str, Any]] = {
        "token": "qXJ0…",
        "currency": "EUR",
        "country": "DE",
        "goods_minor": 9980,
        "discount_minor": 998,
        "shipping_minor": 490,
        "tax_minor": 1512,
        "total_minor": 9472,
        "is_orderable": True,
        "problems": [],
        "groups": [CartGroupOut.example],
    }


class VoucherOnCartIn(StrictSchema):
    """A merchant's code in any writing; another one of the same merchant gives way to it."""

    code: str = Field(min_length=1, max_length=40)
    example: ClassVar[dict[str, Any]] = {"code": "summer26"}


class DeliveryIn(StrictSchema):
    """Way of delivery per merchant: `merchant ref → key of the option`."""

    choices: dict[str, str]
    example: ClassVar[dict[str, Any]] = {"choices": {"MER-7K2F9QX4AB": "DLM-7K2F9QX4AB"}}


class PlaceOrderIn(StrictSchema):
    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone: str = Field("", max_length=40)
    shipping_address: AddressSchema
    billing_address: AddressSchema | None = None
    provider: str = Field(max_length=40)
    # What the provider asks for, e.g. `card_number` of the test card.
    instrument: dict[str, str] = {}
    expected_total_minor: int = Field(ge=0)
    # The buyer agreed that another merchant may send what the first one refuses, at no higher price.
    may_reroute: bool = False
    example: ClassVar[dict[str, Any]] = {
        "email": "berta@example.com",
        "shipping_address": AddressSchema.example,
        "provider": "test_card",
        "instrument": {"card_number": "4242424242424242"},
        "expected_total_minor": 10470,
    }
