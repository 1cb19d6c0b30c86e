"""Whether a message really is Stripe's: HMAC-SHA256 over moment and body, compared in constant time."""

import hashlib
import hmac
from collections.abc import Sequence

from django.utils.translation import gettext as _

from backoffice.kernel import clock
from oms.ports import NotificationRefused

TOLERANCE_SECONDS = 300


def check_signature(body: bytes, header: str, secrets: Sequence[str]) -> None:
    """Refuse a wrong or missing signature and a moment more than five minutes away. Raises `NotificationRefused`.

    Two secrets may hold at once while one is being replaced.
    """
    pairs = [part.partition("=") for part in header.split(",")]
    moments = [value for name, _eq, value in pairs if name.strip() == "t"]
    given = [value for name, _eq, value in pairs if name.strip() == "v1"]
    if len(moments) != 1 or not moments[0].isdecimal() or not given or not secrets:
        raise NotificationRefused(_("The message is not signed."))
    if not any(
        hmac.compare_digest(sign(body, moments[0], secret), value) for secret in secrets for value in given
    ):
        raise NotificationRefused(_("The signature does not fit the message."))
    if abs(clock.now().timestamp() - int(moments[0])) > TOLERANCE_SECONDS:
        raise NotificationRefused(_("The message is too old."))


def sign(body: bytes, moment: str, secret: str) -> str:
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
