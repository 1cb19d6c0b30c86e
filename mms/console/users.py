"""People and their roles."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import audit
from backoffice.kernel.grants import OPERATOR
from backoffice.ui import badges, formats
from backoffice.ui.filters import FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, FormPage, IndexPage
from backoffice.ui.stepup import StepUp
from backoffice.ui.tables import Column, Table
from mms.models import Role, Store, User, Website
from mms.operations.access import assign_role, change_user, create_user, remove_role
from mms.permissions import MANAGE_USERS, VIEW_USERS
from mms.selectors.access import get_assignment_object, get_user, list_assignments, list_roles, list_users
from mms.selectors.scopes import get_store, get_website, list_websites

LANGUAGE_CHOICES = [("", gettext_lazy("As the browser says")), *settings.LANGUAGES]


class UserTable(Table):
    columns = (
        Column("name", gettext_lazy("Name"), link=True, sort=True, sub="email"),
        Column("is_staff", gettext_lazy("Console"), kind="bool", sort=True),
        Column("is_active", gettext_lazy("Active"), kind="bool", sort=True),
        Column("last_login", gettext_lazy("Last sign-in"), kind="when", sort=True, priority=2),
        Column("date_joined", gettext_lazy("Since"), kind="date", sort=True, priority=3),
    )
    default_sort = "name"

    def row_url(self, record: User) -> str:
        return reverse("console:mms-user-detail", args=[record.ref])


class UserFilter(FilterSet):
    q = SearchFilter(fields=["name__icontains", "email__icontains"], label=gettext_lazy("Name or e-mail"))
    staff = YesNoFilter(label=gettext_lazy("Works in the console"), yes=Q(is_staff=True))
    active = YesNoFilter(label=gettext_lazy("Active"), yes=Q(is_active=True))


class UserListView(ConsolePage, IndexPage):
    grant = VIEW_USERS
    title = gettext_lazy("Users")
    table_class = UserTable
    filter_class = UserFilter
    empty_title = gettext_lazy("No users yet")
    empty_text = gettext_lazy("People appear here as soon as they are created or follow an invitation.")

    def get_rows(self) -> Any:
        return list_users()

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("New user"), reverse("console:mms-user-create")) if self.actor.can(MANAGE_USERS) else None


class CreateUserForm(Form):
    email = forms.EmailField(label=gettext_lazy("E-mail"), help_text=gettext_lazy("It is the sign-in name."))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGE_CHOICES, required=False)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least ten characters. The person adds a second factor at the first sign-in."
        ),
    )


class CreateUserView(ConsolePage, StepUp, FormPage):
    grant = MANAGE_USERS
    title = gettext_lazy("New user")
    form_class = CreateUserForm
    success_message = gettext_lazy("User created. Give the person a role now.")
    created: User | None = None

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Users"), reverse("console:mms-user-list"))]

    def perform(self, form: Any) -> None:
        self.created = create_user(**form.cleaned_data, actor=self.actor)

    def get_success_url(self) -> str:
        if self.created is None:
            return reverse("console:mms-user-list")
        return reverse("console:mms-user-detail", args=[self.created.ref])


class UserDetailView(ConsolePage, DetailPage):
    grant = VIEW_USERS
    template_name = "mms/console/user_detail.html"
    object_name = "person"

    def get_object(self) -> User:
        return get_user(self.kwargs["ref"])

    def get_title(self) -> str:
        return str(self.object)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Users"), reverse("console:mms-user-list"))]

    def get_badge(self) -> SafeString:
        if self.object.is_active:
            return badges.badge(_("Active"), tone="done")
        return badges.badge(_("Locked"), tone="ended")

    def get_facts(self) -> list[Fact]:
        return [
            Fact(_("E-mail"), self.object.email),
            Fact(_("Last sign-in"), formats.when(self.object.last_login)),
            Fact(_("Since"), formats.day(self.object.date_joined.date())),
        ]

    def get_timeline(self) -> Any:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = dict(list_roles().values_list("code", "name"))
        rows = []
        for item in list_assignments(self.object):
            place = get_assignment_object(item)
            rows.append(
                {
                    "code": item["role_code"],
                    "name": names.get(item["role_code"], item["role_code"]),
                    "place": str(place) if place is not None else _("Everywhere"),
                    "object_type": item["object_type"],
                    "object_id": item["object_id"] or "",
                }
            )
        return super().get_context_data(assignments=rows, may_manage=self.actor.can(MANAGE_USERS), **kwargs)


class ChangeUserForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGE_CHOICES, required=False)
    is_active = forms.BooleanField(
        label=gettext_lazy("May sign in"),
        required=False,
        help_text=gettext_lazy("Off locks the person out at once."),
    )


class _UserFormPage(ConsolePage, StepUp, FormPage):
    grant = MANAGE_USERS

    @property
    def person(self) -> User:
        return get_user(self.kwargs["ref"])

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Users"), reverse("console:mms-user-list")), (str(self.person), self.get_success_url())]

    def get_success_url(self) -> str:
        return reverse("console:mms-user-detail", args=[self.kwargs["ref"]])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class ChangeUserView(_UserFormPage):
    title = gettext_lazy("Edit user")
    form_class = ChangeUserForm
    success_message = gettext_lazy("User saved.")

    def get_subject(self) -> User:
        return self.person

    def get_initial(self) -> dict[str, Any]:
        person = self.person
        return {"name": person.name, "language": person.language, "is_active": person.is_active}

    def perform(self, form: Any) -> None:
        change_user(self.person, **form.cleaned_data, actor=self.actor)


def place_choices() -> list[tuple[str, Any]]:
    """Everywhere, then each website with its stores below it."""
    choices: list[tuple[str, Any]] = [("", gettext_lazy("Everywhere"))]
    for website in list_websites():
        choices.append((f"website:{website.code}", website.name))
        choices += [
            (f"store:{store.code}", f"{website.name} › {store.name}") for store in website.stores.all()
        ]
    return choices


class AssignRoleForm(Form):
    role = forms.ModelChoiceField(
        label=gettext_lazy("Role"), queryset=list_roles(OPERATOR), to_field_name="code", empty_label=None
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Holds for"),
        choices=place_choices,
        required=False,
        help_text=gettext_lazy(
            "On a website or store the role counts for its orders, sales, settings and pages only; merchants, "
            "catalogue and finance stay closed."
        ),
    )

    def clean_place(self) -> Website | Store | None:
        kind, _colon, code = self.cleaned_data["place"].partition(":")
        if not kind:
            return None
        return get_website(code) if kind == "website" else get_store(code)


class AssignRoleView(_UserFormPage):
    title = gettext_lazy("Give a role")
    intro = gettext_lazy("The role counts from the person's next click on.")
    form_class = AssignRoleForm
    success_message = gettext_lazy("Role given.")

    def perform(self, form: Any) -> None:
        role: Role = form.cleaned_data["role"]
        assign_role(self.person, role.code, on=form.cleaned_data["place"], actor=self.actor)


class RemoveRoleView(ConsolePage, StepUp, ActionPage):
    grant = MANAGE_USERS
    success_message = gettext_lazy("Role taken away.")

    def perform(self) -> None:
        person = get_user(self.kwargs["ref"])
        object_type, object_id = (
            self.request.POST.get("object_type", ""),
            self.request.POST.get("object_id", ""),
        )
        for item in list_assignments(person):
            if (item["role_code"], item["object_type"], str(item["object_id"] or "")) == (
                self.kwargs["role"],
                object_type,
                object_id,
            ):
                remove_role(person, item["role_code"], on=get_assignment_object(item), actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:mms-user-detail", args=[self.kwargs["ref"]])
