"""Pieces of the catalogue on pages that editors compose."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from dam.selectors.assets import get_asset_infos
from pim.selectors.menus import category_path, find_category_by_slug
from pim.selectors.showcase import list_category_tiles, list_row

register = template.Library()


@register.simple_tag(takes_context=True)
def category_url(context: Context, slug: str) -> str:
    """Where the category with this slug is; nothing when the store has none, so an editor's slip breaks no page."""
    store = context["request"].store
    node = find_category_by_slug(store, slug) if slug else None
    return reverse("storefront:pim-category", args=[category_path(node, store)]) if node else ""


@register.inclusion_tag("pim/storefront/tiles.html", takes_context=True)
def product_row(context: Context, category: str = "", sort: str = "newest", count: int = 5) -> dict[str, Any]:
    """A short row of cards of a category (by slug), or of the whole store."""
    tiles = list_row(context["request"].store, category_path=category, sort=sort, count=count)
    return {"tiles": tiles, "pictures": get_asset_infos([tile.asset_uuid for tile in tiles])}


@register.inclusion_tag("storefront/category_tiles.html", takes_context=True)
def category_tiles(context: Context) -> dict[str, Any]:
    """The top categories, each with the picture of its newest card."""
    tiles = list_category_tiles(context["request"].store)
    return {"tiles": tiles, "pictures": get_asset_infos([tile.asset_uuid for tile in tiles])}
