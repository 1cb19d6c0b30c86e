"""Which rows of the marketplace at hand serve as prototypes, and which purchase, product or merchant each is of."""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Model, Q
from django.db.models.functions import Length, Substr

from backoffice.demo.multiply.engine import TAIL
from backoffice.demo.multiply.tables import (
    CARDS,
    ENTRY_SOURCES,
    FAMILIES,
    MERCHANTS,
    OFFERS,
    ORDER_CARD_OPERATIONS,
    ORDER_ENTRIES,
    ORDER_MOVEMENTS,
    ORDER_POSTINGS,
    ORDER_SEALS,
    ORDERS,
    Family,
    Table,
)
from billing.models import JournalEntry, JournalSeal, Posting
from mas.models import Merchant
from oms.models import MerchantOrder, Order, OrderLine, StockMovement, TestCardOperation
from pim.models import Card, Offer

REF = re.compile(r"\b[A-Z]{2,4}-[0-9A-HJKMNP-TV-Z]{10}\b")
Key = int | uuid.UUID


@dataclass(slots=True)
class Prototypes:
    """The rows of one table: key → number of its root (0, 1, 2 …), in the order of their keys."""

    table: Table
    family: Family
    roots: dict[Key, int]
    # How statements name it, and the first key of its copies; set by the copier.
    number: int = 0
    base: int = 0

    @property
    def count(self) -> int:
        return len(self.roots)


@dataclass(slots=True)
class Sample:
    """All prototypes of a family and the refs by which texts name them."""

    family: Family
    tables: list[Prototypes] = field(default_factory=list)
    prefixes: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        return self.tables[0].count

    def of(self, model: type[Model]) -> Mapping[Key, int]:
        return next(found.roots for found in self.tables if found.table.model is model)


def take_samples() -> dict[str, Sample]:
    """The prototypes by family name; whole purchases of approved merchants only."""
    merchants = set(Merchant.objects.filter(status="approved").values_list("pk", flat=True))
    cards = Card.objects.filter(Q(contributed_by=None) | Q(contributed_by__in=merchants))
    card_ids = set(cards.values_list("pk", flat=True))
    offers = Offer.objects.filter(merchant__in=merchants, card__in=card_ids)
    offer_ids = set(offers.values_list("pk", flat=True))
    chosen: dict[str, set[int]] = {
        MERCHANTS.name: merchants,
        CARDS.name: card_ids,
        OFFERS.name: offer_ids,
        ORDERS.name: _whole_orders(offer_ids),
    }
    samples = {family.name: _sample(family, chosen[family.name]) for family in FAMILIES}
    orders = samples[ORDERS.name]
    orders.tables += _loose_rows(orders)
    for sample in samples.values():
        sample.prefixes = frozenset(ref.partition("-")[0] for ref in _refs(sample))
    return samples


def holds_copies() -> bool:
    """Whether rows share the letters that a copied ref keeps, so that one is the other's copy."""
    for family in FAMILIES:
        rows = family.root._default_manager.order_by()
        kept = rows.values(kept=Substr("ref", 1, Length("ref") - TAIL))
        if kept.annotate(times=Count("pk")).filter(times__gt=1).exists():
            return True
    return False


def _whole_orders(offer_ids: set[int]) -> set[int]:
    """Purchases of nothing but prototypes, whose books hold nothing but what is copied, without a problem."""
    orders = set(Order.objects.exclude(merchant_orders__incidents__isnull=False).values_list("pk", flat=True))
    orders -= set(
        OrderLine.objects.exclude(offer__in=offer_ids).values_list("merchant_order__order_id", flat=True)
    )
    strange = Posting.objects.exclude(entry__source_type__in=ENTRY_SOURCES).filter(
        merchant_order_id__isnull=False
    )
    touched = strange.values_list("merchant_order_id", flat=True)
    return orders - set(MerchantOrder.objects.filter(pk__in=touched).values_list("order_id", flat=True))


def _sample(family: Family, root_ids: set[int]) -> Sample:
    sample = Sample(family)
    for table in family.tables:
        if not table.parent:
            roots: dict[Key, int] = {key: number for number, key in enumerate(sorted(root_ids))}
        else:
            parents = sample.of(_parent_model(table))
            column = table.model._meta.get_field(table.parent).attname  # type: ignore[union-attr]
            rows = table.model._default_manager.filter(table.only).order_by("pk").values_list("pk", column)
            roots = {key: parents[parent] for key, parent in rows if parent in parents}
        sample.tables.append(Prototypes(table, family, roots))
    return sample


def _parent_model(table: Table) -> type[Model]:
    if table.parent in table.links:
        return table.links[table.parent]
    found: Any = table.model._meta.get_field(table.parent)
    return found.related_model  # type: ignore[no-any-return]


def _loose_rows(orders: Sample) -> Iterator[Prototypes]:
    """Movements, the test card's own book and the journal name a purchase in words or numbers only."""
    by_ref = dict(_refs_with_roots(orders))
    movements = StockMovement.objects.order_by("pk").values_list("pk", "reference")
    yield Prototypes(ORDER_MOVEMENTS, ORDERS, dict(_by_words(movements, by_ref)))
    operations = TestCardOperation.objects.order_by("pk").values_list("pk", "key")
    yield Prototypes(ORDER_CARD_OPERATIONS, ORDERS, dict(_by_words(operations, by_ref)))
    entries: dict[Key, int] = {}
    for key, kind, source in (
        JournalEntry.objects.filter(source_type__in=ENTRY_SOURCES)
        .order_by("pk")
        .values_list("pk", "source_type", "source_id")
    ):
        root = orders.of(ENTRY_SOURCES[kind]).get(int(source))
        if root is not None:
            entries[key] = root
    yield Prototypes(ORDER_ENTRIES, ORDERS, entries)
    postings = Posting.objects.filter(entry__in=list(entries)).order_by("pk").values_list("pk", "entry_id")
    yield Prototypes(ORDER_POSTINGS, ORDERS, {key: entries[entry] for key, entry in postings})
    seals = JournalSeal.objects.filter(pk__in=list(entries)).values_list("pk", flat=True)
    yield Prototypes(ORDER_SEALS, ORDERS, {key: entries[key] for key in seals})


def _by_words(rows: Iterable[tuple[int, str]], by_ref: Mapping[str, int]) -> Iterator[tuple[Key, int]]:
    for key, words in rows:
        root = next((by_ref[ref] for ref in REF.findall(words) if ref in by_ref), None)
        if root is not None:
            yield key, root


def _refs_with_roots(sample: Sample) -> Iterator[tuple[str, int]]:
    for found in sample.tables:
        names = {item.name for item in found.table.model._meta.fields}
        for column in sorted(names & {"ref", "reference", "provider_ref"}):
            rows = found.table.model._default_manager.filter(pk__in=list(found.roots)).values_list(
                "pk", column
            )
            for key, text in rows:
                for ref in REF.findall(text):
                    yield ref, found.roots[key]


def _refs(sample: Sample) -> Iterator[str]:
    for ref, _root in _refs_with_roots(sample):
        yield ref
