"""The demo's cards and offers: every design in its colours, made by one merchant and sold by several."""

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import get_context
from typing import Any
from uuid import UUID

from backoffice.demo.assortment import COLOUR_WORDS, LINES, MATERIAL_WORDS, ProductLine
from backoffice.demo.merchants import DemoMerchant
from backoffice.demo.pictures import draw_picture
from backoffice.demo.structure import FAMILY
from backoffice.kernel.actors import Actor
from dam.operations.assets import store_asset
from mas.models import Merchant
from pim.models import Card, Category, Family
from pim.operations.brands import ensure_brands
from pim.operations.cards import CardDraft, create_cards
from pim.operations.change_sets import open_change_set
from pim.operations.identifiers import read_identifier
from pim.operations.offers import state_offers
from pim.operations.reviews import publish_cards, submit_cards
from pim.operations.stated_offers import OfferRow
from pim.selectors.layers import PLAIN, Layer

CARE = {
    "en": "Wipe with a damp cloth. Keep away from strong detergents.",
    "de": "Feucht abwischen. Keine scharfen Reiniger verwenden.",
}
# So many of the newest cards stay in the review queue.
LEFT_FOR_REVIEW = 9


@dataclass(frozen=True, slots=True)
class Product:
    """One card to be: a design of a line in a colour, with the merchant that makes it."""

    line: ProductLine
    design: str
    colour: str
    number: int
    maker: Merchant
    price: Decimal

    @property
    def picture(self) -> tuple[str, str, int]:
        return self.line.shape, self.colour, self.line.designs.index(self.design) % 2


def plan_products(trades: list[tuple[DemoMerchant, Merchant]], dice: random.Random) -> list[Product]:
    """Every design in every colour of its line, with its maker."""
    products: list[Product] = []
    for line in LINES:
        makers = [merchant for demo, merchant in trades if line.shape in demo.shapes]
        for index, design in enumerate(line.designs):
            base = line.price_from + (line.price_to - line.price_from) * index / max(1, len(line.designs) - 1)
            for colour in line.colours:
                price = (base * Decimal(dice.randint(94, 108)) / 100).quantize(Decimal(1)) - Decimal("0.10")
                products.append(
                    Product(line, design, colour, len(products), makers[index % len(makers)], price)
                )
    return products


def store_pictures(products: list[Product], actor: Actor) -> dict[tuple[str, str, int], UUID]:
    """Draw every distinct picture (on all cores) and keep it as an asset."""
    wanted = sorted({product.picture for product in products})
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        # The children import the drawing module only; they know nothing of Django.
        drawn = pool.map(draw_picture, *zip(*wanted, strict=True), chunksize=8)
        return {key: _keep(key, data, actor) for key, data in zip(wanted, drawn, strict=True)}


def _keep(key: tuple[str, str, int], data: bytes, actor: Actor) -> UUID:
    shape, colour, variant = key
    info = store_asset(
        data, filename=f"{shape}-{colour}-{variant + 1}.jpg", owner_merchant_id=None, actor=actor
    )
    return info.uuid


def list_cards(
    products: list[Product], pictures: dict[tuple[str, str, int], UUID], actor: Actor
) -> list[Card]:
    """Create all cards; publish them but for the last few, which wait for review. Same order as `products`."""
    family = Family.objects.get(code=FAMILY)
    categories = dict(Category.objects.values_list("code", "id"))
    ensure_brands(sorted({product.maker.name for product in products}))
    drafts = [_draft(product, family.pk, categories, pictures) for product in products]
    change_set = open_change_set(actor, source="demo", note="Demo assortment")
    made = create_cards(drafts, actor=actor, change_set=change_set)
    if made.refused:
        raise ValueError(f"the demo's own cards were refused: {made.refused}")
    cards = [card for card in made.cards if card is not None]
    submit_cards([card.pk for card in cards], actor=actor)
    publish_cards([card.pk for card in cards[:-LEFT_FOR_REVIEW]], actor=actor)
    return cards


