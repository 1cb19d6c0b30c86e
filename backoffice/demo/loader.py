"""Loading the demo marketplace from nothing to settled payouts, step by step, once."""

import random
import time
from collections.abc import Callable
from datetime import timedelta

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings

from backoffice.demo import catalogue, onboarding, people, stores, structure
from backoffice.kernel import clock, work
from backoffice.kernel.actors import system_actor
from mms.models import Website

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
    with clock.shifted(-timedelta(days=OPENED_DAYS_AGO)):
        staff = people.hire_staff()
        root_ref = structure.lay_out_structure()
        stores.open_stores(system, root_ref)
        step("stores opened, staff hired")
        onboarding.prepare_onboarding(system)
        trades = list(onboarding.bring_in_merchants(staff.actor(staff.operator), staff.actor(staff.finance)))
        step(f"{len(trades)} merchants trade, others wait at every step of onboarding")
        products = catalogue.plan_products(trades, dice)
        pictures = catalogue.store_pictures(products, system)
        step(f"{len(pictures)} pictures drawn")
        cards = catalogue.list_cards(products, pictures, system)
        offers = catalogue.state_all_offers(products, cards, trades, system)
        step(f"{len(cards)} cards with {offers} offers")
    work.drain()
    step("pictures rendered, listings built")


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
