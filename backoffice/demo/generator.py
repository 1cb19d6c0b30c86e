"""A marketplace of any size: the demo's merchants, products and purchases, copied until the wanted numbers stand."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max

from backoffice.demo import loader
from backoffice.demo.multiply.afterwards import settle_figures
from backoffice.demo.multiply.copying import Copier
from backoffice.demo.multiply.plan import Plan
from backoffice.demo.multiply.prototypes import Sample, holds_copies, take_samples
from backoffice.demo.multiply.tables import CARDS, FAMILIES, MERCHANTS, OFFERS, ORDERS

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many approved merchants, cards, offers and orders shall stand at the end."""

    merchants: int
    cards: int
    offers: int
    orders: int


class CannotMultiply(Exception):
    """Nothing finished is there to be copied, or what is there are copies already. The message says which."""


def generate(wanted: Wanted, say: Say) -> None:
    """Load the demo where it is missing, then copy up to the wanted numbers; what is more already, stays.

    Purchases spread over the copied offers, offers over the copied cards and merchants. `doctor` stays clean.
    """
    loader.load(say)
    multiply(wanted, say)


def multiply(wanted: Wanted, say: Say) -> None:
    """Copy what is there up to the wanted numbers; raises `CannotMultiply` and leaves all as it is."""
    missing = _missing(wanted)
    if not any(missing.values()):
        return
    if holds_copies():
        raise CannotMultiply(
            "this marketplace was multiplied before, and copies of copies would share their refs; "
            "start with an empty database"
        )
    samples = take_samples()
    plan = _plan(missing, samples)
    first_keys = {
        sample.family.name: (sample.family.root._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
        for sample in samples.values()
    }
    copier = Copier(samples, plan)
    try:
        for family in FAMILIES:
            for done, of in copier.run(family.name):
                say(f"{family.name}: copy {done} of {of}")
    finally:
        copier.drop()
    move_sequences([found.table.model for sample in samples.values() for found in sample.tables])
    settle_figures(first_keys, plan, say)


def _missing(wanted: Wanted) -> dict[str, int]:
    targets = {
        MERCHANTS.name: wanted.merchants,
        CARDS.name: wanted.cards,
        OFFERS.name: wanted.offers,
        ORDERS.name: wanted.orders,
    }
    return {
        family.name: max(0, targets[family.name] - family.root._default_manager.count())
        for family in FAMILIES
    }


def _plan(missing: dict[str, int], samples: dict[str, Sample]) -> Plan:
    whole, rest = {}, {}
    for name, sample in samples.items():
        if missing[name] and not sample.size:
            raise CannotMultiply(f"there is no {name} to copy")
        whole[name], rest[name] = divmod(missing[name], sample.size) if missing[name] else (0, 0)
    return Plan(whole, rest)


def move_sequences(tables: list[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
