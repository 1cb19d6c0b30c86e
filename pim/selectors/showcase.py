"""Short rows of cards and picture tiles of categories, for home pages: one or two statements each."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max
from django.db.models.functions import Substr

from mms.context import StoreContext
from pim.models import CardCategory, CardListing
from pim.selectors.browsing import CardTile, as_tile, in_subtree, sorted_listings
from pim.selectors.card_pages import CardView
from pim.selectors.category_tree import get_tree
from pim.selectors.large_lists import remembered
from pim.selectors.menus import (
    MenuNode,
    find_category_by_path,
    find_category_by_slug,
    list_category_menu,
)

# How many times the length of a row is looked at to find different brands for it.
LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class CategoryTile:
    """A top category with how many cards it holds and the picture of its newest one."""

    node: MenuNode
    count: int
    asset_uuid: UUID | None


def list_row(
    store: StoreContext, *, category_path: str = "", sort: str = "newest", count: int = 5
) -> list[CardTile]:
    """The first cards of a category (by its last address part) or of the whole view; one statement.

    A maker who lists ten colours at once does not fill the row: every brand comes once before any comes again.
    """
    rows = CardListing.objects.filter(view_id=store.view_id).select_related("brand")
    if category_path:
        node = find_category_by_slug(store, category_path)
        if node is None:
            return []
        rows = rows.filter(in_subtree(node))
    return _spread([as_tile(row) for row in sorted_listings(rows, sort)[: count * LOOKED_AT]])[:count]


def list_similar(store: StoreContext, card: CardView, count: int = 5) -> list[CardTile]:
    """Other cards of the product's own category that can be bought; one statement, none without a category."""
    node = find_category_by_path(store, card.breadcrumbs[-1].path) if card.breadcrumbs else None
    if node is None:
        return []
    rows = CardListing.objects.filter(in_subtree(node), view_id=store.view_id, in_stock=True)
    rows = rows.exclude(card_id=card.card_id).select_related("brand")
    return [as_tile(row) for row in sorted_listings(rows, "newest")[:count]]


def _spread(tiles: list[CardTile]) -> list[CardTile]:
    """In the same order, but the first of each brand before the second of any."""
    seen: Counter[str] = Counter()
    turns: list[tuple[int, CardTile]] = []
    for tile in tiles:
        turns.append((seen[tile.brand], tile))
        seen[tile.brand] += 1
    return [tile for _turn, tile in sorted(turns, key=lambda pair: pair[0])]


def list_category_tiles(store: StoreContext) -> list[CategoryTile]:
    """The top categories of a view that have something in them; two statements. Counts of very many cards may
    be a minute old."""
    return remembered(
        ("tiles", store.view_id, store.language),
        lambda: _category_tiles(store),
        size=lambda tiles: sum(tile.count for tile in tiles),
    )


def _category_tiles(store: StoreContext) -> list[CategoryTile]:
    nodes = list_category_menu(store, depth=1)
    tree = get_tree()
    paths = {tree.by_ref[node.ref].path: node for node in nodes}
    if not paths:
        return []
    width = len(next(iter(paths)))
    placed = CardCategory.objects.filter(card__listings__view_id=store.view_id)
    rows = (
        placed.annotate(top=Substr("category__path", 1, width))
        .order_by()
        .values("top")
        .annotate(cards=Count("card_id", distinct=True), newest=Max("card__listings__id"))
    )
    found = {row["top"]: row for row in rows if row["top"] in paths}
    pictures = dict(
        CardListing.objects.filter(pk__in=[row["newest"] for row in found.values()]).values_list(
            "pk", "asset_uuid"
        )
    )
    return [
        CategoryTile(node, found[path]["cards"], pictures.get(found[path]["newest"]))
        for path, node in paths.items()
        if path in found
    ]
