"""The page behind the link of an invitation."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.grants import PUBLIC
from backoffice.ui.pages import FormPage, Page
from mas.errors import InvitationUnusable
from mas.models import Invitation
from mas.operations.registration import Registration, register_from_invitation
from mas.portal.forms import RegistrationForm
from mas.selectors.invitations import find_usable_invitation
from mms.selectors.access import find_user_by_email

LOGIN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class RegisterView(FormPage, Page):
    """Choose a name and password, and be on the checklist; a link that cannot be used says what to do instead."""

    audience = "entrance"
    grant = PUBLIC
    template_name = "mas/portal/registration.html"
    form_class = RegistrationForm
    submit_label = gettext_lazy("Create account")
    # The link itself works once; signing in must follow the finished transaction.
    once = False

    registration: Registration | None = None

    @cached_property
    def invitation(self) -> Invitation:
        return find_usable_invitation(self.kwargs["token"])

    @cached_property
    def has_account(self) -> bool:
        return find_user_by_email(self.invitation.email) is not None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except InvitationUnusable as error:
            if error.params.get("state") == "accepted" and request.user.is_authenticated:
                return self.redirect(reverse("portal:mas-checklist-detail"))
            return self.render(
                status=410, template="mas/portal/registration_unusable.html", problem=error, unusable=True
            )

    def get_title(self) -> str:
        return _("Create your account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"has_account": self.has_account}

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.invitation.person_name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "unusable" not in kwargs:
            kwargs |= {"invitation": self.invitation, "has_account": self.has_account}
        return super().get_context_data(**kwargs)

    def perform(self, form: Any) -> None:
        self.registration = register_from_invitation(
            self.kwargs["token"],
            name=form.cleaned_data.get("name", ""),
            password=form.cleaned_data["password"],
            ip=self.actor.ip,
        )
        if self.registration.is_new_person:
            login(self.request, self.registration.user, backend=LOGIN_BACKEND)
            messages.success(self.request, _("Your account is ready. These are the next steps."))
        else:
            # Whoever has an account signs in the usual way, so that a second factor is asked for.
            messages.success(self.request, _("The shop was added to your account. Sign in to go on."))

    def get_success_url(self) -> str:
        checklist = reverse("portal:mas-checklist-detail")
        if self.registration is not None and self.registration.is_new_person:
            return checklist
        return f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': checklist})}"
