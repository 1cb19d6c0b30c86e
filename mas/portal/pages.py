from functools import cached_property

from django.http import HttpRequest
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from backoffice.ui.pages import PortalPage
from mas.models import Merchant
from mas.selectors.merchants import get_merchants_by_id


def list_own_merchants(request: HttpRequest) -> list[Merchant]:
    """The merchants whose team this person belongs to, by name; read once per request."""
    known: list[Merchant] | None = getattr(request, "own_merchants", None)
    if known is None:
        actor = request.actor  # type: ignore[attr-defined]
        found = get_merchants_by_id(actor.merchant_ids | actor.other_merchant_ids)
        known = sorted(found.values(), key=lambda merchant: merchant.name.casefold())
        request.own_merchants = known  # type: ignore[attr-defined]
    return known


def find_own_merchant(request: HttpRequest, merchant_id: int | None) -> Merchant | None:
    """The merchant worked for now; None for others, also for those one may change over to."""
    if merchant_id not in request.actor.merchant_ids:  # type: ignore[attr-defined]
        return None
    return next((row for row in list_own_merchants(request) if row.pk == merchant_id), None)


class OwnMerchantPage(PortalPage):
    """A portal page about the merchant the person works for."""

    @cached_property
    def merchant(self) -> Merchant:
        found = find_own_merchant(self.request, self.merchant_id)
        if found is None:
            raise NotFound(_("There is no such merchant."))
        return found
