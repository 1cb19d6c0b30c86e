"""Pieces of the catalogue on pages that editors compose."""

from typing import Any

from django import template
from django.template.context import Context

from dam.selectors.assets import get_asset_infos
from pim.selectors.showcase import list_category_tiles, list_row

register = template.Library()


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
