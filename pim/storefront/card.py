"""The product page: pictures, the featured offer, every other offer, what the card says."""

from typing import Any

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property

from backoffice.kernel.grants import PUBLIC
from backoffice.kernel.money import Money
from backoffice.ui.pages import StorefrontPage
from dam.selectors.assets import AssetInfo, get_asset_infos
from mms.selectors.scopes import list_store_contexts
from pim.errors import CardMoved
from pim.selectors import catalogue
from pim.selectors.browsing import saving_percent
from pim.selectors.catalogue import get_card_page
from pim.selectors.conditions import condition_label
from pim.selectors.showcase import list_similar


class CardView(StorefrontPage):
    """A card at its address in this view; a former address redirects for good."""

    grant = PUBLIC
    template_name = "pim/storefront/card.html"

    @cached_property
    def card(self) -> catalogue.CardView:
        return get_card_page(self.store, self.kwargs["slug"], variant=self.request.GET.get("variant", ""))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return self.render(card=self.card)
        except CardMoved as moved:
            return HttpResponsePermanentRedirect(reverse("storefront:pim-card", args=[moved.params["slug"]]))

    def get_title(self) -> str:
        return self.card.seo_title or self.card.title

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        card = self.card
        similar = list_similar(self.store, card)
        pictures = get_asset_infos([*card.gallery, *(tile.asset_uuid for tile in similar)])
        featured = card.featured
        return super().get_context_data(
            pictures=[pictures[uuid] for uuid in card.gallery if uuid in pictures],
            main_picture=self._main_picture(pictures),
            featured=featured,
            saving=saving_percent(featured.unit_price_minor, featured.list_price_minor) if featured else 0,
            similar=similar,
            similar_pictures=pictures,
            conditions={offer.offer_ref: condition_label(offer.condition) for offer in card.offers},
            schema_price=str(Money(featured.unit_price_minor, featured.currency).amount) if featured else "",
            crumbs=[
                (crumb.name, reverse("storefront:pim-category", args=[crumb.path]))
                for crumb in card.breadcrumbs
            ],
            canonical_url=self.request.build_absolute_uri(self.request.path),
            alternates=self._alternates(),
            **extra,
        )

    def _main_picture(self, pictures: dict[Any, AssetInfo]) -> AssetInfo | None:
        """The picture asked for by `?picture=2`, so the gallery works without a script."""
        shown = [uuid for uuid in self.card.gallery if uuid in pictures]
        asked = self.request.GET.get("picture", "1")
        index = int(asked) - 1 if asked.isdigit() and 0 < int(asked) <= len(shown) else 0
        return pictures[shown[index]] if shown else None

    def _alternates(self) -> list[tuple[str, str]]:
        views = {view.view_id: view for view in list_store_contexts() if view.store_id == self.store.store_id}
        root = self.request.build_absolute_uri("/").rstrip("/")
        return [
            (views[view_id].language, f"{root}{views[view_id].base_path}p/{slug}/")
            for view_id, slug in self.card.addresses
            if view_id in views
        ]
