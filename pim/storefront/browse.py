"""Lists of cards for buyers: a category, a search, and what they share with a merchant's page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from backoffice.kernel.grants import PUBLIC
from backoffice.kernel.money import Money
from backoffice.ui.pages import StorefrontPage
from backoffice.ui.tables import changed_query
from dam.selectors.assets import get_asset_infos
from mms.selectors.scopes import list_store_contexts
from pim.selectors.browsing import SORTS, CardPage
from pim.selectors.catalogue import browse_cards, find_category_by_path
from pim.selectors.category_tree import CategoryNode
from pim.selectors.facets import Facet, FacetChoice
from pim.selectors.menus import category_path, lineage_in_store

# Facets beyond these are folded until somebody uses them.
OPEN_FACETS = 3
RESERVED = ("q", "sort", "page", "price_from", "price_to")


class BrowsePage(StorefrontPage):
    """A list of cards with filters, all of it in the address."""

    grant = PUBLIC
    template_name = "pim/storefront/browse.html"

    @property
    def query_text(self) -> str:
        return ""

    @cached_property
    def filters(self) -> Mapping[str, Sequence[str]]:
        given = {name: values for name, values in self.request.GET.lists() if name not in RESERVED}
        low, high = (
            self.request.GET.get(name, "").replace(",", ".").strip() for name in ("price_from", "price_to")
        )
        return {**given, "price": [f"{low}..{high}"]} if low or high else given

    @cached_property
    def cards(self) -> CardPage:
        return self.browse()

    def browse(self) -> CardPage:
        raise NotFound(_("There is no such list."))

    @property
    def asked_page(self) -> int:
        asked = self.request.GET.get("page", "")
        return int(asked) if asked.isdigit() and len(asked) < 5 else 1

    def get_crumbs(self) -> list[tuple[str, str]]:
        return []

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        cards, query = self.cards, self.request.GET
        facets = self._facets(cards)
        is_filtered = any(values for values in self.filters.values())
        return super().get_context_data(
            cards=cards,
            pictures=get_asset_infos([tile.asset_uuid for tile in cards.tiles]),
            query=self.query_text,
            search_query=self.query_text,
            crumbs=self.get_crumbs(),
            facets=facets,
            chips=self._chips(facets),
            sorts=[(code, label) for code, label in SORTS.items() if code != "relevance" or self.query_text],
            kept=[(n, v) for n, values in query.lists() if n not in ("sort", "page") for v in values],
            is_filtered=is_filtered,
            only_in_stock="1" in self.filters.get("stock", ()),
            price_from=query.get("price_from", ""),
            price_to=query.get("price_to", ""),
            price_low=self._amount(cards.price_low_minor),
            price_high=self._amount(cards.price_high_minor),
            next_url="?" + changed_query(query, {"page": cards.page + 1}),
            previous_url="?" + changed_query(query, {"page": cards.page - 1 if cards.page > 2 else None}),
            clear_url=f"{self.request.path}?q={self.query_text}" if self.query_text else self.request.path,
            canonical_url=self.canonical_url(),
            alternates=self.get_alternates(),
            home_url=reverse("storefront:home"),
            **extra,
        )

    def canonical_url(self) -> str:
        return self.request.build_absolute_uri(self.request.path)

    def get_alternates(self) -> list[tuple[str, str]]:
        """(language, address) of this list in the other views of the store."""
        return []

    def _amount(self, minor: int | None) -> str:
        return "" if minor is None else str(Money(minor, self.store.currency).amount)

    def _facets(self, cards: CardPage) -> list[dict[str, Any]]:
        brand = Facet("brand", _("Brand"), cards.brands)
        shown = [
            facet
            for facet in (*cards.facets, brand)
            if len(facet.choices) > 1 or self.filters.get(facet.code)
        ]
        return [
            {
                "code": facet.code,
                "label": facet.label,
                "choices": facet.choices,
                "is_open": position < OPEN_FACETS or any(choice.is_chosen for choice in facet.choices),
            }
            for position, facet in enumerate(shown)
        ]

    def _chips(self, facets: list[dict[str, Any]]) -> list[tuple[str, str]]:
        query = self.request.GET
        chips = [
            (choice.label, self._without(facet["code"], choice))
            for facet in facets
            for choice in facet["choices"]
            if choice.is_chosen
        ]
        if self.filters.get("price"):
            low, _sep, high = self.filters["price"][0].partition("..")
            gone = {"price_from": None, "price_to": None, "page": None}
            chips.append(
                (f"{low or '0'} – {high or '…'} {self.store.currency}", "?" + changed_query(query, gone))
            )
        if "1" in self.filters.get("stock", ()):
            chips.append((_("Can be bought now"), "?" + changed_query(query, {"stock": None, "page": None})))
        return chips

    def _without(self, code: str, choice: FacetChoice) -> str:
        rest = [value for value in self.request.GET.getlist(code) if value != choice.value]
        return "?" + changed_query(self.request.GET, {code: rest or None, "page": None})


class CategoryView(BrowsePage):
    """A category and everything below it."""

    @cached_property
    def node(self) -> CategoryNode:
        return find_category_by_path(self.store, self.kwargs["category"])

    def get_title(self) -> str:
        return self.node.name_in(self.store.language)

    def browse(self) -> CardPage:
        return browse_cards(
            self.store,
            category=self.node,
            filters=self.filters,
            sort=self.request.GET.get("sort", ""),
            page=self.asked_page,
        )

    def get_crumbs(self) -> list[tuple[str, str]]:
        lineage = lineage_in_store(self.node, self.store)
        above = [
            (
                node.name_in(self.store.language),
                reverse("storefront:pim-category", args=[category_path(node, self.store)]),
            )
            for node in lineage[:-1]
        ]
        return [*above, (self.get_title(), "")]

    def get_alternates(self) -> list[tuple[str, str]]:
        here = [view for view in list_store_contexts() if view.store_id == self.store.store_id]
        root = self.request.build_absolute_uri("/").rstrip("/")
        return [
            (view.language, f"{root}{view.base_path}c/{category_path(self.node, view)}/") for view in here
        ]

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        lineage = lineage_in_store(self.node, self.store)
        return super().get_context_data(
            current_category_root=lineage[0].ref if lineage else "",
            description=self.node.description_in(self.store.language),
            **extra,
        )


class SearchView(BrowsePage):
    """Cards that hold every word that was typed."""

    @property
    def query_text(self) -> str:
        return self.request.GET.get("q", "").strip()[:100]

    def get_title(self) -> str:
        return _("Search: %(words)s") % {"words": self.query_text} if self.query_text else _("All products")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().get(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    def browse(self) -> CardPage:
        return browse_cards(
            self.store,
            query=self.query_text,
            filters=self.filters,
            sort=self.request.GET.get("sort", ""),
            page=self.asked_page,
        )
