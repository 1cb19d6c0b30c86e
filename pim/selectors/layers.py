"""Layers of values and how they are read through: scope first, then locale, then the parent card."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple

from mms.context import StoreContext
from pim.models import GLOBAL_SCOPE, Card, CardLayer
from pim.selectors.scopes import locale_chain, scope_chain


class Layer(NamedTuple):
    """One (scope, locale): scope 0 is global, locale "" has no language."""

    scope_id: int = GLOBAL_SCOPE
    locale: str = ""


PLAIN: Final = Layer()


class _Inherit(Enum):
    INHERIT = "inherit"

    def __repr__(self) -> str:
        return "INHERIT"


# In a patch: drop the key, so that the wider layer shows through. (None = blank here.)
INHERIT: Final = _Inherit.INHERIT
# In the ledger: the key was or becomes absent.
ABSENT: Final[dict[str, bool]] = {"absent": True}


class Source(NamedTuple):
    """Where an effective value comes from."""

    card_id: int
    layer: Layer


@dataclass(frozen=True, slots=True)
class Effective:
    """The values one reader sees, and per attribute the card and layer each comes from."""

    values: Mapping[str, Any]
    sources: Mapping[str, Source]

    def get(self, code: str, default: Any = None) -> Any:
        return self.values.get(code, default)

    def text(self, code: str) -> str:
        value = self.values.get(code)
        return "" if value is None else str(value)


LayerMap = Mapping[Layer, Mapping[str, Any]]


def read_layers(card_ids: Iterable[int]) -> dict[int, dict[Layer, dict[str, Any]]]:
    """All layers of several cards in one statement."""
    found: dict[int, dict[Layer, dict[str, Any]]] = {card_id: {} for card_id in card_ids}
    rows = CardLayer.objects.filter(card_id__among=found).values_list(
        "card_id", "scope_id", "locale", "values"
    )
    for card_id, scope_id, locale, values in rows:
        found[card_id][Layer(scope_id, locale)] = values
    return found


def reading_order(scopes: Sequence[int], locales: Sequence[str]) -> list[Layer]:
    """Layers from the first that wins to the last resort."""
    return [Layer(scope_id, locale) for scope_id in scopes for locale in locales]


def resolve(stack: Sequence[tuple[int, LayerMap]], order: Sequence[Layer]) -> Effective:
    """Read through cards (own first, then the parent's) and layers; the first holding a key decides, null blanks."""
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for card_id, layers in stack:
        for layer in order:
            for code, value in layers.get(layer, {}).items():
                if code not in sources:
                    sources[code] = Source(card_id, layer)
                    values[code] = value
    return Effective({code: value for code, value in values.items() if value is not None}, sources)


def resolve_for_store(card: Card, layers: Mapping[int, LayerMap], store: StoreContext) -> Effective:
    """What a store view shows of a card, given the layers of the card and of its parent."""
    order = reading_order(scope_chain(store), locale_chain(store.language))
    return resolve(_stack(card, layers), order)


def resolve_global(
    card: Card, layers: Mapping[int, LayerMap], languages: Sequence[str] = ("en",)
) -> Effective:
    """The global values of a card; any language counts, preferred ones first."""
    stack = _stack(card, layers)
    spoken = sorted(
        {layer.locale for _card, found in stack for layer in found if layer.scope_id == GLOBAL_SCOPE}
    )
    locales = tuple(dict.fromkeys([*languages, "", *spoken]))
    return resolve(stack, reading_order((GLOBAL_SCOPE,), locales))


def _stack(card: Card, layers: Mapping[int, LayerMap]) -> list[tuple[int, LayerMap]]:
    stack = [(card.pk, layers.get(card.pk, {}))]
    if card.parent_id:
        stack.append((card.parent_id, layers.get(card.parent_id, {})))
    return stack
