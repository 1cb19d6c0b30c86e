"""Cards of the portal's home: the checklist until live, then what holds the shop or its money."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.counting import Countable
from backoffice.ui.menus import HomeCard, Numbers
from backoffice.ui.pages.base import chosen_merchant_id
from mas.models import Merchant, MerchantStatus
from mas.models.merchants import ONBOARDING
from mas.permissions import VIEW_COMPANY
from mas.portal.pages import find_own_merchant
from mas.selectors.onboarding import list_checklist
from mas.selectors.terms import list_terms_to_accept


def _own_merchant(request: HttpRequest) -> Merchant | None:
    return find_own_merchant(request, chosen_merchant_id(request))


def render_checklist(request: HttpRequest, _numbers: Numbers) -> Mapping[str, Any] | None:
    """Progress of the registration; stays away once the merchant is approved."""
    merchant = _own_merchant(request)
    if merchant is None or merchant.status not in ONBOARDING:
        return None
    items = [item for item in list_checklist(merchant) if item.rule.is_required]
    return {
        "merchant": merchant,
        "settled_count": sum(item.is_settled for item in items),
        "required_count": len(items),
        "next_item": next((item for item in items if item.state == "open"), None),
    }


def count_attention(request: HttpRequest) -> Mapping[str, Countable]:
    merchant = _own_merchant(request)
    return {"terms": list_terms_to_accept(merchant)} if merchant else {}


def render_attention(request: HttpRequest, numbers: Numbers) -> Mapping[str, Any] | None:
    """What holds the shop: suspension, terms to accept, holidays. What holds its money stands with the money."""
    merchant = _own_merchant(request)
    if merchant is None or merchant.status not in {MerchantStatus.APPROVED, MerchantStatus.SUSPENDED}:
        return None
    is_suspended = merchant.status == MerchantStatus.SUSPENDED
    if not (numbers["terms"] or is_suspended or merchant.holiday_from):
        return None
    return {"merchant": merchant, "terms": numbers["terms"], "is_suspended": is_suspended}


CARDS = [
    HomeCard(
        _("Getting started"),
        VIEW_COMPANY,
        render_checklist,
        "mas/portal/card_checklist.html",
        order=0,
        wide=True,
    ),
    HomeCard(
        _("Your shop"),
        VIEW_COMPANY,
        render_attention,
        "mas/portal/card_attention.html",
        order=5,
        wide=True,
        counts=count_attention,
    ),
]
