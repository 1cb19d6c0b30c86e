"""How sign-in behaves here: closed, remembered in the audit trail, its mails in our outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context as allauth_context
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.http import HttpRequest

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor, ActorKind
from mms.models import User
from mms.operations.mails import queue_mail
from mms.selectors.access import find_user_by_email


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: staff are created, merchants are invited, buyers check out as guests."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **_options: Any) -> bool:
        """A sign-in counts as a confirmation while it is fresh; afterwards password or code are asked again."""
        request = allauth_context.request
        if request is None or not request.user.is_authenticated:
            return True
        records = get_authentication_records(request, request.user)
        newest = max((record["at"] for record in records), default=0)
        return bool(clock.now().timestamp() - newest >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails about passwords and second factors go through our outbox like all others."""
        rendered = self.render_mail(template_prefix, email, {"email": email, **context})
        queue_mail(
            to=email,
            template="mms.account_notice",
            context={"subject": rendered.subject, "body": rendered.body},
            language=getattr(context.get("user"), "language", ""),
        )


def _record(action: str, user: User, request: HttpRequest | None) -> None:
    ip = request.META.get("REMOTE_ADDR") if request is not None else None
    actor = Actor(kind=ActorKind.USER, id=user.ref, label=str(user), user_id=user.pk, ip=ip)
    audit.record(action, actor=actor, subject=user)


def _on_signed_in(sender: Any, request: HttpRequest, user: User, **_rest: Any) -> None:
    _record("mms.user.signed_in", user, request)


def _on_refused(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_rest: Any
) -> None:
    user = find_user_by_email(str(credentials.get("email") or credentials.get("username") or ""))
    if user is not None:
        _record("mms.user.sign_in_refused", user, request)


def _on_factor_added(sender: Any, request: HttpRequest, user: User, authenticator: Any, **_rest: Any) -> None:
    """Whoever just proved a second factor by adding it need not prove it again at the console's door."""
    _record("mms.user.factor_added", user, request)
    if authenticator.type == authenticator.Type.TOTP:
        record_authentication(request, user, method="mfa", type="totp", reauthenticated=True)


def connect() -> None:
    user_logged_in.connect(_on_signed_in, dispatch_uid="mms.signed_in")
    user_login_failed.connect(_on_refused, dispatch_uid="mms.sign_in_refused")
    authenticator_added.connect(_on_factor_added, dispatch_uid="mms.factor_added")
