"""Endpoints of monthly fees: what was charged, explained to the cent."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import StrictSchema, endpoint
from billing.models import PeriodicFee
from billing.permissions import VIEW_FINANCE, VIEW_MONEY
from billing.selectors.periodic_fees import explain_periodic_fee, get_periodic_fee, list_periodic_fees

operator = Router()
merchant = Router()


class PeriodicFeeOut(StrictSchema):
    """One monthly fee with its rule, raw amount and every step as a sentence."""

    ref: str
    merchant_ref: str
    fee_kind: str
    month: date
    rule_ref: str
    rule_version: int
    quantity: int
    raw: str
    currency: str
    fee_minor: int
    tax_category: str
    tax_country: str
    tax_rate_bps: int
    tax_minor: int
    charged_at: datetime
    explanation: list[str]
    example: ClassVar[dict[str, Any]] = {
        "ref": "FCH-7K2F9QX4AB",
        "merchant_ref": "MER-7K2F9QX4AB",
        "fee_kind": "subscription",
        "month": "2026-06-01",
        "rule_ref": "FEE-7K2F9QX4AB",
        "rule_version": 1,
        "quantity": 1,
        "raw": "2900",
        "currency": "EUR",
        "fee_minor": 2900,
        "tax_category": "S",
        "tax_country": "DE",
        "tax_rate_bps": 1900,
        "tax_minor": 551,
        "charged_at": "2026-06-01T00:05:00Z",
        "explanation": ["Rule “Subscription” (FEE-7K2F9QX4AB, version 1) wins."],
    }


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _fee(row: PeriodicFee) -> dict[str, Any]:
    other = ("merchant_ref", "rule_ref", "explanation")
    names = [name for name in PeriodicFeeOut.model_fields if name not in other]
    return {name: getattr(row, name) for name in names} | {
        "merchant_ref": row.merchant.ref,
        "rule_ref": row.rule.ref,
        "explanation": explain_periodic_fee(row),
    }


def _page(request: HttpRequest, page: PageQuery) -> dict[str, Any]:
    found = paginate(list_periodic_fees(_actor(request)), page)
    return {"items": [_fee(row) for row in found["items"]], "next": found["next"]}


@endpoint(operator, "GET", "/monthly-fees", grant=VIEW_FINANCE, response=PageOut[PeriodicFeeOut])
def list_all_monthly_fees(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Every subscription and listing fee, newest first."""
    return _page(request, page)


@endpoint(merchant, "GET", "/monthly-fees", grant=VIEW_MONEY, response=PageOut[PeriodicFeeOut])
def list_own_monthly_fees(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The own subscription and listing fees, newest first."""
    return _page(request, page)


@endpoint(merchant, "GET", "/monthly-fees/{ref}", grant=VIEW_MONEY, response=PeriodicFeeOut)
def explain_own_monthly_fee(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One own monthly fee, explained to the cent."""
    return _fee(get_periodic_fee(ref, actor=_actor(request)))
