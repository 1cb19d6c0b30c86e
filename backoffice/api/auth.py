"""API keys at the door: `Authorization: Bearer bo_…`, one audience per key, a limited number of calls per minute."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from backoffice.kernel import clock
from backoffice.kernel.errors import DomainError
from mms.operations.api_keys import note_use
from mms.selectors.api_keys import KeyHolder, find_key_holder, is_key_of

WINDOW = timedelta(minutes=1)


class TooManyCalls(DomainError):
    """The key has used up its calls of this minute."""

    code = "too_many_calls"
    status = 429


class KeyAuth(HttpBearer):
    """Accepts usable keys of one audience; sets `request.actor`, for storefront keys also `request.store`."""

    def __init__(self, audience: str) -> None:
        super().__init__()
        self.audience = audience

    def authenticate(self, request: HttpRequest, token: str) -> KeyHolder | None:
        # A key of another audience is recognised by its form: no query is spent on it.
        if not is_key_of(self.audience, token):
            return None
        holder = find_key_holder(token, audience=self.audience, ip=request.META.get("REMOTE_ADDR"))
        if holder is None:
            return None
        _count_call(holder.ref)
        note_use(holder.ref)
        request.actor = holder.actor  # type: ignore[attr-defined]
        if holder.store is not None:
            request.store = holder.store  # type: ignore[attr-defined]
        return holder


def _count_call(ref: str) -> None:
    """Count in windows of a minute, per process or shared, as the cache is. Raises `TooManyCalls`."""
    seconds = int(WINDOW.total_seconds())
    moment = int(clock.now().timestamp())
    name = f"api-calls:{ref}:{moment // seconds}"
    cache.add(name, 0, timeout=2 * seconds)
    limit = settings.API_CALLS_PER_MINUTE
    try:
        used = cache.incr(name)
    except ValueError:
        return
    if used > limit:
        wait = seconds - moment % seconds
        raise TooManyCalls(
            _("This key may call %(limit)s times a minute. Go on in %(wait)s seconds.")
            % {"limit": limit, "wait": wait},
            retry_after=wait,
        )
