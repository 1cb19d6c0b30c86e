"""Choosing a variant: by which attributes the variants differ, and where each choice leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mms.context import StoreContext
from pim.models import Card
from pim.selectors.layers import LayerMap, resolve_for_store
from pim.selectors.offers import SellableOffer
from pim.selectors.scopes import locale_chain
from pim.selectors.structure import AttributeSpec, get_structure
from pim.selectors.value_texts import value_text


@dataclass(frozen=True, slots=True)
class AxisChoice:
    """One value of an axis; following it leads to `variant_ref` (the nearest one with this value)."""

    label: str
    variant_ref: str
    is_chosen: bool
    is_buyable: bool
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    code: str
    label: str
    choices: tuple[AxisChoice, ...]


def list_axes(
    variants: Sequence[Card],
    chosen: Card,
    layers: Mapping[int, LayerMap],
    offers: Sequence[SellableOffer],
    store: StoreContext,
) -> tuple[Axis, ...]:
    """The axes of a parent with a choice per value; a choice keeps as many of the other chosen values as possible."""
    structure = get_structure()
    codes = structure.families[chosen.family_id].axes
    values = {card.pk: resolve_for_store(card, layers, store).values for card in variants}
    buyable = {offer.card_id for offer in offers if offer.is_buyable}
    found = (
        _axis(structure.attributes[code], codes, variants, chosen, values, buyable, store) for code in codes
    )
    return tuple(axis for axis in found if axis.choices)


def _axis(
    spec: AttributeSpec,
    codes: Sequence[str],
    variants: Sequence[Card],
    chosen: Card,
    values: Mapping[int, Mapping[str, Any]],
    buyable: set[int],
    store: StoreContext,
) -> Axis:
    groups: dict[str, list[Card]] = {}
    for card in variants:
        value = values[card.pk].get(spec.code)
        if value is not None:
            groups.setdefault(repr(value), []).append(card)
    mine = values.get(chosen.pk, {})
    choices: list[tuple[int, AxisChoice]] = []
    for cards in groups.values():
        value = values[cards[0].pk][spec.code]
        nearest = max(
            cards,
            key=lambda card: (
                sum(values[card.pk].get(code) == mine.get(code) for code in codes),
                card.pk in buyable,
                -card.pk,
            ),
        )
        option = spec.options.get(value) if isinstance(value, str) else None
        choices.append(
            (
                option.position if option else 0,
                AxisChoice(
                    label=value_text(spec, value, store.language, store.country),
                    variant_ref=nearest.ref,
                    is_chosen=mine.get(spec.code) == value,
                    is_buyable=any(card.pk in buyable for card in cards),
                    swatch=option.swatch if option else "",
                ),
            )
        )
    ordered = sorted(choices, key=lambda pair: pair[0])
    return Axis(
        spec.code, spec.name_in(locale_chain(store.language)), tuple(choice for _pos, choice in ordered)
    )
