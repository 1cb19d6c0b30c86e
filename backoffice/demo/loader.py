"""Loading the demo marketplace from nothing to settled payouts, step by step, once."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from celery import current_app
from django.conf import settings

from backoffice.demo import catalogue, desk, feeds, money, onboarding, people, stores, structure, trade
from backoffice.kernel import clock, periodic, work
from backoffice.kernel.actors import Actor, system_actor
from mms.models import Website
from pim.operations.rates import enter_rate

SEED = 20261122
OPENED_DAYS_AGO = 75


def load(say: Callable[[str], object]) -> None:
    """Bring in everything; a demo that is there already is left as it is."""
    if Website.objects.filter(code="nordhaus-group").exists():
        say("The demo marketplace is already here.")
        return
    started = time.monotonic()

    def step(text: str) -> None:
        say(f"{time.monotonic() - started:6.1f} s  {text}")

    system = system_actor("demo")
    dice = random.Random(SEED)  # noqa: S311 the demo must be the same each time
    now = clock.now()
    with _in_the_foreground(), people.hashing_in_a_moment():
        with clock.shifted(-timedelta(days=OPENED_DAYS_AGO)):
            staff = people.hire_staff()
            root_ref = structure.lay_out_structure()
            stores.open_stores(system, root_ref)
            step("stores opened, staff hired")
            finance, approver, operator = (
                staff.actor(user) for user in (staff.finance, staff.approver, staff.operator)
            )
            enter_rate(base="EUR", quote="USD", on=clock.today(), value="1.0850", actor=system)
            entity_code = money.publish_fees(finance, approver, operator)
            onboarding.prepare_onboarding(system)
            trades = list(onboarding.bring_in_merchants(operator, finance))
            step(f"{len(trades)} merchants trade, others wait at every step of onboarding")
            products = catalogue.plan_products(trades, dice)
            pictures = catalogue.store_pictures(products, system)
            step(f"{len(pictures)} pictures drawn")
            cards = catalogue.list_cards(products, pictures, system)
            offers = catalogue.state_all_offers(products, cards, trades, system)
            trade.open_delivery([merchant for _demo, merchant in trades], system)
            trade.hand_out_voucher(trades[0][1], system)
            step(f"{len(cards)} cards with {offers} offers")
        work.drain()
        step("pictures rendered, listings built")
        slow = frozenset(merchant.pk for _demo, merchant in trades[3:6])
        play = trade.Play(now, dice, operator, trade.offers_by_currency(), slow=slow)
        trade.plan_trade(play, now - timedelta(days=trade.DAYS))
        for moment, pay in money.settlement_days(now):
            play.at(moment, _settlement(entity_code, finance, approver, pay, step))
        shop = trades[0][1]
        play.at(now - timedelta(days=16), lambda: desk.refund_what_was_paid_out(shop, operator))
        play.at(now - timedelta(days=7), lambda: desk.receive_statement(entity_code, finance))
        play.at(
            now - timedelta(hours=6),
            lambda: desk.fill_desks(desk.Desk(finance, shop, people.seller_of(shop))),
        )
        play.run(on_new_day=lambda _day: periodic.run_due(everything=True))
        step(f"merchant orders: {trade.count_by_state()}")
        feeds.receive_supplier_file(shop, system)
        work.drain()
    step("ready")


def _settlement(
    entity_code: str, preparer: Actor, approver: Actor, pay: bool, step: Callable[[str], None]
) -> Callable[[], None]:
    def act() -> None:
        step(f"settlement: {money.settle(entity_code, preparer=preparer, approver=approver, pay=pay)}")

    return act


@contextmanager
def _in_the_foreground() -> Iterator[None]:
    """Background work happens at once and in the story's time, not in a worker's."""
    before = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = True
    try:
        yield
    finally:
        current_app.conf.task_always_eager = before


def logins() -> str:
    """What a visitor needs to get in, with the one-time codes that are valid now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(people.TOTP_SECRET, counter))
    base = settings.BASE_URL
    return "\n".join(
        [
            "",
            f"  Storefront  {base}/en/  {base}/de/  {base}/us/   (buy as a guest; card 4242 4242 4242 4242)",
            f"  Portal      {base}/portal/    merchant@demo.test",
            f"  Console     {base}/console/   operator@demo.test, finance@demo.test, approver@demo.test",
            f"  Password    {people.PASSWORD}   One-time code now: {code}   (secret {people.TOTP_SECRET})",
            "  A new code: manage.py demo --logins",
            "",
        ]
    )
