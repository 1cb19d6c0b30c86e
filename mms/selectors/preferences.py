"""Settings through the scope cascade: an absent key inherits, a null is blank here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from mms.models import PreferenceValue, ScopeNode
from mms.preferences import Preference, all_preferences, find_preference
from mms.selectors.versions import VersionedMap

PREFERENCES = "preferences"


def _load() -> dict[tuple[int, str], Any]:
    rows = PreferenceValue.objects.values_list("scope_id", "key", "value")
    return {(scope_id, key): value for scope_id, key, value in rows}


_values = VersionedMap(PREFERENCES, _load)


def get_declared(code: str) -> Preference:
    """The declaration of a key. Raises `NotFound`."""
    found = find_preference(code)
    if found is None:
        raise NotFound(_("There is no setting “%(code)s”.") % {"code": code})
    return found


def get_preference(code: str, scope_path: Sequence[int]) -> Any:
    """The value that holds at the end of a scope path (`StoreContext.scope_path`); read from memory."""
    declared, values = get_declared(code), _values.get()
    for scope_id in reversed(scope_path):
        if (scope_id, code) in values:
            return values[scope_id, code]
    return declared.default


@dataclass(frozen=True, slots=True)
class ShownPreference:
    """One key as the settings page shows it: what holds here, which scope said so, who said it."""

    declared: Preference
    value: Any
    is_own: bool
    source: str
    updated_at: datetime | None
    updated_by: str


def list_preferences_at(scope: ScopeNode) -> list[ShownPreference]:
    """Every key that may be stated at this scope, with where its value comes from, in two queries."""
    rows = PreferenceValue.objects.filter(scope_id__in=scope.path).select_related("scope")
    stated = {(row.scope_id, row.key): row for row in rows}
    shown = []
    for declared in all_preferences():
        if declared.lowest_depth < scope.depth:
            continue
        row = next(
            (stated[s, declared.code] for s in reversed(scope.path) if (s, declared.code) in stated), None
        )
        shown.append(
            ShownPreference(
                declared=declared,
                value=row.value if row else declared.default,
                is_own=row is not None and row.scope_id == scope.pk,
                source=str(row.scope) if row else "",
                updated_at=row.updated_at if row else None,
                updated_by=row.updated_by_label if row else "",
            )
        )
    return shown
