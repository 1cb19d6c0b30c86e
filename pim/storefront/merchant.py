"""The public page of a merchant: who it is, what it sells here."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from mas.selectors.companies import find_shop_text
from mas.selectors.merchants import find_selling_merchant_by_slug
from pim.selectors.browsing import CardPage
from pim.selectors.catalogue import get_merchant_catalogue
from pim.storefront.browse import BrowsePage


class MerchantView(BrowsePage):
    template_name = "pim/storefront/merchant.html"

    @cached_property
    def shop(self) -> Any:
        found = find_selling_merchant_by_slug(self.kwargs["merchant"])
        if found is None:
            raise NotFound(_("There is no such shop."))
        return found

    def get_title(self) -> str:
        return str(self.shop.name)

    def browse(self) -> CardPage:
        return get_merchant_catalogue(
            self.shop.pk,
            self.store,
            filters=self.filters,
            sort=self.request.GET.get("sort", ""),
            page=self.asked_page,
        )

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(self.get_title(), "")]

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        return super().get_context_data(
            shop=self.shop, texts=find_shop_text(self.shop, self.store.language), **extra
        )
