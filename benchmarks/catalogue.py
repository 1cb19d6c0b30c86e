"""Cards and offers by the thousand through their operations."""

import time
from collections.abc import Iterator

from benchmarks.measuring import Row, row
from benchmarks.world import ACTOR, World
from pim.models import Offer
from pim.operations.offer_rows import OfferRow
from pim.operations.offers import state_offers


def measure(world: World) -> Iterator[Row]:
    """Offer rows per second: all prices changed, then nothing changed."""
    merchant = world.merchants[0]
    offers = list(Offer.objects.filter(merchant=merchant).values_list("merchant_sku", "card_id"))
    for name, price in (("changed", 4321), ("unchanged", 4321)):
        rows = [
            OfferRow(merchant_sku=sku, card_id=card_id, price_minor=price, currency="EUR", quantity=1_000_000)
            for sku, card_id in offers
        ]
        started = time.perf_counter()
        state_offers(rows, actor=ACTOR, merchant_id=merchant.pk, source="benchmark")
        yield row(f"catalogue.offers_{name}", len(rows) / (time.perf_counter() - started), "rows/s")
