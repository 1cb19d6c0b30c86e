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
from backoffice.demo.multiply.prototypes import Sample, take_samples
from backoffice.demo.multiply.tables import FAMILIES

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many approved merchants, cards, offers and orders shall stand at the end."""

    merchants: int
    cards: int
    offers: int
    orders: int


class NothingToCopy(Exception):
    """The marketplace has no finished merchant, card, offer or purchase that could serve as a prototype."""


def generate(wanted: Wanted, say: Say) -> None:
    """Load the demo where it is missing, then copy up to the wanted numbers; what is more already, stays.

    Purchases spread over the copied offers, offers over the copied cards and merchants. `doctor` stays clean.
    """
    loader.load(say)
    multiply(wanted, say)


def multiply(wanted: Wanted, say: Say) -> None:
    """Copy what is there up to the wanted numbers; raises `NothingToCopy` in an empty marketplace."""
    samples = take_samples()
    plan = _plan(wanted, samples)
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


def _plan(wanted: Wanted, samples: dict[str, Sample]) -> Plan:
    targets = dict(
        zip(
            ("merchant", "card", "offer", "order"),
            (wanted.merchants, wanted.cards, wanted.offers, wanted.orders),
            strict=True,
        )
    )
    whole, rest = {}, {}
    for name, sample in samples.items():
        there = sample.family.root._default_manager.count()
        missing = max(0, targets[name] - there)
        if missing and not sample.size:
            raise NothingToCopy(f"there is no {name} to copy")
        whole[name], rest[name] = divmod(missing, sample.size) if missing else (0, 0)
    return Plan(whole, rest)


def move_sequences(tables: list[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
