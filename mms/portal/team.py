"""The merchant's team: who works here, with which roles; inviting and letting go."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import NotFound
from backoffice.kernel.grants import MERCHANT
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, FormPage, Page, PortalPage
from backoffice.ui.stepup import StepUp
from mms.models import User
from mms.operations.access import set_roles
from mms.operations.invitations import invite_member, revoke_invitation
from mms.permissions import MANAGE_TEAM, VIEW_TEAM
from mms.selectors.access import get_merchant_object, list_roles, list_team
from mms.selectors.invitations import list_open_invitations


def _role_choices() -> list[tuple[str, str]]:
    return [(role.code, role.name) for role in list_roles(MERCHANT)]


def _names(codes: list[str], names: dict[str, str]) -> list[str]:
    return [names.get(code, code) for code in codes]


class TeamView(PortalPage, Page):
    grant = VIEW_TEAM
    title = gettext_lazy("Team")
    intro = gettext_lazy("People of your shop and what each of them may do.")
    template_name = "mms/portal/team.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = dict(_role_choices())
        members = [
            {"person": person, "roles": _names(codes, names)}
            for person, codes in list_team(self.merchant_id or 0)
        ]
        invitations = [
            {"invitation": item, "roles": _names(item.role_codes, names)}
            for item in list_open_invitations(self.actor)
        ]
        may_manage = self.actor.can(MANAGE_TEAM, merchant_id=self.merchant_id)
        return super().get_context_data(
            members=members, invitations=invitations, may_manage=may_manage, **kwargs
        )


class RolesForm(Form):
    role_codes = forms.MultipleChoiceField(label=gettext_lazy("Roles"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role_codes"].choices = _role_choices()  # type: ignore[attr-defined]


class InviteForm(RolesForm):
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    field_order = ("email", "role_codes")


def _get_member(page: PortalPage) -> tuple[User, list[str]]:
    """The person of the URL, when they belong to the page's merchant. Raises `NotFound`."""
    for person, codes in list_team(page.merchant_id or 0):
        if person.ref == page.kwargs["ref"]:
            return person, codes
    raise NotFound(_("There is no such person in your team."))


class _TeamFormPage(PortalPage, StepUp, FormPage):
    grant = MANAGE_TEAM

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Team"), reverse("portal:mms-team"))]

    def get_success_url(self) -> str:
        return reverse("portal:mms-team")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class InviteMemberView(_TeamFormPage):
    title = gettext_lazy("Invite somebody")
    form_class = InviteForm
    submit_label = gettext_lazy("Send invitation")

    def perform(self, form: Any) -> str:
        merchant = get_merchant_object(self.merchant_id or 0)
        invitation = invite_member(merchant, **form.cleaned_data, actor=self.actor)
        return _("The invitation to %(email)s is on its way.") % {"email": invitation.email}


class ChangeMemberView(_TeamFormPage):
    form_class = RolesForm
    success_message = gettext_lazy("Roles saved.")

    def get_title(self) -> str:
        return _("Roles of %(name)s") % {"name": _get_member(self)[0]}

    def get_subject(self) -> Any:
        return get_merchant_object(self.merchant_id or 0)

    def get_initial(self) -> dict[str, Any]:
        return {"role_codes": _get_member(self)[1]}

    def perform(self, form: Any) -> None:
        merchant = get_merchant_object(self.merchant_id or 0)
        set_roles(_get_member(self)[0], form.cleaned_data["role_codes"], on=merchant, actor=self.actor)


class RemoveMemberView(PortalPage, StepUp, ActionPage):
    grant = MANAGE_TEAM
    confirm = gettext_lazy(
        "The person loses all roles in your shop at once. You can invite them again later."
    )
    success_message = gettext_lazy("The person has left your team.")

    def get_title(self) -> str:
        return _("Let %(name)s go") % {"name": _get_member(self)[0]}

    def perform(self) -> None:
        merchant = get_merchant_object(self.merchant_id or 0)
        set_roles(_get_member(self)[0], (), on=merchant, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mms-team")


class RevokeInvitationView(PortalPage, ActionPage):
    grant = MANAGE_TEAM
    success_message = gettext_lazy("The invitation is withdrawn; its link works no more.")

    def perform(self) -> None:
        revoke_invitation(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mms-team")
