"""Sixty days of buying and shipping, played through the real operations with the clock turned back."""

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import override

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, buyer_actor
from backoffice.kernel.errors import DomainError
from backoffice.kernel.phrases import gettext as _
from mas.models import Merchant
from mms.context import StoreContext
from mms.selectors.scopes import get_store_context
from oms.errors import VoucherRefused
from oms.models import Cart, MerchantOrder, MerchantOrderState, Order, PaymentState
from oms.operations.acceptance import accept_lines, accept_merchant_order, refuse_merchant_order
from oms.operations.captures import mark_paid
from oms.operations.cart_vouchers import put_voucher_on_cart
from oms.operations.carts import add_to_cart, choose_delivery, save_details
from oms.operations.checkout import Buyer, PaymentChoice, place_order
from oms.operations.delivery import MethodTerms, PriceStep, ZoneTerms, save_method, save_zone
from oms.operations.receipt import confirm_receipt
from oms.operations.refunds import RefundPart, RefundWish, request_refund
from oms.operations.shipments import Parcel, make_collectable, ship_parcel
from oms.operations.vouchers import VoucherTerms, VoucherValue, create_voucher
from oms.ports import Instrument
from oms.selectors.carts import view_cart
from pim.models import Offer

DAYS = 60
# How many times likelier than others an offer of the shop with this login is bought.
MERCHANT_LOGIN, FAVOUR = "merchant@demo.test", 5
VOUCHER = "DANKE10"
ORDERS_PER_DAY = (1, 1, 2, 2, 3, 3, 4)
EUROPE = ("DE", "AT", "FR", "IT", "NL", "ES", "BE", "DK", "SE", "FI", "PL", "PT")
NAMES = ("Berta Klein", "Paul Winter", "Sofia Ricci", "Jan de Vries", "Marie Dubois", "Nora Lund", "Tomas Silva",
         "Anna Weiss", "Liam Byrne", "Eva Novak", "Hugo Meyer", "Clara Roth")  # fmt: skip
CITIES = (
    ("10115", "Berlin"),
    ("20095", "Hamburg"),
    ("80331", "München"),
    ("50667", "Köln"),
    ("04109", "Leipzig"),
)


def open_delivery(merchants: list[Merchant], actor: Actor) -> None:
    """Every merchant ships parcels in Europe, free above an amount, and some overseas."""
    for number, merchant in enumerate(merchants):
        zone = save_zone(ZoneTerms("Europe", EUROPE), merchant_id=merchant.pk, actor=actor)
        price = 390 + number % 4 * 100
        free_from = 4900 + number % 3 * 2500
        save_method(
            zone.ref,
            MethodTerms(name=_("Parcel"), min_days=2, max_days=4),
            [
                PriceStep("EUR", 0, price),
                PriceStep("EUR", free_from, 0),
                PriceStep("USD", 0, price + 200),
            ],
            actor=actor,
        )
        save_method(
            zone.ref,
            MethodTerms(name=_("Express"), min_days=1, max_days=2),
            [PriceStep("EUR", 0, price + 700), PriceStep("USD", 0, price + 900)],
            actor=actor,
        )
        if number % 5 == 0:
            save_method(
                zone.ref,
                MethodTerms(name=_("Pick up in the shop"), kind="pickup", min_days=1, max_days=2),
                [PriceStep("EUR", 0, 0)],
                actor=actor,
            )
        overseas = save_zone(ZoneTerms("North America", ("US", "CA")), merchant_id=merchant.pk, actor=actor)
        save_method(
            overseas.ref,
            MethodTerms(name=_("Air parcel"), min_days=6, max_days=12),
            [PriceStep("USD", 0, 1890), PriceStep("USD", 15000, 0), PriceStep("EUR", 0, 1690)],
            actor=actor,
        )


def hand_out_voucher(merchant: Merchant, actor: Actor) -> None:
    """A code of the demo's favourite shop, so that vouchers are there to be looked at."""
    store = get_store_context("de")
    create_voucher(
        VoucherValue(VOUCHER, store.website_code, "percent", store.currency, rate_bps=1000),
        VoucherTerms(
            _("Ten per cent for our regulars"), minimum_minor=2000, max_uses=50, max_uses_per_buyer=1
        ),
        merchant_id=merchant.pk,
        actor=actor,
    )


