"""One card as one store view lists it, computed in memory from facts already read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mms.context import StoreContext
from pim.models import AttributeType, Card, CardListing, Offer
from pim.operations.listing_facts import CardFacts
from pim.selectors.category_tree import get_root_of, get_tree
from pim.selectors.featured import featured_order
from pim.selectors.layers import Effective, resolve_for_store
from pim.selectors.prices import resolve_price
from pim.selectors.rich_text import plain_text
from pim.selectors.scopes import locale_chain
from pim.selectors.structure import AttributeSpec, get_structure

MAX_SEARCH_TEXT = 8000


@dataclass(frozen=True, slots=True)
class ListingRow:
    listing: CardListing
    merchant_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Priced:
    offer_id: int
    offer_ref: str
    merchant_id: int
    condition: str
    unit_price_minor: int
    list_price_minor: int | None
    lead_time_days: int
    is_buyable: bool


def build_row(facts: CardFacts, card: Card, store: StoreContext) -> ListingRow | None:
    """The listing of a card in a view, or None when the card is outside the view's assortment."""
    if not _is_in_assortment(facts.categories.get(card.pk, ()), store):
        return None
    values = resolve_for_store(card, facts.layers, store)
    offers = [offer for member in facts.family_of(card) for offer in facts.offers.get(member.pk, ())]
    priced = [found for found in (_price(offer, facts, store) for offer in offers) if found is not None]
    best = min(priced, key=featured_order, default=None)
    # What cannot be bought now still shows what it would cost.
    cheapest = min(
        [p for p in priced if p.is_buyable] or priced, key=lambda p: p.unit_price_minor, default=None
    )
    title = (values.text("title") or card.title)[:250]
    categories = facts.categories.get(card.pk, ())
    asset = next((facts.assets[c.pk] for c in facts.family_of(card) if c.pk in facts.assets), None)
    listing = CardListing(
        card_id=card.pk,
        view_id=store.view_id,
        title=title,
        slug=facts.slugs.get((card.pk, store.view_id), ""),
        brand_id=card.brand_id,
        main_category_id=categories[0] if categories else None,
        asset_uuid=asset,
        price_from_minor=cheapest.unit_price_minor if cheapest else None,
        list_price_minor=cheapest.list_price_minor if cheapest else None,
        currency=store.currency,
        offer_count=len(priced),
        merchant_count=len({found.merchant_id for found in priced}),
        variant_count=len(facts.variants.get(card.pk, ())),
        in_stock=any(found.is_buyable for found in priced),
        featured_offer_ref=best.offer_ref if best and best.is_buyable else "",
        published_at=card.published_at or card.created_at,
        search_text=_search_text(facts, card, title, values, store),
    )
    return ListingRow(listing, frozenset(found.merchant_id for found in priced))


def _is_in_assortment(category_ids: Sequence[int], store: StoreContext) -> bool:
    root = get_root_of(store)
    tree = get_tree()
    return root is None or any(
        tree.by_id[category_id].path.startswith(root.path)
        for category_id in category_ids
        if category_id in tree.by_id
    )


def _price(offer: Offer, facts: CardFacts, store: StoreContext) -> _Priced | None:
    price = resolve_price(facts.prices[offer.pk], store, quantity=offer.min_quantity)
    if not price.is_given:
        return None
    return _Priced(
        offer_id=offer.pk,
        offer_ref=offer.ref,
        merchant_id=offer.merchant_id,
        condition=offer.condition,
        unit_price_minor=price.amount_minor,
        list_price_minor=price.list_amount_minor,
        lead_time_days=offer.lead_time_days,
        is_buyable=offer.quantity_in(store.store_id) >= offer.min_quantity,
    )


def _search_text(facts: CardFacts, card: Card, title: str, values: Effective, store: StoreContext) -> str:
    # The title stands first and twice: engines weigh repetition and early words.
    parts = [title, title, card.brand.name if card.brand else ""]
    languages = locale_chain(store.language)
    for spec in get_structure().attributes.values():
        if spec.is_searchable and spec.code not in ("title", "brand") and spec.code in values.values:
            parts.append(_words(spec, values.values[spec.code], languages))
    for member in facts.family_of(card):
        parts += facts.identifiers.get(member.pk, ())
        if member.pk != card.pk:
            parts.append(member.title)
            parts += _axis_words(member, facts.layers.get(member.pk, {}), languages)
    return " ".join(part for part in parts if part)[:MAX_SEARCH_TEXT]


def _words(spec: AttributeSpec, value: Any, languages: Sequence[str]) -> str:
    if spec.has_options:
        codes = value if isinstance(value, list) else [value]
        return " ".join(
            spec.options[code].names.get(languages[0], code) for code in codes if code in spec.options
        )
    if spec.type == AttributeType.RICH:
        return plain_text(value)
    if isinstance(value, list):
        return " ".join(str(item) for item in value if not isinstance(item, list))
    return str(value)


def _axis_words(
    variant: Card, layers: Mapping[Any, Mapping[str, Any]], languages: Sequence[str]
) -> list[str]:
    structure = get_structure()
    axes = structure.families[variant.family_id].axes
    return [
        _words(structure.attributes[code], values[code], languages)
        for values in layers.values()
        for code in axes
        if values.get(code) is not None
    ]
