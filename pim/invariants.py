"""Promises about cards and offers that hold at any time; `manage.py doctor` proves them."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.invariants import invariant
from mms.selectors.scopes import list_store_contexts
from pim.models import Card, CardFacet, CardIdentifier, CardLayer, CardState, Offer
from pim.operations.facets import COLUMNS as FACET_COLUMNS
from pim.operations.facets import FacetRow, build_facets
from pim.operations.listing_facts import read_card_facts
from pim.operations.listing_rows import build_row
from pim.selectors.layers import Layer
from pim.selectors.listing_checks import pending_cards, read_stored_listings
from pim.selectors.price_history import unlogged_prices
from pim.selectors.structure import get_structure

SHOWN = 20
CHUNK = 500
# Comparing every listing of a large catalogue takes minutes; the newest cards are where a missed refresh shows.
COMPARED_CARDS = 5000


@invariant("pim.facets", _("Facets are exactly the filterable values of the layers"))
def check_facets() -> Iterator[str]:
    structure = get_structure()
    specs = [spec for spec in structure.attributes.values() if spec.is_filterable]
    last_id = 0
    while cards := list(Card.objects.filter(pk__gt=last_id).order_by("pk")[:CHUNK]):
        last_id = cards[-1].pk
        by_id = {card.pk: card for card in cards}
        wanted: set[FacetRow] = set()
        for row in CardLayer.objects.filter(card_id__in=by_id):
            for spec in specs:
                if spec.code in row.values:
                    layer = Layer(row.scope_id, row.locale)
                    wanted.update(build_facets(by_id[row.card_id], spec, layer, row.values[spec.code]))
        stored = set(CardFacet.objects.filter(card_id__in=by_id).values_list(*FACET_COLUMNS))
        for key in sorted(wanted ^ stored, key=str)[:SHOWN]:
            side = "is missing" if key in wanted else "has no value behind it"
            yield f"facet of {by_id[key[0]].ref}, attribute {key[2]}, {side}"


@invariant(
    "pim.listings", _("Lists show what cards and offers say, except where a refresh is still on its way")
)
def check_listings() -> Iterator[str]:
    pending = pending_cards()
    newest = (
        Card.objects.filter(parent=None, state=CardState.PUBLISHED)
        .order_by("-pk")
        .values_list("pk", flat=True)
    )
    ids = [pk for pk in newest[:COMPARED_CARDS] if pk not in pending]
    for start in range(0, len(ids), CHUNK):
        facts = read_card_facts(ids[start : start + CHUNK])
        for store in list_store_contexts():
            stored = read_stored_listings(store.view_id, ids[start : start + CHUNK])
            for card in facts.cards:
                row = build_row(facts, card, store)
                wanted = (
                    (row.listing.price_from_minor, row.listing.in_stock, row.listing.title) if row else None
                )
                if stored.get(card.pk) != wanted:
                    yield f"listing of {card.ref} in {store.view_code} shows {stored.get(card.pk)}, not {wanted}"


@invariant("pim.identifiers", _("A GTIN belongs to one live card, and cards that left have none"))
def check_identifiers() -> Iterator[str]:
    doubles = (
        CardIdentifier.objects.filter(is_live=True)
        .values("type", "value_norm", "brand_id")
        .annotate(cards=Count("card_id", distinct=True))
        .filter(cards__gt=1)
    )
    for row in islice(doubles, SHOWN):
        yield f"{row['type']} {row['value_norm']} belongs to {row['cards']} live cards"
    gone = CardIdentifier.objects.filter(
        is_live=True, card__state__in=[CardState.ARCHIVED, CardState.REJECTED]
    )
    for item in gone.select_related("card")[:SHOWN]:
        yield f"{item} is held by {item.card.ref}, which is {item.card.state}"


@invariant("pim.offer_prices", _("The newest entry of the price log is the price on sale"))
def check_price_log() -> Iterator[str]:
    for price in islice(unlogged_prices(), SHOWN):
        yield f"the price {price.amount_minor} {price.currency} of offer {price.offer_id} is not the last one logged"


@invariant("pim.variants", _("A variant has the family of its parent, and offers hang on cards one can buy"))
def check_variants() -> Iterator[str]:
    strays = Card.objects.filter(parent__isnull=False).exclude(family_id=F("parent__family_id"))
    for card in strays[:SHOWN]:
        yield f"{card.ref} has another family than its parent"
    for offer in Offer.objects.filter(Q(card__kind="parent"), state="active")[:SHOWN]:
        yield f"{offer.ref} is on a parent card, which nobody can buy"
