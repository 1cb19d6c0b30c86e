"""The pages that keep and forget views of lists, the same for console and portal."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import NotFound
from backoffice.kernel.grants import OPERATOR, SIGNED_IN
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, FormPage, Page
from backoffice.ui.saved_views import SavedView, kept_query, undo_forget_url
from mms.models import User
from mms.operations.saved_views import MAX_NAME, forget_view, save_view
from mms.permissions import MANAGE_ROLES
from mms.selectors.access import list_roles


class SaveViewForm(Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MAX_NAME,
        help_text=gettext_lazy("It becomes a tab above the list, such as “Late, without tracking”."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("For"),
        required=False,
        help_text=gettext_lazy("A shared view appears for everybody who holds the role."),
    )


class _OfList(Page):
    """About a list of this audience, named in the address."""

    grant = SIGNED_IN

    @property
    def person(self) -> User:
        return cast(User, self.request.user)

    @property
    def list_name(self) -> str:
        name = self.request.GET.get("list", "")
        if not name.startswith(f"{self.audience}:") or not self.list_url(name):
            raise NotFound(_("There is no such list."))
        return name

    def list_url(self, name: str) -> str:
        try:
            return reverse(name)
        except NoReverseMatch:
            return ""

    @property
    def query(self) -> str:
        return kept_query(QueryDict(self.request.GET.get("query", "")))


class SaveViewPage(_OfList, FormPage):
    title = gettext_lazy("Keep this view")
    form_class = SaveViewForm
    submit_label = gettext_lazy("Keep view")
    success_message = gettext_lazy("View kept. It is a tab of the list now.")

    def get_form(self, *, bound: bool) -> Any:
        form = super().get_form(bound=bound)
        if self.actor.can(MANAGE_ROLES):
            roles = list(list_roles(OPERATOR).values_list("code", "name"))
            form.fields["role"].choices = [("", _("Only me")), *roles]
        else:
            del form.fields["role"]
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.list_name  # noqa: B018  an address of another audience is none
        return super().get_context_data(**kwargs)

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        save_view(
            self.person,
            self.list_name,
            name=data["name"],
            query=self.query,
            role_code=data.get("role", ""),
            actor=self.actor,
        )

    def get_success_url(self) -> str:
        return f"{self.list_url(self.list_name)}?{self.query}"

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class ForgetViewPage(_OfList, ActionPage):
    success_message = gettext_lazy("View removed.")
    removed: SavedView | None = None

    def perform(self) -> None:
        name, role = self.request.GET.get("name", ""), self.request.GET.get("role", "")
        query = forget_view(self.person, self.list_name, name=name, role_code=role, actor=self.actor)
        self.removed = SavedView(name, query, role) if query else None

    def get_undo_url(self) -> str:
        return undo_forget_url(self.audience, self.list_name, self.removed) if self.removed else ""

    def get_success_url(self) -> str:
        return self.list_url(self.list_name)


class RestoreViewPage(_OfList, ActionPage):
    """Undoes a removal."""

    success_message = gettext_lazy("The view is back.")

    def perform(self) -> None:
        save_view(
            self.person,
            self.list_name,
            name=self.request.GET.get("name", ""),
            query=self.query,
            role_code=self.request.GET.get("role", ""),
            actor=self.actor,
        )

    def get_success_url(self) -> str:
        return f"{self.list_url(self.list_name)}?{self.query}"