@dataclass
class Play:
    """The script: what happens when, in the order of time; steps may add later ones."""

    until: datetime
    dice: random.Random
    operator: Actor
    offers: dict[str, list[str]]
    queue: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    count: "itertools.count[int]" = field(default_factory=itertools.count)
    # Merchants that let parcels wait, so that the late list has something in it.
    slow: frozenset[int] = frozenset()
    vouchers_left: int = 3

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self.queue, (moment, next(self.count), act))

    def later(self, act: Callable[[], None], *, hours: tuple[int, int]) -> None:
        self.at(clock.now() + timedelta(minutes=self.dice.randint(hours[0] * 60, hours[1] * 60)), act)

    def run(self, on_new_day: Callable[[datetime], object]) -> None:
        """Play everything up to `until`; `on_new_day` is called at the start of each day."""
        day = None
        while self.queue and self.queue[0][0] <= self.until:
            moment, _number, act = heapq.heappop(self.queue)
            if moment.date() != day:
                day = moment.date()
                with clock.frozen_at(moment.replace(hour=4, minute=30)):
                    on_new_day(moment)
            with clock.frozen_at(moment):
                act()


def plan_trade(play: Play, first_day: datetime) -> None:
    """Put the purchases of all days into the script; what follows from them is added as it happens."""
    for day in range(DAYS):
        for _order in range(play.dice.choice(ORDERS_PER_DAY)):
            moment = first_day + timedelta(
                days=day, hours=play.dice.randint(7, 21), minutes=play.dice.randint(0, 59)
            )
            play.at(moment, lambda: _buy(play))
    # A busy last day, so that every work list has something in it.
    for hour in range(1, 15):
        play.at(play.until - timedelta(hours=hour, minutes=play.dice.randint(0, 50)), lambda: _buy(play))
    # Two payments for the list of what is stuck: a charge that the bank refuses, and an answer that never comes.
    play.at(play.until - timedelta(hours=30), lambda: _buy(play, card="capture_fails"))
    play.at(play.until - timedelta(minutes=40), lambda: _buy(play, card="never"))


def _buy(play: Play, card: str = "") -> None:
    dice = play.dice
    view_code = "de" if card else dice.choice(("de", "de", "de", "en", "en", "us"))
    store = get_store_context(view_code)
    name = dice.choice(NAMES)
    cart = _fill_cart(play, store)
    if cart is None:
        return
    by_transfer = not card and dice.random() < 0.22 and view_code != "us"
    token = card or ("decline" if dice.random() < 0.02 else "approve")
    choice = (
        PaymentChoice("bank_transfer", Instrument("", ""))
        if by_transfer
        else PaymentChoice("test_card", Instrument(token, "•••• 4242"))
    )
    _choose_pickup(dice, cart, store)
    address = _address(dice, name, store)
    save_details(cart, {"shipping": address})
    _use_voucher(play, cart, store)
    buyer = Buyer(name=name, email=f"{name.split()[0].lower()}@example.test", shipping_address=address)
    try:
        with override(store.language):
            order = place_order(cart, buyer, choice, store=store, actor=buyer_actor(name))
    except DomainError:
        # Sold out meanwhile: this buyer leaves, as buyers do.
        return
    if by_transfer and dice.random() < 0.85:
        play.later(lambda: _transfer_arrives(play, order.ref), hours=(14, 70))
    elif order.placed_at is not None:
        _wait_for_merchants(play, order)


def _fill_cart(play: Play, store: StoreContext) -> Cart | None:
    token, cart = "", None
    for _line in range(play.dice.choice((1, 1, 1, 2, 2, 3))):
        ref = play.dice.choice(play.offers[store.currency])
        try:
            cart = add_to_cart(token, ref, play.dice.choice((1, 1, 1, 2)), store=store)
        except DomainError:
            continue
        token = cart.token
    return cart


def _use_voucher(play: Play, cart: Cart, store: StoreContext) -> None:
    """The first buyers whose cart the code fits use it."""
    if play.vouchers_left:
        try:
            put_voucher_on_cart(cart, VOUCHER, store=store)
        except VoucherRefused:
            return
        cart.refresh_from_db()
        play.vouchers_left -= 1


def _choose_pickup(dice: random.Random, cart: Cart, store: StoreContext) -> None:
    """Some buyers fetch their goods where that is offered."""
    for group in view_cart(cart, store).groups:
        pickup = next((option for option in group.options if option.kind == "pickup"), None)
        if pickup is not None and dice.random() < 0.3:
            choose_delivery(cart, {group.merchant_ref: pickup.key}, store=store)


def _address(dice: random.Random, name: str, store: StoreContext) -> dict[str, str]:
    postcode, city = dice.choice(CITIES)
    country = store.country
    if country == "US":
        postcode, city = "04101", "Portland"
    return {
        "name": name,
        "street": f"Long street {dice.randint(1, 90)}",
        "street2": "",
        "postcode": postcode,
        "city": city,
        "region": "",
        "country": country,
    }


