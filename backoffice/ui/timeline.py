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

# A code of ours, such as a state: read without its underscores.
CODE = re.compile(r"[a-z]+(_[a-z]+)+")
ACTOR_ICONS = {
    ActorKind.USER: "user",
    ActorKind.API_KEY: "key",
    ActorKind.BUYER: "bag",
    ActorKind.TIMER: "clock",
    ActorKind.SYSTEM: "gear",
}

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


def from_audit(item: Any) -> Entry:
    """An audit entry as a timeline entry; changed fields become old → new lines."""
    text = action_text(item.action)
    changes = tuple(
        (name.replace("_", " ").capitalize(), _plain(pair[0]), _plain(pair[1]))
        for name, pair in sorted(item.changes.items())
        if isinstance(pair, list | tuple) and len(pair) == 2
    )
    return Entry(item.at, text, item.actor_label, item.actor_kind, item.note, changes)


def _plain(value: Any) -> Any:
    if value is None or value == "":
        return _("empty")
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
