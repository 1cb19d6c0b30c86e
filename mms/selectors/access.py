"""Who may do what: role assignments read from django-guardian and expanded to an `Actor`.

An assignment is the permission `role:<code>`: of a user for assignments everywhere, of a user on an object (a merchant,
a website, a store) for the others.
"""

from collections.abc import Iterable
from typing import Any, TypedDict

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Substr
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission

from backoffice.kernel.actors import STORE, WEBSITE, Actor, ActorKind, Place
from backoffice.kernel.errors import NotFound
from backoffice.kernel.grants import MERCHANT, OPERATOR, grants_of
from mms.models import Role, User

ROLE_PREFIX = "role:"
# Merchants live in an app above; assignments name their table only.
MERCHANT_TABLE = ("mas", "merchant")
CONSOLE, PORTAL = "console", "portal"
PLACES = {"mms.website": WEBSITE, "mms.store": STORE}


class Assignment(TypedDict):
    """One role a user holds: everywhere (`object_type` empty) or on one object."""

    role_code: str
    object_type: str
    object_id: int | None


def list_assignments(user: User) -> list[Assignment]:
    """Every role assignment of a user, those that hold everywhere first, in one query."""
    return [item for item, _grants, _views in _read_assignments(user)]


def _read_assignments(user: User) -> list[tuple[Assignment, list[str], dict[str, Any]]]:
    """The assignments of a user, each with grants and shared views of its role when that is for operators."""
    nothing = Value("", output_field=CharField())
    everywhere = _with_role(Permission.objects.filter(user=user), "codename", OPERATOR).filter(
        codename__startswith=ROLE_PREFIX
    )
    on_objects = _with_role(
        UserObjectPermission.objects.filter(user=user), "permission__codename", OPERATOR
    ).filter(permission__codename__startswith=ROLE_PREFIX)
    rows = (
        everywhere.order_by()
        .values_list("codename", nothing, nothing, nothing, "role_grants", "role_views")
        .union(
            on_objects.order_by().values_list(
                "permission__codename",
                "permission__content_type__app_label",
                "permission__content_type__model",
                "object_pk",
                "role_grants",
                "role_views",
            ),
            all=True,
        )
    )
    return [
        (
            Assignment(
                role_code=codename.removeprefix(ROLE_PREFIX),
                object_type=f"{app_label}.{model}" if model else "",
                object_id=int(object_pk) if object_pk else None,
            ),
            grants or [],
            views or {},
        )
        for codename, app_label, model, object_pk, grants, views in sorted(
            rows, key=lambda row: (row[1], row[2], row[3])
        )
    ]


def _with_role(rows: Any, codename: str, audience: str) -> Any:
    """Adds `role_grants` and `role_views` of the role an assignment names; None when it is of another audience."""
    role = Role.objects.filter(
        code=Substr(OuterRef(codename), len(ROLE_PREFIX) + 1), audience=audience
    ).order_by()
    return rows.annotate(
        role_grants=Subquery(role.values("grants")), role_views=Subquery(role.values("saved_views"))
    )


def build_actor(user: User, audience: str, merchant_id: int | None = None, ip: str | None = None) -> Actor:
    """The user as an actor of one audience, in one query.

    In the console only operator roles count, held everywhere or on a website or store; in the portal only those held on
    `merchant_id` (none given: every merchant the user works for). An inactive user holds nothing.
    """
    grants: frozenset[str] = frozenset()
    merchant_grants: dict[int, frozenset[str]] = {}
    place_grants: dict[Place, frozenset[str]] = {}
    shared_views: dict[str, Any] = {}
    if user.is_active and audience == CONSOLE:
        grants, place_grants, shared_views = _console_grants(user)
    elif user.is_active and audience == PORTAL:
        merchant_grants = _portal_grants(user, merchant_id)
    return Actor(
        kind=ActorKind.USER,
        id=user.ref,
        label=str(user),
        grants=grants,
        merchant_grants=merchant_grants,
        place_grants=place_grants,
        shared_views=shared_views,
        audience=audience,
        user_id=user.pk,
        ip=ip,
    )


def _console_grants(user: User) -> tuple[frozenset[str], dict[Place, frozenset[str]], dict[str, Any]]:
    # A grant that was withdrawn from the product, or never was of this audience, counts for nothing.
    allowed = grants_of(OPERATOR)
    if user.is_superuser:
        return allowed, {}, {}
    everywhere: frozenset[str] = frozenset()
    places: dict[Place, frozenset[str]] = {}
    shared: dict[str, Any] = {}
    for item, held, views in _read_assignments(user):
        grants, kind = frozenset(held) & allowed, PLACES.get(item["object_type"])
        if views:
            shared[item["role_code"]] = views
        if item["object_id"] is None:
            everywhere |= grants
        elif kind is not None and grants:
            place = (kind, item["object_id"])
            places[place] = places.get(place, frozenset()) | grants
    return everywhere, places, shared


