"""States as people see them: word, colour and icon, registered once per model and never colour alone.

An app registers its states in `ready()` or beside its models' console/portal code:

    register_states("oms.MerchantOrder", {"shipped": State(_("Shipped"), DONE), ...})
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.ui import formats

DONE = "done"  # green: finished well
WAITING = "waiting"  # amber: waits for someone
DANGER = "danger"  # red: broken or late
INFO = "info"  # blue: informational, under way
ENDED = "ended"  # grey: over, nothing to do
ICONS = {DONE: "check", WAITING: "clock", DANGER: "alert", INFO: "dot", ENDED: "minus"}


@dataclass(frozen=True, slots=True)
class State:
    """How one state is shown; `hint` explains it on hover and focus."""

    label: Any
    tone: str = INFO
    icon: str = ""
    hint: Any = ""


_registry: dict[str, dict[str, State]] = {}


def register_states(kind: str, states: Mapping[str, State | tuple[Any, ...]]) -> None:
    """Register the states of `kind` (a model label such as `oms.MerchantOrder`, or any name of your own).

    Later registrations of the same kind add to and replace earlier ones.
    """
    known = _registry.setdefault(kind.lower(), {})
    for code, state in states.items():
        known[str(code)] = state if isinstance(state, State) else State(*state)


def find_state(value: Any, kind: str = "") -> State:
    """The registered look of a state; an unregistered one is shown as its own word in grey."""
    code = str(value)
    found = _registry.get(kind.lower(), {}).get(code) if kind else None
    return found or State(code.replace("_", " ").capitalize() if code else _("Unknown"), ENDED)


def state_label(value: Any, kind: str = "") -> str:
    return str(find_state(value, kind).label)


def badge(value: Any, kind: str = "", tone: str = "") -> SafeString:
    """A badge for a state of `kind`, for a model instance with `state`, or for any word with an explicit `tone`."""
    if value is None or value == "":
        return formats.DASH
    if isinstance(value, models.Model):
        kind, value = kind or value._meta.label, getattr(value, "state", "")
    state = State(value, tone) if tone else find_state(value, kind)
    hint = format_html(' title="{}"', state.hint) if state.hint else ""
    return format_html(
        '<span class="bo-badge bo-badge-{}"{}>{}{}</span>',
        state.tone,
        hint,
        formats.icon(state.icon or ICONS.get(state.tone, "dot"), size="sm"),
        state.label,
    )
