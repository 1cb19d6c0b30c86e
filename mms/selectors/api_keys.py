"""Keys as programs hold them: from the text of a token to an actor."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor, ActorKind, buyer_actor
from backoffice.kernel.errors import NotFound
from backoffice.kernel.grants import MERCHANT, OPERATOR, grants_of
from backoffice.kernel.hashing import sha256_hex
from mms.context import StoreContext
from mms.models import ApiKey, KeyAudience
from mms.selectors.scopes import find_store_context

KEY_START = "bo_"
# The audience is readable in the token, so a key at the wrong door is refused before any query.
AUDIENCE_MARKS: dict[str, str] = {
    KeyAudience.OPERATOR: "op",
    KeyAudience.MERCHANT: "me",
    KeyAudience.STOREFRONT: "sf",
}


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A usable key: its ref, who acts with it and, for storefront keys, in which store view."""

    ref: str
    actor: Actor
    store: StoreContext | None


def is_key_of(audience: str, token: str) -> bool:
    """Whether a token has the form of this audience's keys."""
    return token.startswith(f"{KEY_START}{AUDIENCE_MARKS[audience]}_") and len(token) < 100


def find_key_holder(token: str, *, audience: str, ip: str | None = None) -> KeyHolder | None:
    """The holder of a usable key of this audience, in one query; None for unknown, revoked and expired ones alike."""
    key = (
        ApiKey.objects.filter(secret_sha256=sha256_hex(token), audience=audience, revoked_at=None)
        .select_related("view")
        .first()
    )
    if key is None or not key.is_usable:
        return None
    store = find_store_context(key.view.code) if key.view else None
    if key.view and store is None:
        return None
    return KeyHolder(ref=key.ref, actor=_actor(key, ip), store=store)


def _actor(key: ApiKey, ip: str | None) -> Actor:
    if key.audience == KeyAudience.STOREFRONT:
        return buyer_actor(key.name, id=key.ref, ip=ip)
    grants = frozenset(key.grants)
    is_merchant = key.merchant_id is not None
    return Actor(
        kind=ActorKind.API_KEY,
        id=key.ref,
        label=key.name,
        grants=frozenset() if is_merchant else grants & grants_of(OPERATOR),
        merchant_grants={key.merchant_id: grants & grants_of(MERCHANT)}
        if key.merchant_id is not None
        else {},
        audience=key.audience,
        user_id=key.created_by_id,
        ip=ip,
    )


def list_api_keys(actor: Actor) -> QuerySet[ApiKey]:
    """The keys the actor may see: operators all, merchants their own; newest first."""
    return ApiKey.objects.visible_to(actor).select_related("view", "created_by").order_by("-id")


def get_api_key(ref: str, *, actor: Actor) -> ApiKey:
    """One key the actor may see. Raises `NotFound`."""
    key = list_api_keys(actor).filter(ref=ref).first()
    if key is None:
        raise NotFound(_("There is no such key."))
    return key
