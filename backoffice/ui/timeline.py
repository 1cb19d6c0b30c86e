"""One timeline per thing: audit entries, comments and events of an app, newest first, grouped by day."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.kernel.actors import ActorKind
from backoffice.ui.badges import state_label

# A code of ours, such as a state: read without its underscores.
CODE = re.compile(r"[a-z]+(_[a-z]+)+")
ACTOR_ICONS = {
    ActorKind.USER: "user",
    ActorKind.API_KEY: "key",
    ActorKind.BUYER: "bag",
    ActorKind.TIMER: "clock",
    ActorKind.SYSTEM: "gear",
}

_PEOPLE = {ActorKind.USER, ActorKind.BUYER}

# So few entries more than the wanted ones are not folded away.
FEW = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when, what (text or safe HTML), who, and details below it."""

    at: datetime
    text: Any
    actor: str = ""
    actor_kind: str = "system"
    note: str = ""
    changes: tuple[tuple[Any, Any, Any], ...] = ()
    tone: str = ""

    @property
    def icon(self) -> str:
        return ACTOR_ICONS.get(ActorKind(self.actor_kind), "dot")


_texts: dict[str, Any] = {}


def register_actions(texts: dict[str, Any]) -> None:
    """Words for audit actions: `{"oms.shipment.shipped": _("Shipment sent")}`; others are read from their code."""
    _texts.update(texts)


def action_text(action: str) -> Any:
    """An audit action in words: the registered ones, else read from its code."""
    return _texts.get(action) or action.partition(".")[2].replace(".", " ").replace("_", " ").capitalize()


_fields: dict[str, dict[str, tuple[Any, str]]] = {}
_actors: dict[str, Any] = {}


def register_fields(model: str, fields: dict[str, tuple[Any, str]]) -> None:
    """Words for changed fields of a model: name → (label, kind of states or ""); others are read from their name."""
    _fields.setdefault(model.lower(), {}).update(fields)


def register_actors(labels: dict[str, Any]) -> None:
    """Words for timers and parts of the product that act by themselves; the trail keeps their names as they are."""
    _actors.update(labels)


def actor_text(label: str) -> Any:
    """Who acted, as people read it: a registered name in words, a person by name."""
    return _actors.get(label, label)


def from_audit(item: Any) -> Entry:
    """An audit entry as a timeline entry; changed fields become old → new lines."""
    text = action_text(item.action)
    fields = _fields.get(item.subject_type, {})
    changes = tuple(
        (label, _plain(pair[0], kind), _plain(pair[1], kind))
        for name, pair in sorted(item.changes.items())
        if isinstance(pair, list | tuple) and len(pair) == 2
        for label, kind in [fields.get(name) or (name.replace("_", " ").capitalize(), "")]
    )
    actor = item.actor_label if item.actor_kind in _PEOPLE else actor_text(item.actor_label)
    return Entry(item.at, text, actor, item.actor_kind, item.note, changes)


def _plain(value: Any, kind: str = "") -> Any:
    if value is None or value in ("", [], {}):
        return _("empty")
    if kind:
        return state_label(value, kind)
    if isinstance(value, str) and CODE.fullmatch(value):
        return value.replace("_", " ")
    return ", ".join(str(part) for part in value) if isinstance(value, list) else value


def split_days(
    days: list[tuple[date, list[Entry]]], most: int
) -> tuple[list[tuple[date, list[Entry]]], list[tuple[date, list[Entry]]]]:
    """The newest entries, and the rest when it is worth folding away; both still by day."""
    if sum(len(entries) for _day, entries in days) <= most + FEW:
        return days, []
    shown: list[tuple[date, list[Entry]]] = []
    earlier: list[tuple[date, list[Entry]]] = []
    for day, entries in days:
        room = max(most - sum(len(group) for _day, group in shown), 0)
        if entries[:room]:
            shown.append((day, entries[:room]))
        if entries[room:]:
            earlier.append((day, entries[room:]))
    return shown, earlier


def by_day(items: Iterable[Any]) -> Iterator[tuple[date, list[Entry]]]:
    """Entries (or audit rows) grouped by local day, newest first."""
    entries = [item if isinstance(item, Entry) else from_audit(item) for item in items]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    for day, group in groupby(entries, key=lambda entry: timezone.localtime(entry.at).date()):
        yield day, list(group)
