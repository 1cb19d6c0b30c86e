"""Inviting merchants and following what became of it."""

from typing import Any

import moneyed
from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.filters import ChoiceFilter, DateRangeFilter, FilterSet, SearchFilter
from backoffice.ui.forms import CountryField, Form
from backoffice.ui.pages import ActionPage, BulkAction, ConsolePage, FormPage, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from mas.models import Invitation, InvitationState
from mas.operations.invitations import MerchantInvite, invite_merchant, resend_invitation, revoke_invitation
from mas.permissions import INVITE_MERCHANT, VIEW_MERCHANTS
from mas.selectors.invitations import in_shown_state, list_invitations
from mas.selectors.onboarding import get_policy

COMMON_CURRENCIES = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "SEK",
    "DKK",
    "NOK",
    "PLN",
    "CZK",
    "HUF",
    "JPY",
    "CAD",
    "AUD",
)


def _currency_choices() -> list[tuple[str, str]]:
    return [(code, f"{code} · {moneyed.get_currency(code).name}") for code in COMMON_CURRENCIES]


class InviteForm(Form):
    name = forms.CharField(label=gettext_lazy("Shop name"), max_length=120)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The link goes here; it also becomes the sign-in name."),
    )
    person_name = forms.CharField(label=gettext_lazy("Name of the person"), max_length=150, required=False)
    country = CountryField(label=gettext_lazy("Country"))
    currency = forms.ChoiceField(
        label=gettext_lazy("Payout currency"), choices=lazy(_currency_choices, list), initial="EUR"
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=settings.LANGUAGES)
    message = forms.CharField(
        label=gettext_lazy("Personal message"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class InviteMerchantView(ConsolePage, FormPage):
    grant = INVITE_MERCHANT
    title = gettext_lazy("Invite merchant")
    form_class = InviteForm
    submit_label = gettext_lazy("Send invitation")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Merchants"), reverse("console:mas-merchant-list"))]

    def get_cancel_url(self) -> str:
        return reverse("console:mas-invitation-list")

    def perform(self, form: Any) -> str:
        invitation = invite_merchant(MerchantInvite(**form.cleaned_data), actor=self.actor)
        return _("The invitation to %(email)s is on its way. The link works for %(days)d days.") % {
            "email": invitation.email,
            "days": get_policy().invitation_days,
        }

    def get_success_url(self) -> str:
        return reverse("console:mas-invitation-list")


class ShownStateFilter(ChoiceFilter):
    """The state people see: a link past its time is expired at once."""

    def filter(self, qs: Any, value: str) -> Any:
        return in_shown_state(qs, value) if value else qs


class InvitationFilter(FilterSet):
    q = SearchFilter(
        fields=["email__icontains", "merchant__name__icontains", "ref__iexact"],
        label=gettext_lazy("E-mail or merchant"),
    )
    state = ShownStateFilter(label=gettext_lazy("State"), choices=InvitationState.choices)
    sent = DateRangeFilter(field_name="sent_at", label=gettext_lazy("Sent"))


class InvitationTable(Table):
    columns = (
        Column(
            "merchant.name",
            gettext_lazy("Merchant"),
            sort="merchant__name",
            sub="email",
            url=lambda row: reverse("console:mas-merchant-detail", args=[row.merchant.ref]),
        ),
        Column("shown_state", gettext_lazy("State"), kind="badge", states="mas.Invitation"),
        Column("sent_at", gettext_lazy("Sent"), kind="when", sort=True, priority=2),
        Column("expires_at", gettext_lazy("Valid until"), kind="when", sort=True, priority=2),
        Column("sent_count", gettext_lazy("Mails"), kind="count", priority=3),
        Column("invited_by_label", gettext_lazy("Invited by"), priority=3),
    )
    default_sort = "-sent_at"
    key = "ref"


class InvitationListView(ConsolePage, IndexPage):
    grant = VIEW_MERCHANTS
    title = gettext_lazy("Invitations")
    table_class = InvitationTable
    filter_class = InvitationFilter
    empty_title = gettext_lazy("Nobody was invited yet")
    empty_text = gettext_lazy(
        "Invite a merchant by e-mail; here you see who registered and whose link expired."
    )
    empty_icon = "mail"
    bulk_actions = (
        BulkAction("resend", gettext_lazy("Send again"), "resend_rows", icon="mail", grant=INVITE_MERCHANT),
        BulkAction(
            "revoke",
            gettext_lazy("Take back"),
            "revoke_rows",
            icon="x",
            grant=INVITE_MERCHANT,
            confirm=gettext_lazy("The links stop working at once."),
        ),
    )

    def resend_rows(self, rows: Any) -> str:
        sent = [resend_invitation(row.ref, actor=self.actor) for row in rows]
        return _("%(count)d new links are on their way; the ones before stopped working.") % {
            "count": len(sent)
        }

    def revoke_rows(self, rows: Any) -> str:
        revoked = [revoke_invitation(row.ref, actor=self.actor) for row in rows]
        return _("%(count)d invitations taken back.") % {"count": len(revoked)}

    def get_rows(self) -> Any:
        return list_invitations(self.actor)

    def get_tabs(self) -> list[Tab]:
        return [
            Tab(_("All")),
            *(Tab(label, f"state={code}") for code, label in InvitationState.choices),
        ]

    def get_main_action(self) -> tuple[Any, str] | None:
        if not self.actor.can(INVITE_MERCHANT):
            return None
        return _("Invite merchant"), reverse("console:mas-merchant-invite")


class InvitationActionPage(ConsolePage, ActionPage):
    grant = INVITE_MERCHANT

    def get_success_url(self) -> str:
        return reverse("console:mas-invitation-list")


class ResendInvitationView(InvitationActionPage):
    def perform(self) -> str:
        invitation: Invitation = resend_invitation(self.kwargs["ref"], actor=self.actor)
        return _("A new link is on its way to %(email)s; the one before stopped working.") % {
            "email": invitation.email
        }


class RevokeInvitationView(InvitationActionPage):
    success_message = gettext_lazy("The invitation is taken back; its link stopped working.")

    def perform(self) -> None:
        revoke_invitation(self.kwargs["ref"], actor=self.actor)
