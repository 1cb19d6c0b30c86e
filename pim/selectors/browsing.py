"""Lists of cards in a store view: category, search, filters, sort, page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.errors import DomainError
from backoffice.kernel.money import Money
from mms.context import StoreContext
from pim.models import CardCategory, CardListing, ListingMerchant
from pim.selectors.category_tree import CategoryNode, get_root_of, get_tree
from pim.selectors.facets import Facet, FacetChoice, condition, count_facets
from pim.selectors.large_lists import remembered
from pim.selectors.menus import category_path
from pim.selectors.search import by_relevance, matching, search_words
from pim.selectors.structure import get_structure

PAGE_SIZE = 24
MAX_PAGE = 400
# code → label; "relevance" only where something is searched for.
SORTS = {
    "relevance": _("Best match"),
    "newest": _("Newest first"),
    "price": _("Price, lowest first"),
    "-price": _("Price, highest first"),
    "title": _("Name"),
}


def saving_percent(price_minor: int | None, list_price_minor: int | None) -> int:
    """How many whole percent the price is below the struck one, rounded down: never promised too high."""
    if not price_minor or not list_price_minor or list_price_minor <= price_minor:
        return 0
    return (list_price_minor - price_minor) * 100 // list_price_minor


@dataclass(frozen=True, slots=True)
class CardTile:
    """A card in a list."""

    card_id: int
    title: str
    slug: str
    brand: str
    asset_uuid: UUID | None
    price_from_minor: int | None
    list_price_minor: int | None
    currency: str
    offer_count: int
    merchant_count: int
    variant_count: int
    in_stock: bool
    featured_offer_ref: str

    @property
    def price_from(self) -> Money | None:
        return None if self.price_from_minor is None else Money(self.price_from_minor, self.currency)

    @property
    def saving(self) -> int:
        """Whole percent below the struck price; nothing without one."""
        return saving_percent(self.price_from_minor, self.list_price_minor)


@dataclass(frozen=True, slots=True)
class SubCategory:
    ref: str
    name: str
    path: str
    count: int


class Around(TypedDict):
    """What stands around the tiles: the same on every page and in every order."""

    total: int
    facets: tuple[Facet, ...]
    brands: tuple[FacetChoice, ...]
    categories: tuple[SubCategory, ...]
    price_low_minor: int | None
    price_high_minor: int | None


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page of a list with everything around it."""

    tiles: tuple[CardTile, ...]
    total: int
    page: int
    page_count: int
    sort: str
    facets: tuple[Facet, ...]
    brands: tuple[FacetChoice, ...]
    categories: tuple[SubCategory, ...]
    price_low_minor: int | None
    price_high_minor: int | None

    @property
    def has_next(self) -> bool:
        return self.page < self.page_count

    @property
    def has_previous(self) -> bool:
        return self.page > 1


class Wanted(TypedDict, total=False):
    """What people ask of a list; everything may be left out."""

    category: CategoryNode | None
    query: str
    filters: Mapping[str, Sequence[str]] | None
    sort: str
    page: int


class Browse(Wanted, total=False):
    """The same, narrowed to what one merchant sells."""

    merchant_id: int | None


