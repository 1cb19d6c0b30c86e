"""Settings of the marketplace, a website, a store or a view: what holds here and which scope said so."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage, Page
from mms.models import ScopeNode
from mms.operations.preferences import inherit_preference, state_preference
from mms.permissions import MANAGE_PREFERENCES
from mms.preferences import Preference
from mms.selectors.preferences import get_declared, get_preference, list_preferences_at
from mms.selectors.scopes import get_scope, list_scopes


class PreferenceListView(ConsolePage, Page):
    grant = MANAGE_PREFERENCES
    by_place = True
    title = gettext_lazy("Settings")
    intro = gettext_lazy("What is not stated here comes from further up: view, store, website, global.")
    template_name = "mms/console/preferences.html"

    def get_scope(self) -> ScopeNode:
        """The scope of the address, or the highest one where the actor may state settings."""
        if "scope" in self.kwargs:
            return get_scope(self.kwargs["scope"], actor=self.actor)
        scopes = list_scopes(self.actor)
        return min(scopes, key=lambda node: node.depth) if scopes else get_scope("global", actor=self.actor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope = self.get_scope()
        groups: dict[str, list[Any]] = {}
        for item in list_preferences_at(scope):
            groups.setdefault(str(item.declared.group), []).append(item)
        return super().get_context_data(
            here=scope, scopes=list_scopes(self.actor), groups=groups.items(), **kwargs
        )


class _ValueForm(Form):
    is_blank = forms.BooleanField(
        label=gettext_lazy("Blank here"),
        required=False,
        help_text=gettext_lazy("States that nothing holds here, whatever stands further up."),
    )
    field_order = ("value", "is_blank")

    def __init__(self, *args: Any, declared: Preference, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[type, forms.Field] = {
            int: forms.IntegerField(required=False),
            bool: forms.BooleanField(required=False),
            str: forms.CharField(required=False, max_length=500),
        }
        field = fields[declared.kind]
        if declared.choices:
            field = forms.ChoiceField(choices=declared.choices, required=False)
        field.label, field.help_text = declared.label, declared.help_text
        self.fields["value"] = field
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("value") is None and not data.get("is_blank") and "value" not in self.errors:
            self.add_error("value", _("Enter a value, or tick “Blank here”."))
        return data


class _PreferencePage(ConsolePage):
    grant = MANAGE_PREFERENCES
    by_place = True

    @property
    def scope(self) -> ScopeNode:
        return get_scope(self.kwargs["scope"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:mms-preference-list", args=[self.kwargs["scope"]])


class StatePreferenceView(_PreferencePage, FormPage):
    form_class = _ValueForm
    success_message = gettext_lazy("Setting stated. It holds here and below within seconds.")

    def get_title(self) -> str:
        return f"{get_declared(self.kwargs['code']).label} · {self.scope}"

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Settings"), self.get_success_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"declared": get_declared(self.kwargs["code"])}

    def get_subject(self) -> ScopeNode:
        return self.scope

    def get_last_save(self, names: set[str]) -> Any:
        return super().get_last_save({self.kwargs["code"]})

    def get_initial(self) -> dict[str, Any]:
        value = get_preference(self.kwargs["code"], self.scope.path)
        return {"value": value, "is_blank": value is None}

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        value = None if data["is_blank"] else data["value"]
        state_preference(self.kwargs["code"], value, scope=self.scope, actor=self.actor)


class InheritPreferenceView(_PreferencePage, ActionPage):
    success_message = gettext_lazy("The value comes from further up again.")

    def perform(self) -> None:
        inherit_preference(self.kwargs["code"], scope=self.scope, actor=self.actor)
