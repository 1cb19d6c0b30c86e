"""What the portal's shell shows: the merchant worked for, the others to switch to, the menu."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from backoffice.ui.pages.base import chosen_merchant_id
from backoffice.ui.shells import shell_data
from mas.portal.pages import list_own_merchants

# The phone's bottom bar holds this many entries beside "More".
BOTTOM = 4


def group_icons() -> Mapping[str, str]:
    return {
        _("Orders"): "orders",
        _("Products"): "box",
        _("Media"): "image",
        _("Returns"): "return",
        _("Messages"): "message",
        _("Money"): "wallet",
        _("Health"): "pulse",
        _("Reports"): "chart",
        _("Team and settings"): "gear",
    }


def portal_shell(request: HttpRequest) -> Mapping[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    merchant_id = chosen_merchant_id(request)
    merchants = list_own_merchants(request)
    current = next((merchant for merchant in merchants if merchant.pk == merchant_id), None)
    data = shell_data(request, "portal", actor, merchant_id, group_icons())
    return {
        **data,
        "name": current.name if current else _("Merchant portal"),
        "kind": _("Merchant portal"),
        "merchant": current,
        "merchant_name": current.name if current else "",
        "other_merchants": [merchant for merchant in merchants if merchant is not current],
        "bottom": data["menu"][:BOTTOM],
    }