def browse_cards(store: StoreContext, **wanted: Unpack[Browse]) -> CardPage:
    """Cards of a view in a category subtree, by search words and filters; at most eight statements.

    `filters` maps attribute codes to values; besides: `brand` (codes), `price` ("10..50" in the view's
    currency), `stock` ("1" = can be bought now), `category` (ref). Unknown filters and values are ignored.
    The counts around very many cards may be a minute old.
    """
    query, category = wanted.get("query", ""), wanted.get("category")
    given = wanted.get("filters") or {}
    filters = {code: [value for value in values if value] for code, values in given.items()}
    base = CardListing.objects.filter(view_id=store.view_id)
    if query.strip():
        base = matching(base, query, store)
    merchant_id = wanted.get("merchant_id")
    if merchant_id is not None:
        base = base.filter(
            pk__in=ListingMerchant.objects.filter(merchant_id=merchant_id).values("listing_id")
        )
    chosen = get_tree().by_ref.get((filters.get("category") or [""])[0]) or category
    if chosen is not None:
        base = base.filter(in_subtree(chosen))
    conditions = _conditions(filters, store)
    found = base.filter(*conditions.values())
    question = (store.view_id, store.language, chosen.ref if chosen else "", merchant_id, search_words(query))
    around = remembered(
        (*question, sorted(filters.items())),
        lambda: _count_around(base, chosen, filters, conditions, store),
        size=lambda counted: counted["total"],
    )
    page_count = min(max(-(-around["total"] // PAGE_SIZE), 1), MAX_PAGE)
    page = min(max(wanted.get("page", 1), 1), page_count)
    sort = _usable_sort(wanted.get("sort", ""), is_search=bool(search_words(query)))
    ordered = by_relevance(found, query, store) if sort == "relevance" else sorted_listings(found, sort)
    rows = ordered.select_related("brand")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return CardPage(
        tiles=tuple(as_tile(row) for row in rows), page=page, page_count=page_count, sort=sort, **around
    )


def _count_around(
    base: QuerySet[CardListing],
    chosen: CategoryNode | None,
    filters: dict[str, list[str]],
    conditions: dict[str, Q],
    store: StoreContext,
) -> Around:
    found = base.filter(*conditions.values())
    total = found.count()
    unpriced = base.filter(*(item for code, item in conditions.items() if code != "price")).order_by()
    prices = unpriced.aggregate(low=Min("price_from_minor"), high=Max("price_from_minor")) if total else {}
    return {
        "total": total,
        "facets": tuple(count_facets(base, filters, conditions, store)) if total or filters else (),
        "brands": tuple(_brands(base, filters, conditions)),
        "categories": tuple(_sub_categories(found, chosen, store)) if total else (),
        "price_low_minor": prices.get("low"),
        "price_high_minor": prices.get("high"),
    }


def _usable_sort(sort: str, *, is_search: bool) -> str:
    if sort in SORTS and (sort != "relevance" or is_search):
        return sort
    return "relevance" if is_search else "newest"


def in_subtree(node: CategoryNode) -> Q:
    """Listings placed in a category or below it."""
    placed = CardCategory.objects.filter(category__path__startswith=node.path)
    return Q(card_id__in=placed.values("card_id"))


def _conditions(filters: Mapping[str, Sequence[str]], store: StoreContext) -> dict[str, Q]:
    structure = get_structure()
    found: dict[str, Q] = {}
    for code, values in filters.items():
        if not values or code == "category":
            continue
        built: Q | None = None
        if code == "brand":
            built = Q(brand__code__in=values)
        elif code == "stock":
            built = Q(in_stock=True) if "1" in values else None
        elif code == "price":
            built = _price_condition(values[0], store)
        elif code in structure.attributes and structure.attributes[code].is_filterable:
            built = condition(structure.attributes[code], values, store)
        if built is not None:
            found[code] = built
    return found


def _price_condition(text: str, store: StoreContext) -> Q | None:
    low, _sep, high = text.partition("..")
    built = Q()
    for bound, lookup in ((low, "price_from_minor__gte"), (high, "price_from_minor__lte")):
        try:
            built &= Q(**{lookup: Money.parse(bound, store.currency).minor}) if bound.strip() else Q()
        except DomainError:
            return None
    return built or None


def sorted_listings(found: QuerySet[CardListing], sort: str) -> QuerySet[CardListing]:
    """In one of the orders of `SORTS` but relevance; what can be bought comes first."""
    if sort == "price":
        return found.order_by("-in_stock", F("price_from_minor").asc(nulls_last=True), "pk")
    if sort == "-price":
        return found.order_by("-in_stock", F("price_from_minor").desc(nulls_last=True), "-pk")
    if sort == "title":
        return found.order_by("title", "pk")
    return found.order_by("-in_stock", "-published_at", "-pk")


def as_tile(row: CardListing) -> CardTile:
    return CardTile(
        card_id=row.card_id,
        title=row.title,
        slug=row.slug,
        brand=row.brand.name if row.brand else "",
        asset_uuid=row.asset_uuid,
        price_from_minor=row.price_from_minor,
        list_price_minor=row.list_price_minor,
        currency=row.currency,
        offer_count=row.offer_count,
        merchant_count=row.merchant_count,
        variant_count=row.variant_count,
        in_stock=row.in_stock,
        featured_offer_ref=row.featured_offer_ref,
    )


def _brands(
    base: QuerySet[CardListing], filters: Mapping[str, Sequence[str]], conditions: Mapping[str, Q]
) -> list[FacetChoice]:
    others = base.filter(*(item for code, item in conditions.items() if code != "brand"), brand__isnull=False)
    rows = (
        others.order_by()
        .values("brand__code", "brand__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "brand__name")
    )
    chosen = filters.get("brand", ())
    return [
        FacetChoice(row["brand__code"], row["brand__name"], row["n"], row["brand__code"] in chosen)
        for row in rows[:30]
    ]


def _sub_categories(
    found: QuerySet[CardListing], node: CategoryNode | None, store: StoreContext
) -> list[SubCategory]:
    """The categories right below with how many found cards each holds; one statement."""
    tree = get_tree()
    above = node or get_root_of(store)
    children = [child for child in tree.children(above) if child.is_visible]
    if not children:
        return []
    placed = CardCategory.objects.filter(card_id__in=found.order_by().values("card_id"))
    if above is not None:
        placed = placed.filter(category__path__startswith=above.path)
    width = len(children[0].path)
    counted = placed.annotate(child=Substr("category__path", 1, width)).order_by().values("child")
    numbers = {row["child"]: row["n"] for row in counted.annotate(n=Count("card_id", distinct=True))}
    return [
        SubCategory(
            child.ref, child.name_in(store.language), category_path(child, store), numbers[child.path]
        )
        for child in children
        if numbers.get(child.path)
    ]
