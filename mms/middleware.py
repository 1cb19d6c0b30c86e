"""Who acts in this request: `request.actor`, built once and only when asked for.

The audience follows from the path: below `/console/` the operator's roles count, below `/portal/` the roles held on
the merchant chosen in the session, everywhere else the visitor is a buyer. `/api/` sets its own actor from the key.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from backoffice.kernel.actors import Actor, buyer_actor
from backoffice.ui.pages.base import MERCHANT_SESSION_KEY
from mms.models import User
from mms.selectors.access import CONSOLE, PORTAL, build_actor


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = cast(Actor, SimpleLazyObject(lambda: _actor_of(request)))  # type: ignore[attr-defined]
        return self.get_response(request)


def audience_of(path: str) -> str:
    """The audience a path belongs to: console, portal or storefront."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in {CONSOLE, PORTAL} else "storefront"


def _actor_of(request: HttpRequest) -> Actor:
    # A store view's pages live below its own prefix, whatever their path looks like.
    audience = "storefront" if hasattr(request, "store") else audience_of(request.path_info)
    user, ip = request.user, request.META.get("REMOTE_ADDR")
    if not isinstance(user, User):
        return buyer_actor(ip=ip)
    if audience == CONSOLE:
        return build_actor(user, CONSOLE, ip=ip)
    if audience == PORTAL:
        return _portal_actor(request, user, ip)
    return buyer_actor(str(user), id=user.ref, ip=ip)


def _portal_actor(request: HttpRequest, user: User, ip: str | None) -> Actor:
    """The user with the rights of one merchant: the session's choice while it is still theirs, else the first."""
    actor = build_actor(user, PORTAL, ip=ip)
    if len(actor.merchant_ids) < 2:
        return actor
    chosen = request.session.get(MERCHANT_SESSION_KEY)
    if chosen not in actor.merchant_ids:
        chosen = min(actor.merchant_ids)
    return replace(
        actor,
        merchant_grants={chosen: actor.merchant_grants[chosen]},
        other_merchant_ids=actor.merchant_ids - {chosen},
    )
