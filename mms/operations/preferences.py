"""Stating settings at a scope, key by key: one key stated leaves every other inheriting."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from mms.models import PreferenceValue, ScopeNode
from mms.operations.versions import announce_change
from mms.permissions import MANAGE_PREFERENCES
from mms.selectors.preferences import PREFERENCES, get_declared
from mms.selectors.scopes import places_of_scope


def _refuse(code: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={code: message})


@transaction.atomic
def state_preference(code: str, value: Any, *, scope: ScopeNode, actor: Actor) -> None:
    """Let `value` hold at this scope and below (None = blank here). Raises `InvalidInput`, `NotFound`."""
    actor.require(MANAGE_PREFERENCES, places=places_of_scope(scope))
    declared = get_declared(code)
    if scope.depth > declared.lowest_depth:
        raise _refuse(
            code, _("This setting holds further up; it cannot be stated at %(scope)s.") % {"scope": scope}
        )
    if value is not None:
        if type(value) is not declared.kind:
            raise _refuse(code, _("This is not the kind of value that belongs here."))
        problem = declared.check(value) if declared.check else ""
        if problem:
            raise _refuse(code, problem)
    row = PreferenceValue.objects.select_for_update().filter(scope=scope, key=code).first()
    if row is not None and row.value == value:
        return
    old = row.value if row else _("inherited")
    PreferenceValue.objects.update_or_create(
        scope=scope,
        key=code,
        defaults={"value": value, "updated_at": clock.now(), "updated_by_label": actor.label},
    )
    audit.record(
        "mms.preference.stated", actor=actor, subject=scope, changes={code: [old, value]}, note=scope.code
    )
    announce_change(PREFERENCES)


@transaction.atomic
def inherit_preference(code: str, *, scope: ScopeNode, actor: Actor) -> None:
    """Delete what is stated here, so the value comes from above again; repeating it changes nothing."""
    actor.require(MANAGE_PREFERENCES, places=places_of_scope(scope))
    get_declared(code)
    row = PreferenceValue.objects.filter(scope=scope, key=code).first()
    if row is None:
        return
    row.delete()
    audit.record(
        "mms.preference.inherited",
        actor=actor,
        subject=scope,
        changes={code: [row.value, _("inherited")]},
        note=scope.code,
    )
    announce_change(PREFERENCES)
