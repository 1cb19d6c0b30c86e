"""What the pages about a merchant's stock share: their sections, and pieces written as lines."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import InvalidInput
from backoffice.ui.forms import LinesField
from backoffice.ui.pages import PortalPage
from oms.permissions import MANAGE_STOCK
from oms.selectors.stock import find_offers_by_sku

SECTIONS = (
    (gettext_lazy("Stock"), "portal:oms-stock-list"),
    (gettext_lazy("Running out"), "portal:oms-alert-list"),
    (gettext_lazy("Places"), "portal:oms-location-list"),
    (gettext_lazy("Counts"), "portal:oms-count-list"),
    (gettext_lazy("Transfers"), "portal:oms-transfer-list"),
    (gettext_lazy("Kits"), "portal:oms-kit-list"),
    (gettext_lazy("Returned goods"), "portal:oms-inspection-list"),
)


class StockSection(PortalPage):
    """A list among the stock pages."""

    template_name = "oms/portal/stock_list.html"

    @property
    def can_manage(self) -> bool:
        return self.actor.can(MANAGE_STOCK, merchant_id=self.merchant_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sections = [(label, reverse(name), reverse(name) == self.request.path) for label, name in SECTIONS]
        return super().get_context_data(sections=sections, **kwargs)


class PiecesField(LinesField):
    """Articles with pieces, one per line: `LAMP-OAK 3`; cleans to SKU → pieces."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text", gettext_lazy("One per line: your SKU and the pieces, such as LAMP-OAK 3.")
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> dict[str, int]:  # type: ignore[override]
        found: dict[str, int] = {}
        for line in super().clean(value):
            sku, _gap, number = line.rpartition(" ")
            if not sku.strip() or not number.isdigit():
                raise forms.ValidationError(_("“%(line)s” is not “SKU pieces”.") % {"line": line})
            found[sku.strip()] = found.get(sku.strip(), 0) + int(number)
        return found


def by_offer_ref(
    pieces: Mapping[str, int], field: str, *, actor: Any, merchant_id: int | None
) -> dict[str, int]:
    """SKU → pieces as offer ref → pieces. Raises `InvalidInput` at the field for SKUs that do not exist."""
    refs = find_offers_by_sku(pieces, actor=actor, merchant_id=merchant_id or 0)
    unknown = [sku for sku in pieces if sku not in refs]
    if unknown:
        message = _("You have no offer with the SKU %(skus)s.") % {"skus": ", ".join(unknown[:5])}
        raise InvalidInput(message, fields={field: message})
    return {refs[sku]: count for sku, count in pieces.items()}
