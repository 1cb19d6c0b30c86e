"""Nobody of the staff enters the console with a password alone, and nobody stays signed in unattended."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.console.operations import has_second_factor
from backoffice.kernel import clock

PREFIX = "/console/"
SEEN_KEY = "console_seen_at"
# The mark is moved at most once a minute: a session row is not written with every click.
SEEN_EVERY = 60


class StaffSecondFactorMiddleware:
    """Guards everything below `/console/`, Wagtail's own pages included.

    Without a second factor one is led to enrol; a session that used only the password of a person who has one is ended
    and signs in again; so is a session that was idle for STAFF_IDLE_SECONDS.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.path.startswith(PREFIX)
            and request.user.is_authenticated
            and not hasattr(request, "store")
        ):
            refusal = self._check(request)
            if refusal is not None:
                return refusal
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> HttpResponse | None:
        if self._was_idle(request):
            return self._sign_in_again(request, _("You were away for a while. Sign in again to go on."))
        if not settings.STAFF_SECOND_FACTOR or not getattr(request.user, "is_staff", False):
            return None
        if any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user)):
            return None
        if has_second_factor(request.user):
            return self._sign_in_again(request, _("Sign in with your password and your second factor."))
        messages.info(request, _("The console needs a second factor. Add an authenticator app to go on."))
        return HttpResponseRedirect(reverse("mfa_activate_totp"))

    def _was_idle(self, request: HttpRequest) -> bool:
        now = int(clock.now().timestamp())
        seen = request.session.get(SEEN_KEY)
        if isinstance(seen, int) and now - seen > settings.STAFF_IDLE_SECONDS:
            return True
        if not isinstance(seen, int) or now - seen >= SEEN_EVERY:
            request.session[SEEN_KEY] = now
        return False

    def _sign_in_again(self, request: HttpRequest, why: str) -> HttpResponse:
        # Signed out first: the sign-in page sends people who are signed in straight back.
        back = request.get_full_path() if request.method == "GET" else PREFIX
        logout(request)
        messages.info(request, why)
        return HttpResponseRedirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': back})}")
