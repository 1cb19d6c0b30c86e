"""What the listings of some cards are made of, read in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from pim.models import AssetLink, Card, CardCategory, CardIdentifier, CardState, Offer, Slug
from pim.selectors.layers import Layer, read_layers
from pim.selectors.prices import PriceRow, read_prices


@dataclass(frozen=True, slots=True)
class CardFacts:
    """Published cards with their published variants and everything a listing shows of them."""

    cards: Sequence[Card]
    variants: Mapping[int, list[Card]]
    layers: Mapping[int, Mapping[Layer, Mapping[str, Any]]]
    # By card: sellable offers; by offer: prices.
    offers: Mapping[int, list[Offer]]
    prices: Mapping[int, list[PriceRow]]
    # By card: category ids, the main one first.
    categories: Mapping[int, list[int]]
    assets: Mapping[int, UUID]
    identifiers: Mapping[int, list[str]]
    slugs: Mapping[tuple[int, int], str]

    def family_of(self, card: Card) -> list[Card]:
        """The card and its variants."""
        return [card, *self.variants.get(card.pk, [])]


def read_card_facts(shown_ids: Sequence[int]) -> CardFacts:
    """Read what the listings of the shown cards need."""
    found = Card.objects.filter(Q(pk__in=shown_ids) | Q(parent_id__in=shown_ids), state=CardState.PUBLISHED)
    cards: list[Card] = []
    variants: dict[int, list[Card]] = {}
    for card in found.select_related("brand").order_by("pk"):
        if card.parent_id is None:
            cards.append(card)
        else:
            variants.setdefault(card.parent_id, []).append(card)
    ids = [card.pk for card in cards] + [card.pk for group in variants.values() for card in group]
    offers: dict[int, list[Offer]] = {}
    for offer in Offer.objects.sellable().filter(card_id__in=ids).order_by("pk"):
        offers.setdefault(offer.card_id, []).append(offer)
    return CardFacts(
        cards=cards,
        variants=variants,
        layers=read_layers(ids),
        offers=offers,
        prices=read_prices([offer.pk for group in offers.values() for offer in group]),
        categories=_categories(ids),
        assets=_assets(ids),
        identifiers=_identifiers(ids),
        slugs={
            (card_id, view_id): slug
            for card_id, view_id, slug in Slug.objects.filter(card_id__in=ids, is_current=True).values_list(
                "card_id", "view_id", "slug"
            )
        },
    )


def _categories(ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = CardCategory.objects.filter(card_id__in=ids).order_by("-is_main", "pk")
    for card_id, category_id in rows.values_list("card_id", "category_id"):
        found.setdefault(card_id, []).append(category_id)
    return found


def _assets(ids: Sequence[int]) -> dict[int, UUID]:
    found: dict[int, UUID] = {}
    rows = AssetLink.objects.filter(card_id__in=ids, role="gallery").order_by("position", "pk")
    for card_id, uuid in rows.values_list("card_id", "asset_uuid"):
        found.setdefault(card_id, uuid)
    return found


def _identifiers(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = CardIdentifier.objects.filter(card_id__in=ids, is_live=True)
    for card_id, value in rows.values_list("card_id", "value"):
        found.setdefault(card_id, []).append(value)
    return found
