"""Filters of lists: which attribute has which values among the cards found, and how many cards each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from mms.context import StoreContext
from pim.models import FACET_SCALE, AttributeType, CardFacet, CardListing
from pim.selectors.scopes import locale_chain, scope_chain
from pim.selectors.structure import AttributeSpec, get_structure
from pim.selectors.value_kinds import plain_decimal

Filters = Mapping[str, Sequence[str]]
NUMERIC = (AttributeType.INTEGER, AttributeType.DECIMAL, AttributeType.MEASURE)
MAX_CHOICES = 30


@dataclass(frozen=True, slots=True)
class FacetChoice:
    value: str
    label: str
    count: int
    is_chosen: bool
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter: choices with counts, or a range from `low` to `high` in the attribute's base unit."""

    code: str
    label: str
    choices: tuple[FacetChoice, ...] = ()
    low: str = ""
    high: str = ""
    unit: str = ""
    chosen_low: str = ""
    chosen_high: str = ""


def rows_of(spec: AttributeSpec, store: StoreContext) -> QuerySet[CardFacet]:
    """The facet rows of an attribute that count in a view: those of its scopes and languages that no narrower
    row hides.
    """
    rows = CardFacet.objects.filter(attribute_id=spec.id)
    if not (spec.is_scopable or spec.is_localisable):
        return rows.filter(scope_id=0, locale="")
    order = [(scope, locale) for scope in scope_chain(store) for locale in locale_chain(store.language)]
    seen = Q(pk__in=())
    for rank, (scope_id, locale) in enumerate(order):
        here = Q(scope_id=scope_id, locale=locale)
        if rank:
            narrower = Q(pk__in=())
            for other_scope, other_locale in order[:rank]:
                narrower |= Q(scope_id=other_scope, locale=other_locale)
            same = CardFacet.objects.filter(narrower, card_id=OuterRef("card_id"), attribute_id=spec.id)
            here = here & Q(~Exists(same))
        seen |= here
    return rows.filter(seen)


def condition(spec: AttributeSpec, values: Sequence[str], store: StoreContext) -> Q | None:
    """Listings whose card (or a variant of it) has one of the values; "10..20" is a range. None when nothing fits."""
    rows = rows_of(spec, store)
    if spec.has_options:
        ids = [spec.options[value].id for value in values if value in spec.options]
        chosen = rows.filter(option_id__in=ids) if ids else None
    elif spec.type in NUMERIC:
        chosen = _in_ranges(rows, values)
    elif spec.type == AttributeType.BOOLEAN:
        wanted = [FACET_SCALE if value == "1" else 0 for value in values if value in ("0", "1")]
        chosen = rows.filter(number_micro__in=wanted) if wanted else None
    else:
        chosen = rows.filter(text__in=[value[:60] for value in values])
    return None if chosen is None else Q(card_id__in=chosen.values("shown_card_id"))


def _in_ranges(rows: QuerySet[CardFacet], values: Sequence[str]) -> QuerySet[CardFacet] | None:
    condition, found = Q(), False
    for value in values:
        low, _sep, high = value.partition("..")
        try:
            bounds = [int(Decimal(text) * FACET_SCALE) if text else None for text in (low, high or low)]
        except ArithmeticError:
            continue
        if all(bound is None or abs(bound) < 2**63 for bound in bounds):
            part = Q(number_micro__isnull=False)
            if bounds[0] is not None:
                part &= Q(number_micro__gte=bounds[0])
            if (high or not _sep) and bounds[1] is not None:
                part &= Q(number_micro__lte=bounds[1])
            condition, found = condition | part, True
    return rows.filter(condition) if found else None


# (attribute id, option id, text, number for yes/no) → (count, lowest, highest)
Counted = dict[tuple[int, int | None, str, int | None], tuple[int, int | None, int | None]]


