"""One timeline per thing: audit entries, comments and events of an app, newest first, grouped by day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.kernel.actors import ActorKind

ACTOR_ICONS = {
    ActorKind.USER: "user",
    ActorKind.API_KEY: "key",
    ActorKind.BUYER: "bag",
    ActorKind.TIMER: "clock",
    ActorKind.SYSTEM: "gear",
}


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
    return ", ".join(str(part) for part in value) if isinstance(value, list) else value


def by_day(items: Iterable[Any]) -> Iterator[tuple[date, list[Entry]]]:
    """Entries (or audit rows) grouped by local day, newest first."""
    entries = [item if isinstance(item, Entry) else from_audit(item) for item in items]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    for day, group in groupby(entries, key=lambda entry: timezone.localtime(entry.at).date()):
        yield day, list(group)
