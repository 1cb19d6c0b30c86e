"""What operators do about payments that got stuck."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui import badges, formats
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage
from oms.models import PaymentAttempt
from oms.operations.payment_notifications import handle_again
from oms.operations.payment_rescue import look_up_again, state_outcome
from oms.permissions import RESOLVE_PAYMENTS
from oms.selectors.payments import get_attempt


class StuckPage(ConsolePage):
    grant = RESOLVE_PAYMENTS

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Stuck"), reverse("console:oms-stuck-list"))]

    def get_success_url(self) -> str:
        return reverse("console:oms-stuck-list")


class LookUpAttemptView(StuckPage, ActionPage):
    """Ask the provider now what became of a command."""

    title = gettext_lazy("Look up at the provider")
    confirm = gettext_lazy("The provider is asked what became of it. Nothing is sent a second time.")
    confirm_button = gettext_lazy("Look up now")
    confirm_tone = "primary"

    def perform(self) -> str:
        attempt = look_up_again(self.kwargs["key"], actor=self.actor)
        return _("The provider says: %(state)s. %(message)s") % {
            "state": attempt.get_state_display(),
            "message": attempt.message,
        }


class OutcomeForm(Form):
    happened = forms.ChoiceField(
        label=gettext_lazy("What became of it"),
        choices=[
            ("yes", gettext_lazy("It happened: the provider did it")),
            ("no", gettext_lazy("It did not happen and cannot happen any more")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Where you saw it"),
        max_length=280,
        help_text=gettext_lazy("Such as the provider's own page with its number, or who told you."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StateOutcomeView(StuckPage, FormPage):
    """Record what the provider's own pages say when its API never answers."""

    title = gettext_lazy("Decide by hand")
    intro = gettext_lazy(
        "Only after looking at the provider itself: everything follows as if it had answered so."
    )
    template_name = "oms/console/outcome.html"
    form_class = OutcomeForm
    submit_label = gettext_lazy("Record")
    success_message = gettext_lazy("Recorded; what follows from it was done.")

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        attempt: PaymentAttempt = get_attempt(self.kwargs["key"])
        return super().get_context_data(
            attempt=attempt,
            amount=formats.money(attempt.amount_minor, attempt.payment.currency),
            state=badges.badge(attempt.state, "oms.PaymentAttempt"),
            **kwargs,
        )

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        state_outcome(
            self.kwargs["key"], happened=data["happened"] == "yes", note_text=data["note"], actor=self.actor
        )


class HandleNotificationView(StuckPage, ActionPage):
    """Try a parked message of a provider again."""

    title = gettext_lazy("Handle the message again")
    confirm = gettext_lazy("The payments it names are looked up at the provider.")
    confirm_button = gettext_lazy("Handle again")
    confirm_tone = "primary"
    success_message = gettext_lazy("The message is handled again.")

    def perform(self) -> None:
        handle_again(self.kwargs["pk"], actor=self.actor)
