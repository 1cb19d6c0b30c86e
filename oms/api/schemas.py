"""What programs send and get. Amounts are minor units of the currency beside them."""

from datetime import datetime
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
    # The line's share of the merchant's voucher; taken off the total.
    merchant_discount_minor: int
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
        "merchant_discount_minor": 0,
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
    # What the buyer pays for the goods: `discount_minor` of the merchant's voucher is taken off already.
    goods_minor: int
    discount_minor: int
    voucher_code: str
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
        "discount_minor": 0,
        "voucher_code": "",
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
    # The tax inside the amount, shipping included.
    tax_minor: int
    shipping_tax_minor: int
    reason: str
    failure: str
    created_at: datetime
    example: ClassVar[dict[str, Any]] = {
        "ref": "RFD-7K2F9QX4AB",
        "state": "waiting",
        "currency": "EUR",
        "amount_minor": 4990,
        "shipping_minor": 0,
        "tax_minor": 797,
        "shipping_tax_minor": 0,
        "reason": "damaged",
        "failure": "",
        "created_at": "2026-11-22T10:00:00Z",
    }


class OrderOut(StrictSchema):
    ref: str
    state: str
    currency: str
    # What the buyer pays for the goods: the merchants' vouchers are taken off already.
    goods_minor: int
    discount_minor: int
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
        "discount_minor": 0,
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