def _transfer_arrives(play: Play, order_ref: str) -> None:
    order = mark_paid(order_ref, reference=f"SEPA {order_ref}", actor=play.operator)
    _wait_for_merchants(play, order)


def _wait_for_merchants(play: Play, order: Order) -> None:
    for part in order.merchant_orders.order_by("position"):
        play.later(lambda ref=part.ref: _answer(play, ref), hours=(2, 26))  # type: ignore[misc]


def _answer(play: Play, ref: str) -> None:
    part = MerchantOrder.objects.get(ref=ref)
    if part.state != MerchantOrderState.WAITING_ACCEPTANCE:
        return
    roll = play.dice.random()
    if roll < 0.03:
        refuse_merchant_order(ref, reason="Damaged in the warehouse, no replacement", actor=play.operator)
        return
    lines = list(part.lines.order_by("position"))
    if roll < 0.06 and len(lines) > 1:
        accept_lines(
            ref, {line.position: line.quantity for line in lines[1:]}, reason="Sold out", actor=play.operator
        )
    else:
        accept_merchant_order(ref, actor=play.operator)
    if part.merchant_id not in play.slow or play.dice.random() < 0.5:
        play.later(lambda: _ship(play, ref), hours=(5, 60))


def _ship(play: Play, ref: str) -> None:
    part = MerchantOrder.objects.get(ref=ref)
    if part.state not in (MerchantOrderState.IN_PREPARATION, MerchantOrderState.PARTLY_SHIPPED):
        return
    pieces = None
    lines = list(part.lines.order_by("position"))
    if len(lines) > 1 and part.state == MerchantOrderState.IN_PREPARATION and play.dice.random() < 0.4:
        pieces = {lines[0].position: lines[0].quantity_open}
        play.later(lambda: _ship(play, ref), hours=(20, 50))
    number = f"JD{play.dice.randint(10**11, 10**12 - 1)}"
    try:
        ship_parcel(ref, Parcel(pieces=pieces, carrier="dhl", tracking_number=number), actor=play.operator)
    except DomainError:
        return
    if pieces is None and part.delivery_kind == "pickup":
        play.later(lambda: _ready_to_collect(play, ref), hours=(4, 20))
    elif pieces is None:
        play.later(lambda: _arrive(play, ref), hours=(30, 110))


def _ready_to_collect(play: Play, ref: str) -> None:
    make_collectable(ref, actor=play.operator)
    play.later(lambda: _arrive(play, ref), hours=(20, 100))


def _arrive(play: Play, ref: str) -> None:
    part = MerchantOrder.objects.select_related("order").get(ref=ref)
    on_the_way = part.state in (MerchantOrderState.SHIPPED, MerchantOrderState.TO_COLLECT)
    if not on_the_way or play.dice.random() < 0.1:
        return
    confirm_receipt(part.order_id, part.position, actor=buyer_actor(part.order.buyer_name))
    if play.dice.random() < 0.08:
        play.later(lambda: _send_back(play, ref), hours=(30, 140))


def _send_back(play: Play, ref: str) -> None:
    part = MerchantOrder.objects.get(ref=ref)
    line = part.lines.order_by("position").first()
    if line is None or not line.quantity_refundable:
        return
    request_refund(
        ref,
        RefundWish(
            parts=[RefundPart(position=line.position, quantity=1)], reason="returned", note="Did not fit."
        ),
        actor=play.operator,
    )


def offers_by_currency() -> dict[str, list[str]]:
    """Refs of what can be bought: everything in euro; dollars come by conversion, so the same offers.

    The shop whose login is printed sells more than the others, so that its pages have something to show.
    """
    offers = Offer.objects.sellable().filter(available_quantity__gt=2).order_by("id")
    refs = list(offers.values_list("ref", flat=True))
    refs += FAVOUR * list(offers.filter(merchant__email=MERCHANT_LOGIN).values_list("ref", flat=True))
    return {"EUR": refs, "USD": refs}


def count_by_state() -> str:
    """How many merchant orders stand where, for the log."""
    states: dict[str, int] = {}
    for state in MerchantOrder.objects.of_placed_orders().values_list("state", flat=True):
        states[state] = states.get(state, 0) + 1
    unpaid = Order.objects.filter(payment__state=PaymentState.AWAITED).count()
    return ", ".join(f"{state} {count}" for state, count in sorted(states.items())) + f", unpaid {unpaid}"
