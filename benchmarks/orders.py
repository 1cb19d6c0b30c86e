"""Placing orders and holding stock, in process: cart to placed order with split, ledger and payment."""

import time
from collections.abc import Iterator
from itertools import count

from backoffice.kernel import clock
from backoffice.kernel.actors import buyer_actor
from benchmarks.measuring import (
    Row,
    beside_a_worker,
    per_second,
    raw_commit_limit,
    raw_update_limit,
    row,
    statements_of,
)
from benchmarks.world import World
from oms.models import Cart, StockItem
from oms.operations.carts import add_to_cart
from oms.operations.checkout import Buyer, PaymentChoice, place_order
from oms.operations.reservations import Wanted, reserve
from oms.ports import Instrument

CARD = PaymentChoice("test_card", Instrument("approve", "•••• 4242"))
ADDRESS = {
    "name": "Bench Buyer", "street": "Long street 1", "street2": "", "postcode": "10115", "city": "Berlin",
    "region": "", "country": "DE",
}  # fmt: skip
# About what an order of one merchant writes: order, lines, payment, stock, journal, outbox, history.
ROWS_OF_AN_ORDER = 40
_numbers = count(time.time_ns())


def _cart(world: World, merchants: int) -> Cart:
    token, cart = "", None
    for merchant in world.merchants[:merchants]:
        refs = world.offers[merchant.pk]
        cart = add_to_cart(token, refs[next(_numbers) % len(refs)], 1, store=world.store)
        token = cart.token
    if cart is None:
        raise ValueError("a cart needs a merchant")
    return cart


def order(world: World, merchants: int) -> None:
    buyer = Buyer(name="Bench Buyer", email="bench@example.test", shipping_address=ADDRESS)
    place_order(_cart(world, merchants), buyer, CARD, store=world.store, actor=buyer_actor("bench"))


def measure(world: World) -> Iterator[Row]:
    """Orders per second with their statements; `ratio` is to transactions of forty raw inserts, that of a
    reservation to the raw conditional update."""
    limit = raw_commit_limit(ROWS_OF_AN_ORDER)
    yield row("orders.raw_transactions_of_40_inserts", limit, "1/s")
    for merchants in (1, 3):
        with beside_a_worker():
            # The first order of a process also fills its caches of settings, rules and accounts.
            order(world, merchants)
            statements = statements_of(lambda merchants=merchants: order(world, merchants))  # type: ignore[misc]
            rate = per_second(lambda merchants=merchants: order(world, merchants), 4)  # type: ignore[misc]
        yield row(
            f"orders.place_{merchants}_merchants", rate, "orders/s", statements=statements, ratio=rate / limit
        )
    yield from _measure_reserve()


def _measure_reserve() -> Iterator[Row]:
    item = StockItem.objects.order_by("pk")[0]
    limit = raw_update_limit(StockItem._meta.db_table, "reserved", item.pk)

    def hold() -> None:
        wanted = [Wanted(f"bench-{next(_numbers)}", item.offer_id, 1, None)]
        reserve(wanted, purpose="bench", expires_at=clock.now(), actor=buyer_actor("bench"))

    statements = statements_of(hold)
    rate = per_second(hold)
    yield row("stock.raw_update", limit, "updates/s")
    yield row("stock.reserve_hot", rate, "holds/s", statements=statements, ratio=rate / limit)
