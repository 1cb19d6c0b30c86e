"""What roles may do: shipped by the apps, edited by the operator, both kept through upgrades."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.grants import grants_of
from backoffice.kernel.phrases import Phrase
from mms.models import Role
from mms.operations.checking import check_model
from mms.permissions import MANAGE_ROLES, ROLES


def load_permissions() -> list[ModuleType]:
    """Import every app's `permissions.py`, so that all grants are declared in this process."""
    names = [
        f"{config.name}.permissions"
        for config in apps.get_app_configs()
        # Other people's packages have modules of this name too; importing them has side effects.
        if "site-packages" not in config.path
    ]
    return [import_module(name) for name in names if find_spec(name) is not None]


def collect_shipped_grants() -> dict[str, set[str]]:
    """Role code → union of what every installed app's `permissions.ROLE_GRANTS` gives it."""
    shipped: dict[str, set[str]] = {code: set() for code in ROLES}
    for module in load_permissions():
        for code, grants in getattr(module, "ROLE_GRANTS", {}).items():
            if code not in shipped:
                raise LookupError(
                    f"{module.__name__} gives grants to {code!r}, which is no role of mms.permissions"
                )
            shipped[code] |= set(grants)
    return shipped


@transaction.atomic
def seed_roles() -> None:
    """Bring the shipped roles up to date after a migration: new grants come, withdrawn ones go, edits stay."""
    existing = {role.code: role for role in Role.objects.all()}
    for code, grants in collect_shipped_grants().items():
        name, audience = ROLES[code]
        new = grants & grants_of(audience)
        role = existing.get(code)
        if role is None:
            with override("en"):
                Role.objects.create(
                    code=code,
                    name=Phrase(str(name)),
                    audience=audience,
                    grants=sorted(new),
                    shipped_grants=sorted(new),
                )
            continue
        old = set(role.shipped_grants)
        if new != old:
            role.grants = sorted((set(role.grants) | (new - old)) - (old - new))
            role.shipped_grants = sorted(new)
            role.save(update_fields=["grants", "shipped_grants"])


def _check_grants(grants: Iterable[str], audience: str) -> list[str]:
    wanted = set(grants)
    strange = sorted(wanted - grants_of(audience))
    if strange:
        raise InvalidInput(
            _("This role cannot hold: %(grants)s.") % {"grants": ", ".join(strange)},
            fields={"grants": _("Choose from the listed rights only.")},
        )
    return sorted(wanted)


@transaction.atomic
def create_role(code: str, *, name: str, audience: str, grants: Iterable[str], actor: Actor) -> Role:
    """Define a role of one's own. Raises `InvalidInput`."""
    actor.require(MANAGE_ROLES)
    role = Role(code=code, name=name, audience=audience, grants=_check_grants(grants, audience))
    check_model(role, exclude=["grants", "shipped_grants"])
    role.save()
    audit.record(
        "mms.role.created", actor=actor, subject=role, changes={"grants": [[], role.grants]}, note=code
    )
    return role


@transaction.atomic
def change_role(role: Role, *, name: str, grants: Iterable[str], actor: Actor) -> Role:
    """Change a role's name and rights; holds for everybody who has it from their next request on."""
    actor.require(MANAGE_ROLES)
    changes: dict[str, list[object]] = {}
    wanted = _check_grants(grants, role.audience)
    if sorted(role.grants) != wanted:
        changes["grants"] = [sorted(role.grants), wanted]
    if role.name != name:
        changes["name"] = [role.name, name]
        role.name = name
    if not changes:
        return role
    role.grants = wanted
    check_model(role, exclude=["grants", "shipped_grants"])
    role.save(update_fields=["name", "grants"])
    audit.record("mms.role.changed", actor=actor, subject=role, changes=changes, note=role.code)
    return role
