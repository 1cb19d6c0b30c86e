"""People and what they may do: users, role assignments. A role is defined once and assigned per object."""

from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.grants import MERCHANT, OPERATOR
from mms.errors import EmailTaken, LastAdministrator
from mms.models import Role, User
from mms.operations.api_keys import create_api_key, revoke_api_key
from mms.operations.checking import check_model
from mms.permissions import MANAGE_TEAM, MANAGE_USERS, MERCHANT_ADMIN, OPERATOR_ADMIN
from mms.selectors.access import (
    MERCHANT_TABLE,
    find_user_by_email,
    get_role,
    list_assignments,
    list_users_with_role,
)

__all__ = [
    "assign_role",
    "change_user",
    "create_api_key",
    "create_user",
    "remove_role",
    "revoke_api_key",
    "set_roles",
]


@transaction.atomic
def create_user(email: str, *, name: str, password: str | None, actor: Actor, language: str = "") -> User:
    """Create a person who can sign in (no password: only after following a link). Raises `EmailTaken`."""
    actor.require(MANAGE_USERS)
    if find_user_by_email(email) is not None:
        raise EmailTaken(
            _("A user with the address %(email)s already exists. Give that person a role instead.")
            % {"email": email}
        )
    user = User(email=email.strip().lower(), name=name.strip(), language=language)
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise InvalidInput(
                _("This password is not good enough."), fields={"password": " ".join(error.messages)}
            ) from error
    user.set_password(password)
    check_model(user)
    user.save()
    audit.record("mms.user.created", actor=actor, subject=user, note=user.email)
    return user


@transaction.atomic
def change_user(user: User, *, name: str, language: str, is_active: bool, actor: Actor) -> User:
    """Change a person's name and language, or lock them out. Raises `LastAdministrator`."""
    actor.require(MANAGE_USERS)
    changes = {
        field: [getattr(user, field), value]
        for field, value in (("name", name.strip()), ("language", language), ("is_active", is_active))
        if getattr(user, field) != value
    }
    if not changes:
        return user
    if user.is_active and not is_active:
        for item in list_assignments(user):
            _keep_an_administrator(user, item["role_code"], item["object_type"], item["object_id"])
    for field, (_old, new) in changes.items():
        setattr(user, field, new)
    check_model(user)
    user.save(update_fields=sorted(changes))
    audit.record("mms.user.changed", actor=actor, subject=user, changes=changes)
    return user


def _check_right(role: Role, on: models.Model | None, actor: Actor) -> None:
    """Operators assign any role; a merchant's administrator assigns merchant roles on the own merchant only."""
    is_merchant = on is not None and (on._meta.app_label, on._meta.model_name) == MERCHANT_TABLE
    if is_merchant and on is not None:
        if not actor.is_global:
            if on.pk not in actor.merchant_ids:
                raise NotFound(_("There is no such merchant."))
            actor.require(MANAGE_TEAM, merchant_id=on.pk)
        else:
            actor.require(MANAGE_USERS)
    else:
        actor.require(MANAGE_USERS)
    wanted = MERCHANT if is_merchant else OPERATOR
    if role.audience != wanted:
        raise InvalidInput(
            _("The role “%(role)s” cannot be assigned here: it is meant for %(audience)s.")
            % {"role": role.name, "audience": role.get_audience_display()},
            fields={"role": _("This role cannot be assigned here.")},
        )


def _permission(role: Role, on: models.Model | None) -> Permission:
    content_type = ContentType.objects.get_for_model(on if on is not None else Role)
    permission, _is_new = Permission.objects.get_or_create(
        content_type=content_type, codename=role.codename, defaults={"name": role.name[:255]}
    )
    return permission


@transaction.atomic
def assign_role(user: User, role_code: str, *, on: models.Model | None = None, actor: Actor) -> None:
    """Give a user a role everywhere, or on one merchant, website or store; repeating it changes nothing.

    Holding any operator role lets a person enter the console. Raises `NotFound`, `PermissionRefused`, `InvalidInput`.
    """
    role = get_role(role_code)
    _check_right(role, on, actor)
    permission = _permission(role, on)
    if on is None:
        if user.user_permissions.filter(pk=permission.pk).exists():
            return
        user.user_permissions.add(permission)
    else:
        _row, is_new = UserObjectPermission.objects.get_or_create(
            user=user,
            permission=permission,
            object_pk=str(on.pk),
            defaults={"content_type": permission.content_type},
        )
        if not is_new:
            return
    _after_change(user, role, on, actor, "assigned")


@transaction.atomic
def remove_role(user: User, role_code: str, *, on: models.Model | None = None, actor: Actor) -> None:
    """Take a role away; repeating it changes nothing. Raises `LastAdministrator`, `NotFound`, `PermissionRefused`."""
    role = get_role(role_code)
    _check_right(role, on, actor)
    permission = _permission(role, on)
    object_type = "" if on is None else on._meta.label_lower
    _keep_an_administrator(user, role.code, object_type, None if on is None else on.pk)
    if on is None:
        if not user.user_permissions.filter(pk=permission.pk).exists():
            return
        user.user_permissions.remove(permission)
    else:
        rows = UserObjectPermission.objects.filter(user=user, permission=permission, object_pk=str(on.pk))
        if not rows.delete()[0]:
            return
    _after_change(user, role, on, actor, "removed")


@transaction.atomic
def set_roles(user: User, role_codes: Iterable[str], *, on: models.Model, actor: Actor) -> None:
    """Make exactly these the roles a user holds on an object; all of it or, when one is refused, nothing.

    Raises what `assign_role` and `remove_role` raise.
    """
    place = (on._meta.label_lower, on.pk)
    held = {i["role_code"] for i in list_assignments(user) if (i["object_type"], i["object_id"]) == place}
    wanted = set(role_codes)
    for code in sorted(wanted - held):
        assign_role(user, code, on=on, actor=actor)
    for code in sorted(held - wanted):
        remove_role(user, code, on=on, actor=actor)


def _keep_an_administrator(user: User, role_code: str, object_type: str, object_id: int | None) -> None:
    if role_code == OPERATOR_ADMIN and not object_type:
        others = list_users_with_role(OPERATOR_ADMIN)
    elif role_code == MERCHANT_ADMIN and object_type == ".".join(MERCHANT_TABLE):
        # Two administrators may leave at once: both wait for the same rows, then count again.
        administrators = [found.pk for found in list_users_with_role(MERCHANT_ADMIN, merchant_id=object_id)]
        list(User.objects.select_for_update().filter(pk__in=administrators).order_by("pk"))
        others = list_users_with_role(MERCHANT_ADMIN, merchant_id=object_id)
    else:
        return
    if [found.pk for found in others] == [user.pk]:
        raise LastAdministrator(
            _("%(name)s is the last administrator. Make somebody else an administrator first.")
            % {"name": user}
        )


def _after_change(user: User, role: Role, on: models.Model | None, actor: Actor, verb: str) -> None:
    if on is None or role.audience == OPERATOR:
        is_staff = user.is_superuser or any(
            Role.objects.filter(code=item["role_code"], audience=OPERATOR).exists()
            for item in list_assignments(user)
        )
        if user.is_staff != is_staff:
            user.is_staff = is_staff
            user.save(update_fields=["is_staff"])
    place = "" if on is None else f" on {getattr(on, 'ref', None) or getattr(on, 'code', on.pk)}"
    audit.record(
        f"mms.role.{verb}",
        actor=actor,
        subject=user if on is None else on,
        note=f"{role.code} → {user.email}{place}",
    )
