"""Keeping and forgetting views of lists: one's own with the person, shared ones with their role."""

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from mms.models import Role, User
from mms.permissions import MANAGE_ROLES
from mms.selectors.access import get_role

MAX_VIEWS = 20
MAX_NAME = 40
MAX_QUERY = 1000


@transaction.atomic
def save_view(user: User, page: str, *, name: str, query: str, role_code: str = "", actor: Actor) -> None:
    """Give a query of a list a name, for oneself or for everybody with a role; the same name replaces the former view.

    Sharing needs `MANAGE_ROLES`. Raises `InvalidInput`, `NotFound`, `PermissionRefused`.
    """
    name, query = " ".join(name.split()), urlencode(parse_qsl(query))
    if not name or len(name) > MAX_NAME:
        raise InvalidInput(
            _("Give the view a name of at most %(limit)s characters.") % {"limit": MAX_NAME},
            fields={"name": _("At most %(limit)s characters.") % {"limit": MAX_NAME}},
        )
    if not query or len(query) > MAX_QUERY:
        raise InvalidInput(_("Filter the list first; then the view can be kept."))
    keeper = _lock_keeper(user, role_code, actor)
    views = [view for view in keeper.saved_views.get(page, []) if view["name"] != name]
    if len(views) >= MAX_VIEWS:
        raise InvalidInput(
            _("A list keeps %(limit)s views at most. Remove one first.") % {"limit": MAX_VIEWS}
        )
    _store(keeper, page, [*views, {"name": name, "query": query}])
    if role_code:
        audit.record("mms.view.shared", actor=actor, subject=keeper, note=f"{page}: {name}")


@transaction.atomic
def forget_view(user: User, page: str, *, name: str, role_code: str = "", actor: Actor) -> str:
    """Remove a view; returns its query so that it can be brought back. Safe to repeat (then empty)."""
    keeper = _lock_keeper(user, role_code, actor)
    views = keeper.saved_views.get(page, [])
    query = next((view["query"] for view in views if view["name"] == name), "")
    if query:
        _store(keeper, page, [view for view in views if view["name"] != name])
        if role_code:
            audit.record("mms.view.unshared", actor=actor, subject=keeper, note=f"{page}: {name}")
    return str(query)


def _lock_keeper(user: User, role_code: str, actor: Actor) -> User | Role:
    if not role_code:
        return User.objects.select_for_update().get(pk=user.pk)
    actor.require(MANAGE_ROLES)
    return Role.objects.select_for_update().get(pk=get_role(role_code).pk)


def _store(keeper: User | Role, page: str, views: list[dict[str, str]]) -> None:
    keeper.saved_views = {**keeper.saved_views, page: views}
    if not views:
        del keeper.saved_views[page]
    keeper.save(update_fields=["saved_views"])