def _portal_grants(user: User, merchant_id: int | None) -> dict[int, frozenset[str]]:
    allowed = grants_of(MERCHANT)
    rows = _with_role(_merchant_assignments().filter(user=user), "permission__codename", MERCHANT)
    if merchant_id is not None:
        rows = rows.filter(object_pk=str(merchant_id))
    held: dict[int, frozenset[str]] = {}
    for object_pk, grants in rows.values_list("object_pk", "role_grants"):
        held[int(object_pk)] = held.get(int(object_pk), frozenset()) | (frozenset(grants or ()) & allowed)
    return held


def list_merchant_ids_of(user: User) -> list[int]:
    """The merchants whose team the user belongs to."""
    rows = _merchant_assignments().filter(user=user).values_list("object_pk", flat=True)
    return sorted({int(object_pk) for object_pk in rows})


def _merchant_assignments() -> QuerySet[UserObjectPermission]:
    app_label, model = MERCHANT_TABLE
    found: QuerySet[UserObjectPermission] = UserObjectPermission.objects.filter(
        permission__codename__startswith=ROLE_PREFIX,
        permission__content_type__app_label=app_label,
        permission__content_type__model=model,
    )
    return found


def list_users_with_role(
    role_code: str, *, on: models.Model | None = None, merchant_id: int | None = None
) -> list[User]:
    """Active users who hold a role everywhere, on an object, or on a merchant given by id; by name."""
    codename = f"{ROLE_PREFIX}{role_code}"
    if merchant_id is not None:
        found = _merchant_assignments().filter(object_pk=str(merchant_id), permission__codename=codename)
        condition = Q(pk__in=found.values("user_id"))
    elif on is not None:
        found = UserObjectPermission.objects.filter(
            permission__codename=codename,
            object_pk=str(on.pk),
            permission__content_type=ContentType.objects.get_for_model(on),
        )
        condition = Q(pk__in=found.values("user_id"))
    else:
        condition = Q(pk__in=Permission.objects.filter(codename=codename).values("user"))
    return list(User.objects.filter(condition, is_active=True).order_by("name", "email"))


def list_team(merchant_id: int) -> list[tuple[User, list[str]]]:
    """The people of a merchant with their role codes, by name, in two queries."""
    codes: dict[int, list[str]] = {}
    rows = _merchant_assignments().filter(object_pk=str(merchant_id))
    for user_id, codename in rows.values_list("user_id", "permission__codename"):
        codes.setdefault(user_id, []).append(codename.removeprefix(ROLE_PREFIX))
    users = User.objects.filter(pk__in=codes).order_by("name", "email")
    return [(user, sorted(codes[user.pk])) for user in users]


def list_roles(audience: str | None = None) -> QuerySet[Role]:
    roles = Role.objects.all()
    return roles.filter(audience=audience) if audience else roles


def get_role(code: str) -> Role:
    """One role by code. Raises `NotFound`."""
    role = Role.objects.filter(code=code).first()
    if role is None:
        raise NotFound(_("There is no role “%(code)s”.") % {"code": code})
    return role


def get_user(ref: str) -> User:
    """One user by ref, for operators. Raises `NotFound`."""
    user = User.objects.filter(ref=ref).first()
    if user is None:
        raise NotFound(_("There is no such user."))
    return user


def find_user_by_email(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip()).first()


def list_users() -> QuerySet[User]:
    return User.objects.order_by("name", "email")


def get_users_by_ids(ids: Iterable[int]) -> dict[int, User]:
    """Users by id in one query, for lists that show names."""
    return User.objects.in_bulk(list(ids))


def get_assignment_object(assignment: Assignment) -> models.Model | None:
    """The merchant, website or store an assignment is about; None when it holds everywhere."""
    if not assignment["object_type"]:
        return None
    app_label, _separator, model = assignment["object_type"].partition(".")
    content_type = ContentType.objects.get_by_natural_key(app_label, model)
    found: models.Model = content_type.get_object_for_this_type(pk=assignment["object_id"])
    return found


def get_merchant_object(merchant_id: int) -> models.Model:
    """The merchant that roles are assigned on; for the audit trail and mails, which need its name."""
    app_label, model = MERCHANT_TABLE
    found: models.Model = ContentType.objects.get_by_natural_key(app_label, model).get_object_for_this_type(
        pk=merchant_id
    )
    return found
