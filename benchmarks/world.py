"""A small marketplace to measure on: stores, one family, merchants with cards, offers and stock."""

from dataclasses import dataclass

from django.db import connection

from backoffice.demo import structure
from backoffice.demo.stores import open_stores
from backoffice.demo.trade import open_delivery
from backoffice.kernel import work
from backoffice.kernel.actors import Actor, system_actor
from mas.models import Merchant
from mms.context import StoreContext
from mms.selectors.scopes import get_store_context
from pim.models import Category, Family
from pim.operations.cards import CardDraft, create_cards
from pim.operations.change_sets import open_change_set
from pim.operations.offers import state_offers
from pim.operations.reviews import publish_cards
from pim.operations.stated_offers import OfferRow
from pim.selectors.layers import PLAIN, Layer

ACTOR = system_actor("benchmark")
COLOURS = ("sand", "ocean", "sage", "plum")


@dataclass(frozen=True, slots=True)
class World:
    store: StoreContext
    merchants: list[Merchant]
    # merchant id → refs of its offers
    offers: dict[int, list[str]]
    actor: Actor = ACTOR


def build_world(*, merchants: int = 3, cards: int = 1000, stock: int = 1_000_000) -> World:
    """`cards` published cards, each offered by one of the merchants in turn."""
    root_ref = structure.lay_out_structure()
    open_stores(ACTOR, root_ref)
    people = [_merchant(number) for number in range(merchants)]
    open_delivery(people, ACTOR)
    ids = _cards(cards)
    offers: dict[int, list[str]] = {}
    for number, merchant in enumerate(people):
        rows = [
            OfferRow(
                merchant_sku=f"B-{index}",
                card_id=card_id,
                price_minor=1000 + index % 5000,
                currency="EUR",
                quantity=stock,
                condition="new",
                lead_time_days=1,
            )
            for index, card_id in enumerate(ids)
            if index % merchants == number
        ]
        results = state_offers(rows, actor=ACTOR, merchant_id=merchant.pk, source="benchmark")
        offers[merchant.pk] = [result.offer_ref for result in results]
    work.drain()
    if connection.vendor == "postgresql":
        # What the server does by itself within a minute: without it the first pages are planned blindly.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return World(get_store_context("en"), people, offers)


def _merchant(number: int) -> Merchant:
    merchant: Merchant = Merchant(
        name=f"Bench {number}",
        slug=f"bench-{number}",
        email=f"bench{number}@example.test",
        country="DE",
        currency="EUR",
    )
    # The field is protected; a benchmark's merchant needs no onboarding.
    merchant.__dict__["status"] = "approved"
    merchant.save()
    return merchant


def _cards(count: int) -> list[int]:
    family = Family.objects.get(code=structure.FAMILY)
    categories = list(Category.objects.filter(depth=3).values_list("id", flat=True))
    drafts = [
        CardDraft(
            family_id=family.pk,
            values={
                PLAIN: {"colour": COLOURS[index % len(COLOURS)], "width": [str(10 + index % 90), "cm"]},
                Layer(locale="en"): {
                    "title": f"Widget {index} steel drill",
                    "description": "<p>A widget.</p>",
                },
            },
            category_ids=(categories[index % len(categories)],),
        )
        for index in range(count)
    ]
    ids: list[int] = []
    for start in range(0, count, 1000):
        made = create_cards(
            drafts[start : start + 1000], actor=ACTOR, change_set=open_change_set(ACTOR, source="system")
        )
        ids += [card.pk for card in made.cards if card is not None]
    for start in range(0, count, 1000):
        publish_cards(ids[start : start + 1000], actor=ACTOR)
    return ids