def _draft(
    product: Product, family_id: int, categories: dict[str, int], pictures: dict[tuple[str, str, int], UUID]
) -> CardDraft:
    line = product.line
    material = line.materials[product.number % len(line.materials)]
    dice = random.Random(product.number)  # noqa: S311 sizes of a demo need no secrecy
    colour_en, colour_de = COLOUR_WORDS[product.colour]
    material_en, material_de = MATERIAL_WORDS[material]
    plain: dict[str, Any] = {
        "brand": product.maker.name,
        "colour": product.colour,
        "material": material,
        "width": [str(dice.randint(*line.width_cm)), "cm"],
        "height": [str(dice.randint(*line.height_cm)), "cm"],
        "weight": [str(dice.randint(*line.weight_grams)), "g"],
    }
    english = {
        "title": f"{line.en} {product.design}, {colour_en.lower()}",
        "description": f"<p>{line.story_en}</p><p>{material_en} in {colour_en.lower()}.</p>",
        "care": CARE["en"],
    }
    german = {
        "title": f"{line.de} {product.design}, {colour_de}",
        "description": f"<p>{line.story_de}</p><p>{material_de} in {colour_de}.</p>",
        "care": CARE["de"],
    }
    return CardDraft(
        family_id=family_id,
        values={PLAIN: plain, Layer(locale="en"): english, Layer(locale="de"): german},
        identifiers=(read_identifier("gtin", gtin(product.number)),),
        category_ids=(categories[line.category],),
        asset_uuids=(pictures[product.picture],),
    )


def gtin(number: int) -> str:
    """A 13 digit number with its check digit, from a range no shop uses inside."""
    body = f"40987{number:07d}"
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(body))
    return f"{body}{-total % 10}"


def state_all_offers(
    products: list[Product], cards: list[Card], trades: list[tuple[DemoMerchant, Merchant]], actor: Actor
) -> int:
    """The maker offers every card; up to three other shops of the trade offer it too. Returns how many offers."""
    rows: dict[int, list[OfferRow]] = {}
    for product, card in zip(products, cards, strict=True):
        for merchant_id, row in _offers_of(product, card, trades):
            rows.setdefault(merchant_id, []).append(row)
    for merchant_id, offered in rows.items():
        results = state_offers(offered, actor=actor, merchant_id=merchant_id, source="demo")
        refused = [result for result in results if result.error]
        if refused:
            raise ValueError(f"the demo's own offers were refused: {refused[:3]}")
    return sum(len(offered) for offered in rows.values())


def _offers_of(
    product: Product, card: Card, trades: list[tuple[DemoMerchant, Merchant]]
) -> Iterator[tuple[int, OfferRow]]:
    dice = random.Random(product.number * 31)  # noqa: S311 prices of a demo need no secrecy
    others = [m for demo, m in trades if product.line.shape in demo.shapes and m.pk != product.maker.pk]
    sellers = [product.maker, *dice.sample(others, k=min(len(others), dice.choice((0, 1, 1, 2, 3))))]
    for rank, merchant in enumerate(sellers):
        price = product.price * Decimal(100 + (dice.randint(-6, 12) if rank else 0)) / 100
        minor = int(price * 100)
        is_reduced = dice.random() < 0.16
        code = f"{product.line.shape[:3].upper()}-{product.design[:3].upper()}-{product.colour[:3].upper()}"
        yield (
            merchant.pk,
            OfferRow(
                merchant_sku=f"{code}-{product.number:03d}",
                card_id=card.pk,
                price_minor=minor,
                currency="EUR",
                list_price_minor=int(minor * Decimal("1.25")) if is_reduced else None,
                quantity=0 if dice.random() < 0.07 else dice.randint(3, 60),
                condition="new",
                lead_time_days=dice.choice((1, 1, 2, 3, 5)),
            ),
        )
