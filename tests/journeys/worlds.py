"""The marketplaces journeys start from: one before its first merchant, one that trades."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import islice
from random import Random

from backoffice.demo import catalogue, money, onboarding, people, stores, structure, trade
from backoffice.demo.assortment import LINES
from backoffice.demo.merchants import DemoMerchant
from backoffice.demo.people import Staff
from backoffice.demo.pictures import draw_picture
from backoffice.kernel import clock, periodic, work
from backoffice.kernel.actors import Actor, system_actor
from mas.models import Merchant
from mas.operations.invitations import MerchantInvite, invite_merchant
from pim.operations.rates import enter_rate

SHOPS = 2
ORDERS = 9
# Nine of the cards wait for review.
PRODUCTS = 18
ALL_SHAPES = tuple(sorted({line.shape for line in LINES}))


@dataclass(frozen=True)
class World:
    """What is there before the first merchant comes."""

    staff: Staff
    entity_code: str
    system: Actor

    def actor(self, name: str) -> Actor:
        return self.staff.actor(getattr(self.staff, name))


def open_marketplace() -> World:
    """Open the demo's stores with its staff, tree, fees and onboarding; no merchant, no product yet."""
    system = system_actor("journey")
    staff = people.hire_staff()
    root_ref = structure.lay_out_structure()
    stores.open_stores(system, root_ref)
    enter_rate(base="EUR", quote="USD", on=clock.today(), value="1.0850", actor=system)
    finance, approver, operator = (
        staff.actor(user) for user in (staff.finance, staff.approver, staff.operator)
    )
    entity_code = money.publish_fees(finance, approver, operator)
    onboarding.prepare_onboarding(system)
    work.drain()
    return World(staff, entity_code, system)


def open_town() -> World:
    """The marketplace some weeks later: shops that trade, one that registers, orders, two settlements."""
    system, now = system_actor("journey"), clock.now()
    with clock.shifted(-timedelta(days=60)):
        world = open_marketplace()
        operator, finance = world.actor("operator"), world.actor("finance")
        trades = list(islice(onboarding.bring_in_merchants(operator, finance), SHOPS))
        shop = invite_merchant(MerchantInvite("Waiting room", "late@demo.test", "DE", "EUR"), actor=operator)
        assert shop.merchant.status == "invited"
        _fill_shelves(trades, system)
    work.drain()
    play = trade.Play(now, Random(7), operator, trade.offers_by_currency())
    for number in range(ORDERS):
        play.at(now - timedelta(days=45 - 5 * number), lambda: trade._buy(play))
    for moment, pay in money.settlement_days(now):
        play.at(moment, partial(_settle, world, pay))
    play.run(on_new_day=lambda _day: periodic.run_due(everything=True))
    work.drain()
    return world


def _settle(world: World, pay: bool) -> None:
    money.settle(
        world.entity_code, preparer=world.actor("finance"), approver=world.actor("approver"), pay=pay
    )


def _fill_shelves(trades: list[tuple[DemoMerchant, Merchant]], system: Actor) -> None:
    dice = Random(5)
    merchants = [merchant for _demo, merchant in trades]
    makers = [(replace(demo, shapes=ALL_SHAPES), merchant) for demo, merchant in trades]
    products = catalogue.plan_products(makers, dice)[:PRODUCTS]
    wanted = sorted({product.picture for product in products})
    pictures = {key: catalogue._keep(key, draw_picture(*key), system) for key in wanted}
    cards = catalogue.list_cards(products, pictures, system)
    catalogue.state_all_offers(products, cards, makers, system)
    trade.open_delivery(merchants, system)
