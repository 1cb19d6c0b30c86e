"""Keys for programs: shown once, kept as a hash, limited to one audience and its grants."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.grants import MERCHANT, OPERATOR, grants_of
from backoffice.kernel.hashing import sha256_hex
from backoffice.kernel.refs import new_token
from mms.models import ApiKey, KeyAudience, StoreView
from mms.operations.checking import check_model
from mms.permissions import MANAGE_API_KEYS, MANAGE_MERCHANT_KEYS
from mms.selectors.api_keys import AUDIENCE_MARKS, KEY_START

# Often enough to show whether a key is alive, seldom enough to cost a busy key nothing.
NOTE_USE_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_api_key(
    *,
    name: str,
    actor: Actor,
    grants: Iterable[str] = (),
    merchant_id: int | None = None,
    view: StoreView | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key of a merchant (`merchant_id`), of a store view (`view`) or of the operator; returns (row, secret).

    The secret is not stored and cannot be shown again. A key never holds more than its maker.
    """
    audience = (
        KeyAudience.MERCHANT if merchant_id else KeyAudience.STOREFRONT if view else KeyAudience.OPERATOR
    )
    if merchant_id is not None:
        _require_merchant(merchant_id, actor)
    else:
        actor.require(MANAGE_API_KEYS)
    wanted = set(grants)
    allowed = grants_of(MERCHANT if merchant_id else OPERATOR)
    beyond = sorted(
        code for code in wanted if code not in allowed or not actor.can(code, merchant_id=merchant_id)
    )
    if beyond and not (merchant_id and actor.is_global):
        raise InvalidInput(
            _("A key cannot hold rights you do not have: %(grants)s.") % {"grants": ", ".join(beyond)},
            fields={"grants": _("Choose from your own rights only.")},
        )
    if expires_at is not None and expires_at <= clock.now():
        raise InvalidInput(
            _("The key would already be expired."), fields={"expires_at": _("Choose a moment in the future.")}
        )
    secret = f"{KEY_START}{AUDIENCE_MARKS[audience]}_{new_token()}"
    key = ApiKey(
        name=name.strip(),
        audience=audience,
        secret_sha256=sha256_hex(secret),
        hint=secret[:12],
        grants=sorted(wanted & allowed),
        merchant_id=merchant_id,
        view=view,
        created_by_id=actor.user_id,
        expires_at=expires_at,
    )
    check_model(key, exclude=["grants", "created_by"])
    key.save()
    audit.record("mms.api_key.created", actor=actor, subject=key, note=key.name)
    return key, secret


def _require_merchant(merchant_id: int, actor: Actor) -> None:
    if actor.is_global:
        actor.require(MANAGE_API_KEYS)
        return
    if merchant_id not in actor.merchant_ids:
        raise NotFound(_("There is no such merchant."))
    actor.require(MANAGE_MERCHANT_KEYS, merchant_id=merchant_id)


@transaction.atomic
def revoke_api_key(ref: str, *, actor: Actor) -> ApiKey:
    """End a key for good, effective with its next request; repeating it changes nothing. Raises `NotFound`."""
    key = ApiKey.objects.visible_to(actor).filter(ref=ref).first()
    if key is None:
        raise NotFound(_("There is no such key."))
    if key.merchant_id is not None:
        _require_merchant(key.merchant_id, actor)
    else:
        actor.require(MANAGE_API_KEYS)
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        audit.record("mms.api_key.revoked", actor=actor, subject=key, note=key.name)
    return key


def note_use(ref: str) -> None:
    """Remember that a key was used, at most once a minute."""
    now = clock.now()
    is_stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
    ApiKey.objects.filter(is_stale, ref=ref).update(last_used_at=now)
