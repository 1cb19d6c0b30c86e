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
    chooser = _Chooser(
        codes=codes,
        variants=variants,
        mine=resolve_for_store(chosen, layers, store).values,
        values={card.pk: resolve_for_store(card, layers, store).values for card in variants},
        buyable={offer.card_id for offer in offers if offer.is_buyable},
        store=store,
    )
    found = (chooser.axis(structure.attributes[code]) for code in codes)
    return tuple(axis for axis in found if axis.choices)


@dataclass(frozen=True, slots=True)
class _Chooser:
    """The variants of one parent and what each has on every axis."""

    codes: Sequence[str]
    variants: Sequence[Card]
    mine: Mapping[str, Any]
    values: Mapping[int, Mapping[str, Any]]
    buyable: set[int]
    store: StoreContext

    def axis(self, spec: AttributeSpec) -> Axis:
        groups: dict[str, list[Card]] = {}
        for card in self.variants:
            value = self.values[card.pk].get(spec.code)
            if value is not None:
                groups.setdefault(repr(value), []).append(card)
        choices = sorted((self._choice(spec, cards) for cards in groups.values()), key=lambda pair: pair[0])
        label = spec.name_in(locale_chain(self.store.language))
        return Axis(spec.code, label, tuple(choice for _position, choice in choices))

    def _choice(self, spec: AttributeSpec, cards: Sequence[Card]) -> tuple[int, AxisChoice]:
        value = self.values[cards[0].pk][spec.code]
        option = spec.options.get(value) if isinstance(value, str) else None
        return option.position if option else 0, AxisChoice(
            label=value_text(spec, value, self.store.language, self.store.country),
            variant_ref=max(cards, key=self._nearness).ref,
            is_chosen=self.mine.get(spec.code) == value,
            is_buyable=any(card.pk in self.buyable for card in cards),
            swatch=option.swatch if option else "",
        )

    def _nearness(self, card: Card) -> tuple[int, bool, int]:
        shared = sum(self.values[card.pk].get(code) == self.mine.get(code) for code in self.codes)
        return shared, card.pk in self.buyable, -card.pk
