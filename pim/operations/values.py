"""The one way values of cards change: form, import, API, rules and reverts all come through here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from backoffice.kernel import clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.bulk import insert_rows, update_rows
from backoffice.kernel.phrases import gettext as _
from pim.errors import CardNotFound, InvalidValue, StaleCard
from pim.events import CardsChanged
from pim.models import Card, CardLayer, Change, ChangeSet
from pim.operations.card_rights import may_write_values
from pim.operations.facets import FacetKey, FacetRow, build_facets, replace_facets
from pim.operations.fast_columns import refresh_fast_columns
from pim.operations.value_checks import Checkbook, clean_patch, record_texts
from pim.selectors.brands import find_brand_codes
from pim.selectors.layers import ABSENT, INHERIT, Layer, read_layers
from pim.selectors.scopes import list_scopes
from pim.selectors.structure import Structure, get_structure

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class LayerPatch:
    """Values to set in one layer of one card: absent = untouched, None = blank here, INHERIT = drop the key."""

    card_id: int
    layer: Layer
    patch: Mapping[str, Any]


@dataclass(slots=True)
class ValuesOutcome:
    """What a bulk write did: per index of the input its sentences by attribute, and which cards changed how."""

    refused: dict[int, dict[str, str]] = field(default_factory=dict)
    # card id → codes that really changed
    changed: dict[int, set[str]] = field(default_factory=dict)


@transaction.atomic
def set_values(
    card: Card,
    layer: Layer,
    patch: Mapping[str, Any],
    *,
    actor: Actor,
    change_set: ChangeSet,
    seen: Mapping[str, Any] | None = None,
) -> bool:
    """Set values in one layer of a card; False when nothing differed (then nothing is written).

    With `seen` (the values the person had before them) a field somebody else changed meanwhile raises `StaleCard` with
    both values, other fields merge. Raises `InvalidValue` with a sentence per attribute. Announces `CardsChanged`.
    """
    if seen is not None:
        _refuse_stale(card, layer, patch, seen)
    outcome = set_values_bulk([LayerPatch(card.pk, layer, patch)], actor=actor, change_set=change_set)
    if 0 in outcome.refused:
        raise InvalidValue(_("Some values do not fit. Correct the marked fields."), fields=outcome.refused[0])
    if card.pk in outcome.changed:
        card.refresh_from_db()
    return card.pk in outcome.changed


def _refuse_stale(card: Card, layer: Layer, patch: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    Card.objects.select_for_update().get(pk=card.pk)
    live = read_layers([card.pk])[card.pk].get(layer, {})
    moved = {
        code: [seen[code], live.get(code)]
        for code in patch
        if code in seen and live.get(code) != seen[code] and live.get(code) != patch[code]
    }
    if moved:
        raise StaleCard(
            _("Somebody changed %(codes)s while you were editing. Compare both values and save again.")
            % {"codes": ", ".join(sorted(moved))},
            moved=moved,
        )


@transaction.atomic
def set_values_bulk(items: Sequence[LayerPatch], *, actor: Actor, change_set: ChangeSet) -> ValuesOutcome:
    """`set_values` for thousands: the same checks and effects, a fixed number of statements per thousand cards.

    An item with a value that does not fit is left out as a whole and its sentences come back in `refused`.
    Locks the cards
    in key order. Announces one `CardsChanged`.
    """
    outcome = ValuesOutcome()
    structure = get_structure()
    levels = _levels(items)
    numbered = sorted(enumerate(items), key=lambda pair: pair[1].card_id)
    for start in range(0, len(numbered), CHUNK):
        _Chunk(structure, levels, actor, change_set, outcome).write(numbered[start : start + CHUNK])
    if outcome.changed:
        events.publish(CardsChanged(card_ids=tuple(sorted(outcome.changed))))
    return outcome


def _levels(items: Iterable[LayerPatch]) -> dict[int, str]:
    if all(item.layer.scope_id == 0 for item in items):
        return {0: "global"}
    return {scope_id: scope.level for scope_id, scope in list_scopes().items()}


def insert_layers(rows: Iterable[tuple[int, Layer, Mapping[str, Any]]]) -> None:
    """Write layers (card, layer, values) that are not there yet."""
    insert_rows(
        CardLayer,
        ("card_id", "scope_id", "locale", "values"),
        [(card_id, layer.scope_id, layer.locale, values) for card_id, layer, values in rows],
    )


def record_changes(
    change_set: ChangeSet, rows: Iterable[tuple[int, Layer, Mapping[str, Sequence[Any]]]]
) -> None:
    """Enter changed values (card, layer, {attribute: [old, new]}) into the ledger."""
    insert_rows(
        Change,
        ("change_set_id", "card_id", "scope_id", "locale", "patch"),
        [(change_set.pk, card_id, layer.scope_id, layer.locale, patch) for card_id, layer, patch in rows],
    )


class _Chunk:
    """One chunk's cards and layers in memory, changed there, then written set-wise."""

    def __init__(
        self,
        structure: Structure,
        levels: dict[int, str],
        actor: Actor,
        change_set: ChangeSet,
        outcome: ValuesOutcome,
    ) -> None:
        self.structure = structure
        self.levels = levels
        self.actor = actor
        self.change_set = change_set
        self.outcome = outcome
        self.touched: dict[tuple[int, Layer], CardLayer] = {}
        self.patches: dict[tuple[int, Layer], dict[str, list[Any]]] = {}
        self.outdated: set[FacetKey] = set()
        self.facets: dict[FacetKey, list[FacetRow]] = {}

    def write(self, numbered: Sequence[tuple[int, LayerPatch]]) -> None:
        ids = {item.card_id for _index, item in numbered}
        self.cards = {
            card.pk: card for card in Card.objects.select_for_update().filter(pk__among=ids).order_by("pk")
        }
        self.layers = {
            (row.card_id, Layer(row.scope_id, row.locale)): row
            for row in CardLayer.objects.filter(card_id__among=ids)
        }
        brands = find_brand_codes(record_texts(self.structure, (item.patch for _index, item in numbered)))
        self.book = Checkbook(self.structure, self.levels, brands)
        for index, item in numbered:
            self._apply(index, item)
        if self.touched:
            self._store()

    def _apply(self, index: int, item: LayerPatch) -> None:
        card = self.cards.get(item.card_id)
        if card is None or not may_write_values(card, self.actor):
            raise CardNotFound(_("There is no such card, or it is not yours to change."))
        cleaned, errors = clean_patch(
            self.structure.families[card.family_id], item.layer, item.patch, self.book
        )
        if errors:
            self.outcome.refused[index] = errors
            return
        key = (card.pk, item.layer)
        row = self.layers.get(key)
        if row is None:
            row = CardLayer(
                card_id=card.pk, scope_id=item.layer.scope_id, locale=item.layer.locale, values={}
            )
        for code, value in cleaned.items():
            self._set(card, row, key, code, value)

    def _set(self, card: Card, row: CardLayer, key: tuple[int, Layer], code: str, value: Any) -> None:
        old = row.values.get(code, ABSENT)
        new = ABSENT if value is INHERIT else value
        # A blank in the plain layer has nothing to hide: it is the same as absent.
        if new is None and key[1] == Layer():
            new = ABSENT
        if old == new:
            return
        if new is ABSENT:
            del row.values[code]
        else:
            row.values[code] = new
        self.layers[key] = self.touched[key] = row
        patch = self.patches.setdefault(key, {})
        patch[code] = [patch[code][0] if code in patch else old, new]
        spec = self.structure.attributes[code]
        if spec.is_filterable:
            facet_key = (card.pk, spec.id, *key[1])
            if old is not ABSENT:
                self.outdated.add(facet_key)
            self.facets[facet_key] = [] if new is ABSENT else build_facets(card, spec, key[1], new)

    def _store(self) -> None:
        rows = list(self.touched.values())
        insert_layers(
            (row.card_id, Layer(row.scope_id, row.locale), row.values) for row in rows if row.pk is None
        )
        update_rows(CardLayer, ["values"], [(row.pk, row.values) for row in rows if row.pk is not None])
        replace_facets(self.outdated, [facet for built in self.facets.values() for facet in built])
        changes: list[tuple[int, Layer, dict[str, Any]]] = []
        for (card_id, layer), patch in self.patches.items():
            real = {code: pair for code, pair in patch.items() if pair[0] != pair[1]}
            if real:
                self.outcome.changed.setdefault(card_id, set()).update(real)
                changes.append((card_id, layer, real))
        record_changes(self.change_set, changes)
        changed = [self.cards[card_id] for card_id in dict.fromkeys(change[0] for change in changes)]
        for card in changed:
            card.version += 1
            card.updated_at = clock.now()
        refresh_fast_columns(changed, self._layers_by_card(), self.structure)

    def _layers_by_card(self) -> dict[int, dict[Layer, dict[str, Any]]]:
        found: dict[int, dict[Layer, dict[str, Any]]] = {}
        for (card_id, layer), row in self.layers.items():
            found.setdefault(card_id, {})[layer] = row.values
        return found
