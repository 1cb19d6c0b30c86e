"""Following a link into a merchant's team."""

from typing import Any

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.grants import PUBLIC
from backoffice.ui.forms import Form
from backoffice.ui.pages import FormPage
from mms.models import User
from mms.operations.invitations import accept_invitation, find_open_invitation
from mms.selectors.access import find_user_by_email, get_merchant_object

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class JoinForm(Form):
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=150)
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters."),
    )


class JoinKnownForm(Form):
    """For people who are signed in already: one button."""


class AcceptInvitationView(FormPage):
    audience = "entrance"
    grant = PUBLIC
    template_name = "mms/account/invitation.html"
    submit_label = gettext_lazy("Join the team")
    # Signing in writes the session beside the operation's transaction.
    once = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        invitation = find_open_invitation(kwargs["token"])
        self.email = invitation.email
        self.merchant = get_merchant_object(invitation.merchant_id)
        if find_user_by_email(self.email) is not None and self.known_person is None:
            return self.redirect(f"{reverse('account_login')}?next={request.path}")
        return super().dispatch(request, *args, **kwargs)

    @property
    def known_person(self) -> User | None:
        user = self.request.user
        return user if isinstance(user, User) and user.email.lower() == self.email.lower() else None

    def get_title(self) -> str:
        return _("Join the team of %(merchant)s") % {"merchant": self.merchant}

    def get_form(self, *, bound: bool) -> Any:
        form_class: Any = JoinKnownForm if self.known_person else JoinForm
        return form_class(self.request.POST if bound else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(email=self.email, merchant=self.merchant, **kwargs)

    def perform(self, form: Any) -> str:
        known = self.known_person
        person = accept_invitation(
            self.kwargs["token"], merchant=self.merchant, user=known, **form.cleaned_data
        )
        if known is None:
            login(self.request, person, backend=BACKEND)
        return _("Welcome! You belong to the team of %(merchant)s now.") % {"merchant": self.merchant}

    def get_success_url(self) -> str:
        return "/portal/"
