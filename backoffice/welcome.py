"""Where people land after signing in: the audience they belong to."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from backoffice.kernel.errors import PermissionRefused
from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.pages import Page
from mms.selectors.access import list_merchant_ids_of


class WelcomeView(Page):
    """Staff go to the console, merchant people to the portal."""

    audience = "entrance"
    grant = SIGNED_IN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request.user, "is_staff", False):
            return self.redirect("/console/")
        if list_merchant_ids_of(request.user):  # type: ignore[arg-type]
            return self.redirect("/portal/")
        raise PermissionRefused(
            _(
                "You are signed in, but your account belongs to no merchant and has no role in the console yet."
            ),
            grant="welcome",
        )
