"""What programs send and get. Amounts are minor units of the currency beside them."""

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema


class AddressSchema(StrictSchema):
    name: str = Field(max_length=200)
    company: str = Field("", max_length=200)
    street: str = Field(max_length=200)
    street2: str = Field("", max_length=200)
    postcode: str = Field(max_length=20)
    city: str = Field(max_length=120)
    region: str = Field("", max_length=120)
    country: str = Field(pattern="^[A-Z]{2}$")
    example: ClassVar[dict[str, Any]] = {
        "name": "Berta Buyer",
        "company": "",
        "street": "Lange Straße 5",
        "street2": "",
        "postcode": "10115",
        "city": "Berlin",
        "region": "",
        "country": "DE",
    }


class LineOut(StrictSchema):
    position: int
    offer_ref: str
    merchant_sku: str
    title: str
    quantity: int
    quantity_accepted: int
    quantity_refused: int
    quantity_cancelled: int
    quantity_shipped: int
    quantity_refunded: int
    unit_price_minor: int
    total_minor: int
    tax_minor: int
    tax_rate_bps: int
    refunded_minor: int
    example: ClassVar[dict[str, Any]] = {
        "position": 1,
        "offer_ref": "OFR-7K2F9QX4AB",
        "merchant_sku": "LAMP-OAK",
        "title": "Lamp, oak",
        "quantity": 2,
        "quantity_accepted": 2,
        "quantity_refused": 0,
        "quantity_cancelled": 0,
        "quantity_shipped": 0,
        "quantity_refunded": 0,
        "unit_price_minor": 4990,
        "total_minor": 9980,
        "tax_minor": 1593,
        "tax_rate_bps": 1900,
        "refunded_minor": 0,
    }


class ShipmentOut(StrictSchema):
    ref: str
    carrier: str
    carrier_name: str
    tracking_number: str
    tracking_url: str
    package_ref: str
    # What the carrier said last, and when it happened; the order's state does not move by it.
    carrier_status: str
    carrier_status_at: datetime | None
    shipped_at: datetime
    lines: dict[int, int]
    example: ClassVar[dict[str, Any]] = {
        "ref": "SHP-7K2F9QX4AB",
        "carrier": "dhl",
        "carrier_name": "DHL",
        "tracking_number": "00340434161094000001",
        "tracking_url": "https://www.dhl.de/",
        "package_ref": "P-1",
        "carrier_status": "in_transit",
        "carrier_status_at": "2026-11-22T18:00:00Z",
        "shipped_at": "2026-11-22T10:00:00Z",
        "lines": {"1": 2},
    }


class MerchantOrderOut(StrictSchema):
    ref: str
    order_ref: str
    merchant_ref: str
    state: str
    currency: str
    goods_minor: int
    shipping_minor: int
    tax_minor: int
    total_minor: int
    withdrawn_minor: int
    captured_minor: int
    refunded_minor: int
    delivery_name: str
    delivery_kind: str
    pickup_point: str
    # Who ships it in the merchant's place; empty = the merchant.
    fulfilment_centre: str
    # The merchant order whose refused pieces this one sends.
    replaces_ref: str
    placed_at: datetime | None
    accepted_at: datetime | None
    ship_by: datetime | None
    shipped_at: datetime | None
    received_at: datetime | None
    # Only after acceptance.
    shipping_address: AddressSchema | None
    lines: list[LineOut]
    shipments: list[ShipmentOut]
    example: ClassVar[dict[str, Any]] = {
        "ref": "ORD-7K2F9QX4AB-1",
        "order_ref": "ORD-7K2F9QX4AB",
        "merchant_ref": "MER-7K2F9QX4AB",
        "state": "in_preparation",
        "currency": "EUR",
        "goods_minor": 9980,
        "shipping_minor": 490,
        "tax_minor": 1671,
        "total_minor": 10470,
        "withdrawn_minor": 0,
        "captured_minor": 10470,
        "refunded_minor": 0,
        "delivery_name": "Parcel",
        "delivery_kind": "home",
        "pickup_point": "",
        "fulfilment_centre": "",
        "replaces_ref": "",
        "placed_at": "2026-11-22T09:00:00Z",
        "accepted_at": "2026-11-22T09:30:00Z",
        "ship_by": "2026-11-24T23:59:59Z",
        "shipped_at": None,
        "received_at": None,
        "shipping_address": AddressSchema.example,
        "lines": [LineOut.example],
        "shipments": [],
    }


