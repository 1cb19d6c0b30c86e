"""What each role may do: the matrix drawn from the declared grants, and a form per role."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.grants import MERCHANT, OPERATOR, Grant, all_grants
from backoffice.ui.forms import Form
from backoffice.ui.pages import ConsolePage, FormPage, Page
from backoffice.ui.stepup import StepUp
from mms.models import Role
from mms.operations.roles import change_role, create_role
from mms.permissions import MANAGE_ROLES, VIEW_USERS
from mms.selectors.access import get_role, list_roles

APP_NAMES = {
    "mms": gettext_lazy("Marketplace"),
    "mas": gettext_lazy("Merchants"),
    "dam": gettext_lazy("Assets"),
    "pim": gettext_lazy("Catalogue"),
    "oms": gettext_lazy("Orders"),
    "billing": gettext_lazy("Finance"),
    "reports": gettext_lazy("Reports"),
}


def _by_app(grants: Iterable[Grant]) -> list[tuple[str, list[Grant]]]:
    groups: dict[str, list[Grant]] = {}
    for item in grants:
        groups.setdefault(item.code.partition(".")[0], []).append(item)
    return [(str(APP_NAMES.get(app, app)), groups[app]) for app in sorted(groups, key=list(APP_NAMES).index)]


class RoleMatrixView(ConsolePage, Page):
    grant = VIEW_USERS
    title = gettext_lazy("Roles")
    intro = gettext_lazy(
        "A role is defined once and given to people; merchants give merchant roles to their own team."
    )
    template_name = "mms/console/roles.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles = list(list_roles())
        tables = []
        for audience, label in ((OPERATOR, _("Operator staff")), (MERCHANT, _("Merchant staff"))):
            columns = [role for role in roles if role.audience == audience]
            grants = [item for item in all_grants() if audience in item.audiences]
            rows = [
                (app, [(item, [(role, item.code in role.grants) for role in columns]) for item in items])
                for app, items in _by_app(grants)
            ]
            tables.append({"label": label, "roles": columns, "rows": rows, "width": len(columns) + 1})
        return super().get_context_data(tables=tables, may_change=self.actor.can(MANAGE_ROLES), **kwargs)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Users"), reverse("console:mms-user-list"))]


class RoleForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    grants = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, audience: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [item for item in all_grants() if audience in item.audiences]
        self.fields["grants"].choices = [  # type: ignore[attr-defined]
            (app, [(item.code, item.label) for item in items]) for app, items in _by_app(allowed)
        ]


class NewRoleForm(RoleForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=60,
        validators=[validate_slug],
        help_text=gettext_lazy("Small letters and hyphens; it never changes."),
    )
    field_order = ("code", "name", "grants")


class _RolePage(ConsolePage, StepUp, FormPage):
    grant = MANAGE_ROLES
    form_class = RoleForm

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Roles"), reverse("console:mms-role-list"))]

    def get_success_url(self) -> str:
        return reverse("console:mms-role-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class ChangeRoleView(_RolePage):
    success_message = gettext_lazy("Role saved. It holds from everybody's next click on.")

    @property
    def role(self) -> Role:
        return get_role(self.kwargs["code"])

    def get_title(self) -> str:
        return self.role.name

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"audience": self.role.audience}

    def get_subject(self) -> Role:
        return self.role

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.role.name, "grants": self.role.grants}

    def get_version(self) -> str:
        return f"{self.role.name}:{','.join(sorted(self.role.grants))}"

    def perform(self, form: Any) -> None:
        change_role(self.role, **form.cleaned_data, actor=self.actor)


class CreateRoleView(_RolePage):
    form_class = NewRoleForm
    title = gettext_lazy("New role")
    success_message = gettext_lazy("Role created.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"audience": self.kwargs["audience"]}

    def perform(self, form: Any) -> None:
        create_role(audience=self.kwargs["audience"], **form.cleaned_data, actor=self.actor)
