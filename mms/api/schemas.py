from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema


class CallerOut(StrictSchema):
    """Who the key acts for and what it may do."""

    key: str
    name: str
    audience: str
    rights: list[str]
    example: ClassVar[dict[str, Any]] = {
        "key": "KEY-7K2F9QX4AB",
        "name": "Shop sync",
        "audience": "merchant",
        "rights": ["oms.ship_order", "oms.view_orders"],
    }


class StoreViewOut(StrictSchema):
    """A store view with everything it inherits: where buyers find it and what they see."""

    code: str
    name: str
    store: str
    website: str
    language: str
    currency: str
    country: str
    prices_include_tax: bool
    url: str
    accent: str
    accent_dark: str
    example: ClassVar[dict[str, Any]] = {
        "code": "de",
        "name": "Deutsch",
        "store": "nordhaus",
        "website": "nordhaus-group",
        "language": "de",
        "currency": "EUR",
        "country": "DE",
        "prices_include_tax": True,
        "url": "https://shop.example/de/",
        "accent": "#1f6feb",
        "accent_dark": "#58a6ff",
    }


class TaxRateIn(StrictSchema):
    """A rate that holds from a day on."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    tax_class: str = Field(pattern=r"^(standard|reduced|zero)$")
    rate_bps: int = Field(ge=0, le=10_000, description="Basis points: 1900 is 19 %.")
    valid_from: date
    example: ClassVar[dict[str, Any]] = {
        "country": "DE",
        "tax_class": "standard",
        "rate_bps": 1900,
        "valid_from": "2021-01-01",
    }


class TaxRateOut(TaxRateIn):
    """A rate as entered."""

    ref: str
    example: ClassVar[dict[str, Any]] = {**TaxRateIn.example, "ref": "TAX-7K2F9QX4AB"}


class TaskOut(StrictSchema):
    """Something that waits for a person of the operator."""

    ref: str
    kind: str
    title: str
    subject_ref: str
    due_at: datetime | None
    created_at: datetime
    closed_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "ref": "TSK-7K2F9QX4AB",
        "kind": "mas.review",
        "title": "Review Nordlicht",
        "subject_ref": "MER-3F8Q1ZK7WD",
        "due_at": "2026-11-24T09:00:00Z",
        "created_at": "2026-11-22T09:00:00Z",
        "closed_at": None,
    }


class AuditEntryOut(StrictSchema):
    """Who did what to which thing."""

    id: int
    at: datetime
    action: str
    actor_kind: str
    actor_id: str
    actor_label: str
    subject_type: str
    subject_ref: str
    changes: dict[str, Any]
    note: str
    example: ClassVar[dict[str, Any]] = {
        "id": 4711,
        "at": "2026-11-22T09:00:00Z",
        "action": "mms.store.changed",
        "actor_kind": "user",
        "actor_id": "USR-7K2F9QX4AB",
        "actor_label": "Olivia Operator",
        "subject_type": "mms.store",
        "subject_ref": "1",
        "changes": {"accent": ["#1f6feb", "#2f6f4f"]},
        "note": "nordhaus",
    }


class MemberOut(StrictSchema):
    """A person of the merchant's team."""

    ref: str
    name: str
    email: str
    roles: list[str]
    example: ClassVar[dict[str, Any]] = {
        "ref": "USR-7K2F9QX4AB",
        "name": "Mia Merchant",
        "email": "mia@nordlicht.example",
        "roles": ["merchant-admin"],
    }
