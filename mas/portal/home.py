"""Cards of the portal's home: the checklist until live, then what holds the shop or its money."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard
from backoffice.ui.pages.base import chosen_merchant_id
from mas.models import Merchant, MerchantStatus
from mas.permissions import VIEW_COMPANY
from mas.selectors.merchants import find_merchant_by_id
from mas.selectors.onboarding import list_checklist
from mas.selectors.payouts import BLOCK_REASONS, get_payout_profile
from mas.selectors.terms import find_terms_to_accept


def _own_merchant(request: HttpRequest) -> Merchant | None:
    merchant_id = chosen_merchant_id(request)
    return find_merchant_by_id(merchant_id) if merchant_id else None


def render_checklist(request: HttpRequest) -> Mapping[str, Any] | None:
    """Progress of the registration; stays away once the merchant is approved."""
    merchant = _own_merchant(request)
    if merchant is None or merchant.status not in {MerchantStatus.REGISTERING, MerchantStatus.IN_REVIEW}:
        return None
    items = [item for item in list_checklist(merchant) if item.rule.is_required]
    return {
        "merchant": merchant,
        "settled_count": sum(item.is_settled for item in items),
        "required_count": len(items),
        "next_item": next((item for item in items if item.state == "open"), None),
    }


def render_attention(request: HttpRequest) -> Mapping[str, Any] | None:
    """What holds the shop or its money: suspension, terms to accept, payout holds, holidays."""
    merchant = _own_merchant(request)
    if merchant is None or merchant.status not in {MerchantStatus.APPROVED, MerchantStatus.SUSPENDED}:
        return None
    reasons = [BLOCK_REASONS[code] for code in get_payout_profile(merchant.pk).block_reasons]
    terms = find_terms_to_accept(merchant)
    is_suspended = merchant.status == MerchantStatus.SUSPENDED
    if not (reasons or terms or is_suspended or merchant.holiday_from):
        return None
    return {"merchant": merchant, "block_reasons": reasons, "terms": terms, "is_suspended": is_suspended}


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
        _("Your shop"), VIEW_COMPANY, render_attention, "mas/portal/card_attention.html", order=5, wide=True
    ),
]
