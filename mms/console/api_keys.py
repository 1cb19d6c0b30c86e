"""Keys of the operator's own programs and of shop fronts."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.grants import OPERATOR, all_grants
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage, IndexPage
from backoffice.ui.stepup import StepUp
from mms.account.key_pages import KeyFilter, KeyForm, KeyTable, pop_secret, put_secret
from mms.operations.api_keys import create_api_key, revoke_api_key
from mms.permissions import MANAGE_API_KEYS
from mms.selectors.api_keys import get_api_key, list_api_keys
from mms.selectors.scopes import get_view, list_store_contexts


class OperatorKeyForm(KeyForm):
    view_code = forms.ChoiceField(
        label=gettext_lazy("Shop front of"),
        required=False,
        help_text=gettext_lazy("Empty makes a key for the operator's programs."),
    )
    field_order = ("name", "view_code", "grants", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        views = [(context.view_code, context.name) for context in list_store_contexts()]
        self.fields["view_code"].choices = [("", "–"), *views]  # type: ignore[attr-defined]


class ApiKeyListView(ConsolePage, IndexPage):
    grant = MANAGE_API_KEYS
    title = gettext_lazy("API keys")
    template_name = "mms/api_keys.html"
    table_class = KeyTable
    filter_class = KeyFilter
    empty_title = gettext_lazy("No key yet")
    empty_text = gettext_lazy(
        "Programs sign in with a key. Make one per program, so that each can be ended by itself."
    )
    empty_icon = "key"

    def get_rows(self) -> Any:
        return list_api_keys(self.actor)

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("New key"), reverse("console:mms-api-key-create"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(new_secret=pop_secret(self.request), **kwargs)


class CreateApiKeyView(ConsolePage, StepUp, FormPage):
    grant = MANAGE_API_KEYS
    title = gettext_lazy("New API key")
    form_class = OperatorKeyForm

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("API keys"), reverse("console:mms-api-key-list"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"grants": [i for i in all_grants() if OPERATOR in i.audiences and self.actor.can(i.code)]}

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        view_code = data.pop("view_code")
        view = get_view(view_code) if view_code else None
        _key, secret = create_api_key(**data, view=view, actor=self.actor)
        put_secret(self.request, secret)

    def get_success_url(self) -> str:
        return reverse("console:mms-api-key-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class RevokeApiKeyView(ConsolePage, ActionPage):
    grant = MANAGE_API_KEYS
    confirm = gettext_lazy("The program that uses it is shut out at once. This cannot be undone.")
    success_message = gettext_lazy("The key is ended.")

    def get_title(self) -> str:
        return _("End the key “%(name)s”") % {"name": get_api_key(self.kwargs["ref"], actor=self.actor).name}

    def perform(self) -> None:
        revoke_api_key(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:mms-api-key-list")