class AcceptIn(StrictSchema):
    """Pieces accepted per line position; left out = everything. What is not accepted is refused for `reason`."""

    accepted: dict[int, int] | None = None
    reason: str = Field("", max_length=300)
    example: ClassVar[dict[str, Any]] = {"accepted": {"1": 1}, "reason": "One arrived broken."}


class RefuseIn(StrictSchema):
    reason: str = Field(min_length=1, max_length=300)
    example: ClassVar[dict[str, Any]] = {"reason": "Sold out."}


class ShipIn(StrictSchema):
    """Pieces per line position; left out = everything that is left."""

    pieces: dict[int, int] | None = None
    carrier: str = Field("", max_length=40)
    tracking_number: str = Field("", max_length=80)
    carrier_name: str = Field("", max_length=80)
    tracking_url: str = Field("", max_length=300)
    package_ref: str = Field("", max_length=60)
    example: ClassVar[dict[str, Any]] = {
        "pieces": {"1": 2},
        "carrier": "dhl",
        "tracking_number": "00340434161094000001",
    }


class CancelIn(StrictSchema):
    """Pieces per line position; left out = the whole order."""

    pieces: dict[int, int] | None = None
    reason: str = Field(min_length=1, max_length=300)
    example: ClassVar[dict[str, Any]] = {"pieces": {"1": 1}, "reason": "Sold out."}


class RefundLineIn(StrictSchema):
    position: int
    quantity: int = Field(0, ge=0)
    # Left out = the price of the pieces.
    amount_minor: int | None = Field(None, ge=0)
    example: ClassVar[dict[str, Any]] = {"position": 1, "quantity": 1}


class RefundIn(StrictSchema):
    lines: list[RefundLineIn] = []
    shipping_minor: int = Field(0, ge=0)
    reason: str = Field("other", max_length=40)
    note: str = Field("", max_length=300)
    example: ClassVar[dict[str, Any]] = {"lines": [RefundLineIn.example], "reason": "damaged"}


class RefundOut(StrictSchema):
    ref: str
    state: str
    currency: str
    amount_minor: int
    shipping_minor: int
    reason: str
    failure: str
    created_at: datetime
    example: ClassVar[dict[str, Any]] = {
        "ref": "RFD-7K2F9QX4AB",
        "state": "waiting",
        "currency": "EUR",
        "amount_minor": 4990,
        "shipping_minor": 0,
        "reason": "damaged",
        "failure": "",
        "created_at": "2026-11-22T10:00:00Z",
    }


class OrderOut(StrictSchema):
    ref: str
    state: str
    currency: str
    goods_minor: int
    shipping_minor: int
    tax_minor: int
    total_minor: int
    buyer_name: str
    buyer_email: str
    placed_at: datetime | None
    payment_state: str
    # Where the buyer confirms the payment, while it is open.
    payment_url: str
    abandon_reason: str
    merchant_orders: list[str]
    example: ClassVar[dict[str, Any]] = {
        "ref": "ORD-7K2F9QX4AB",
        "state": "placed",
        "currency": "EUR",
        "goods_minor": 9980,
        "shipping_minor": 490,
        "tax_minor": 1671,
        "total_minor": 10470,
        "buyer_name": "Berta Buyer",
        "buyer_email": "berta@example.com",
        "placed_at": "2026-11-22T09:00:00Z",
        "payment_state": "authorised",
        "payment_url": "",
        "abandon_reason": "",
        "merchant_orders": ["ORD-7K2F9QX4AB-1"],
    }


class MarkPaidIn(StrictSchema):
    reference: str = Field(min_length=1, max_length=100)
    example: ClassVar[dict[str, Any]] = {"reference": "statement 2026-11-22, line 7"}


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


class CartGroupOut(StrictSchema):
    merchant_ref: str
    merchant_name: str
    goods_minor: int
    shipping_minor: int
    chosen: str | None
    items: list[CartItemOut]
    options: list[DeliveryOptionOut]
    example: ClassVar[dict[str, Any]] = {
        "merchant_ref": "MER-7K2F9QX4AB",
        "merchant_name": "Nordlicht",
        "goods_minor": 9980,
        "shipping_minor": 490,
        "chosen": "DLM-7K2F9QX4AB",
        "items": [CartItemOut.example],
        "options": [DeliveryOptionOut.example],
    }


class CartOut(StrictSchema):
    token: str
    currency: str
    country: str
    goods_minor: int
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
        "shipping_minor": 490,
        "tax_minor": 1671,
        "total_minor": 10470,
        "is_orderable": True,
        "problems": [],
        "groups": [CartGroupOut.example],
    }


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