def count_facets(
    base: QuerySet[CardListing], filters: Filters, conditions: Mapping[str, Q], store: StoreContext
) -> list[Facet]:
    """Choices with counts for every filterable attribute; two statements.

    A facet counts under the other filters, not its own, so that people can add a second choice.
    """
    specs = [
        spec
        for spec in get_structure().filterable()
        if spec.code != "brand" and spec.type not in (AttributeType.PRICE, AttributeType.RICH)
    ]
    everything = base.filter(*conditions.values())
    parts = [([spec for spec in specs if spec.code not in conditions], everything)]
    for spec in specs:
        if spec.code in conditions:
            others = base.filter(*(item for code, item in conditions.items() if code != spec.code))
            parts.append(([spec], others))
    counted: Counted = {}
    ranges = [_found([s for s in group if s.type in NUMERIC], listings, store) for group, listings in parts]
    for row in _together(
        [rows.values_list("attribute_id").annotate(*RANGE) for rows in ranges if rows is not None]
    ):
        counted[row[0], None, "", None] = (row[1], row[2], row[3])
    choices = [
        _found([s for s in group if s.type not in NUMERIC], listings, store) for group, listings in parts
    ]
    keys = ("attribute_id", "option_id", "text", "number_micro")
    for row in _together([rows.values_list(*keys).annotate(CARDS) for rows in choices if rows is not None]):
        counted[row[0], row[1], row[2], row[3]] = (row[4], None, None)
    return [facet for facet in (_facet(spec, counted, filters, store) for spec in specs) if facet is not None]


CARDS = Count("shown_card_id", distinct=True)
RANGE = (CARDS, Min("number_micro"), Max("number_micro"))


def _found(
    specs: Sequence[AttributeSpec], listings: QuerySet[CardListing], store: StoreContext
) -> QuerySet[CardFacet] | None:
    """The facet rows of these attributes among the cards found; None without attributes."""
    if not specs:
        return None
    plain = [spec.id for spec in specs if not (spec.is_scopable or spec.is_localisable)]
    rows = CardFacet.objects.filter(attribute_id__in=plain, scope_id=0, locale="")
    for spec in specs:
        if spec.id not in plain:
            rows = rows | rows_of(spec, store)
    return rows.filter(shown_card_id__in=listings.order_by().values("card_id")).order_by()


def _together(parts: list[Any]) -> Iterable[tuple[Any, ...]]:
    """The rows of several grouped statements in one."""
    if not parts:
        return ()
    together: Iterable[tuple[Any, ...]] = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return together


def _facet(spec: AttributeSpec, counted: Counted, filters: Filters, store: StoreContext) -> Facet | None:
    languages = locale_chain(store.language)
    chosen = filters.get(spec.code, ())
    label = spec.name_in(languages)
    if spec.type in NUMERIC:
        _n, low, high = counted.get((spec.id, None, "", None), (0, None, None))
        if low is None or high is None or (low == high and not chosen):
            return None
        wanted_low, _sep, wanted_high = (chosen[0] if chosen else "").partition("..")
        unit = next((unit.symbol for unit in spec.units.values() if unit.code == spec.base_unit), "")
        return Facet(spec.code, label, (), _number(low), _number(high), unit, wanted_low, wanted_high)
    choices = _choices(spec, counted, chosen, languages)
    return Facet(spec.code, label, tuple(choices[:MAX_CHOICES])) if len(choices) > 1 or chosen else None


def _number(micro: int) -> str:
    return plain_decimal(Decimal(micro) / FACET_SCALE)


def _choices(
    spec: AttributeSpec, counted: Counted, chosen: Sequence[str], languages: Sequence[str]
) -> list[FacetChoice]:
    by_id = {option.id: option for option in spec.options.values()}
    choices: list[tuple[int, FacetChoice]] = []
    for (attribute_id, option_id, text, number), (count, _low, _high) in counted.items():
        if attribute_id != spec.id:
            continue
        if option_id in by_id:
            option = by_id[option_id or 0]
            label = option.names.get(languages[0]) or option.names.get("en") or option.code
            choices.append(
                (
                    option.position,
                    FacetChoice(option.code, label, count, option.code in chosen, option.swatch),
                )
            )
        elif number is not None:
            value = "1" if number else "0"
            choices.append(
                (
                    1 - (number > 0),
                    FacetChoice(value, _("Yes") if number else _("No"), count, value in chosen),
                )
            )
        elif text:
            choices.append((0, FacetChoice(text, text, count, text in chosen)))
    return [
        choice
        for _position, choice in sorted(choices, key=lambda item: (item[0], -item[1].count, item[1].label))
    ]
