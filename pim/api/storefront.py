"""Shop front ends: menu, lists, search and product pages of the store view their key is bound to."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel.grants import PUBLIC
from backoffice.ui.endpoints import endpoint
from mms.context import StoreContext
from pim.api import shop_schemas as schemas
from pim.api.answers import amount_text
from pim.selectors.catalogue import CardTile, MenuNode, browse_cards, get_card_page, list_category_menu
from pim.selectors.category_tree import get_category_node
from pim.selectors.facets import FacetChoice
from pim.selectors.offers import SellableOffer

storefront = Router()


def _store(request: HttpRequest) -> StoreContext:
    store: StoreContext = request.store  # type: ignore[attr-defined]
    return store


@endpoint(storefront, "GET", "/categories", grant=PUBLIC, response=schemas.MenusOut)
def get_menu(request: HttpRequest) -> dict[str, Any]:
    """The category menu, two levels deep."""
    return {"items": [_menu(node) for node in list_category_menu(_store(request))]}


def _menu(node: MenuNode) -> dict[str, Any]:
    children = [_menu(child) for child in node.children]
    return {"ref": node.ref, "name": node.name, "path": node.path, "children": children}


@endpoint(storefront, "GET", "/cards", grant=PUBLIC, response=schemas.BrowseOut)
def browse(request: HttpRequest, query: Query[schemas.BrowseQuery]) -> dict[str, Any]:
    """A page of products by category, words and filters, with the filters that remain."""
    filters: dict[str, list[str]] = {}
    for text in query.filter:
        code, _colon, value = text.partition(":")
        filters.setdefault(code, []).append(value)
    page = browse_cards(
        _store(request),
        category=get_category_node(query.category) if query.category else None,
        query=query.q,
        filters=filters,
        sort=query.sort,
        page=query.page,
    )
    return {
        "items": [_tile(tile) for tile in page.tiles],
        "total": page.total,
        "page": page.page,
        "page_count": page.page_count,
        "facets": [
            {
                "code": facet.code,
                "label": facet.label,
                "choices": [_choice(choice) for choice in facet.choices],
                "low": facet.low,
                "high": facet.high,
                "unit": facet.unit,
            }
            for facet in page.facets
        ],
        "brands": [_choice(choice) for choice in page.brands],
    }


def _choice(choice: FacetChoice) -> dict[str, Any]:
    return {name: getattr(choice, name) for name in ("value", "label", "count", "is_chosen")}


def _tile(tile: CardTile) -> dict[str, Any]:
    names = (
        "title", "slug", "brand", "currency", "offer_count", "variant_count", "in_stock", "featured_offer_ref",
    )  # fmt: skip
    return {name: getattr(tile, name) for name in names} | {
        "asset_uuid": str(tile.asset_uuid) if tile.asset_uuid else None,
        "price_from": None
        if tile.price_from_minor is None
        else amount_text(tile.price_from_minor, tile.currency),
    }


@endpoint(storefront, "GET", "/cards/{slug}", grant=PUBLIC, response=schemas.ShopCardOut)
def get_product(request: HttpRequest, slug: str, variant: str = "") -> dict[str, Any]:
    """A product page by its address; `variant` is the ref of a chosen variant."""
    page = get_card_page(_store(request), slug, variant=variant)
    return {
        "ref": page.card_ref,
        "slug": page.slug,
        "title": page.title,
        "brand": page.brand,
        "description": page.description,
        "gtin": page.gtin,
        "attributes": [
            {"group": group.label, "label": label, "text": text}
            for group in page.attributes
            for label, text in group.lines
        ],
        "gallery": [str(uuid) for uuid in page.gallery],
        "breadcrumbs": [crumb.name for crumb in page.breadcrumbs],
        "offers": [_offer(offer) for offer in page.offers],
        "featured_offer_ref": page.featured.offer_ref if page.featured else "",
    }


def _offer(offer: SellableOffer) -> dict[str, Any]:
    names = (
        "merchant_name",
        "merchant_slug",
        "currency",
        "condition",
        "lead_time_days",
        "is_buyable",
        "reason",
    )
    listed = offer.list_price_minor
    return {name: getattr(offer, name) for name in names} | {
        "ref": offer.offer_ref,
        "price": amount_text(offer.unit_price_minor, offer.currency),
        "list_price": None if listed is None else amount_text(listed, offer.currency),
    }
