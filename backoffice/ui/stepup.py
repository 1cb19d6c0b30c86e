"""Step-up: acts on bank data, payouts and roles ask who is there when the last sign-in is older than ten minutes."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpRequest, HttpResponse

from backoffice.ui.pages import Page


class StepUp(Page):
    """Mix in before the kind of a page: `class ApprovePayoutView(ConsolePage, StepUp, ActionPage)`.

    A person who signed in (or confirmed it) within ACCOUNT_REAUTHENTICATION_TIMEOUT passes; everybody else confirms
    password or code first and then comes back to the same page, a form they sent included.
    """

    def check_entry(self) -> HttpResponse | None:
        refusal = super().check_entry()
        if refusal is None:
            require_recent_sign_in(self.request)
        return refusal


def require_recent_sign_in(request: HttpRequest, *_args: Any) -> None:
    """Let a recent sign-in pass; else allauth's middleware leads through the confirmation and back."""
    raise_if_reauthentication_required(request, app="backoffice")
