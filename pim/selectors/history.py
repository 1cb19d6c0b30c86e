"""The change ledger read back: who changed what, and what a card said at any moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from pim.models import Card, Change, ChangeSet
from pim.selectors.layers import ABSENT, Layer, read_layers
from pim.selectors.scopes import locale_chain
from pim.selectors.structure import AttributeSpec, get_structure
from pim.selectors.value_texts import value_text


def list_changes(card: Card) -> QuerySet[Change]:
    """Every change of a card's values, newest first; the caller has checked that the actor may see the card."""
    return Change.objects.filter(card=card).select_related("change_set").order_by("-pk")


def find_last_change(card: Card) -> tuple[str, datetime] | None:
    """Who changed the card's values last, and when."""
    change = list_changes(card).first()
    return (change.change_set.actor_label, change.change_set.at) if change else None


def get_change_set(ref: str, *, actor: Actor) -> ChangeSet:
    """One change set: operators any, merchants their own. Raises `NotFound`."""
    sets = ChangeSet.objects.filter(ref=ref)
    if not actor.is_global:
        sets = sets.filter(merchant_id__in=sorted(actor.merchant_ids))
    found = sets.first()
    if found is None:
        raise NotFound(_("There is no such change."))
    return found


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One changed value as people read it; empty texts stand for "not set"."""

    change_id: int
    code: str
    label: str
    where: str
    before: str
    after: str
    at: datetime
    who: str
    source: str
    change_set_ref: str


def list_change_lines(card: Card, language: str, limit: int = 25) -> list[ChangeLine]:
    """The newest changes of a card, one line per value; the caller has checked that the actor may see the card."""
    attributes = get_structure().attributes
    lines = []
    for change in list_changes(card)[:limit]:
        made = change.change_set
        for code, (old, new) in sorted(change.patch.items()):
            spec = attributes.get(code)
            lines.append(
                ChangeLine(
                    change_id=change.pk,
                    code=code,
                    label=spec.name_in(locale_chain(language)) if spec else code,
                    where=change.locale,
                    before=_change_text(spec, old, language),
                    after=_change_text(spec, new, language),
                    at=made.at,
                    who=made.actor_label,
                    source=made.get_source_display(),
                    change_set_ref=made.ref,
                )
            )
    return lines


def _change_text(spec: AttributeSpec | None, value: Any, language: str) -> str:
    if value == ABSENT or value is None:
        return ""
    return value_text(spec, value, language) if spec else str(value)


@dataclass(frozen=True, slots=True)
class PastValues:
    """A card's layers as they were at a moment."""

    at: datetime
    layers: Mapping[Layer, Mapping[str, Any]]


def read_values_as_of(card: Card, at: datetime) -> PastValues:
    """Walk the ledger back from now to `at` (inclusive: changes of that very moment count as done); two statements."""
    layers = {layer: dict(values) for layer, values in read_layers([card.pk])[card.pk].items()}
    for change in Change.objects.filter(card=card, change_set__at__gt=at).order_by("-pk"):
        roll_back(layers.setdefault(Layer(change.scope_id, change.locale), {}), change.patch)
    return PastValues(at, {layer: values for layer, values in layers.items() if values})


def roll_back(values: dict[str, Any], patch: Mapping[str, list[Any]]) -> None:
    """Undo one patch in memory."""
    for code, (old, _new) in patch.items():
        if old == ABSENT:
            values.pop(code, None)
        else:
            values[code] = old
