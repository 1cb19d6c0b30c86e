"""Keys of one merchant's programs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.grants import MERCHANT, all_grants
from backoffice.ui.pages import ActionPage, FormPage, IndexPage, PortalPage
from backoffice.ui.stepup import StepUp
from mms.account.key_pages import KeyFilter, KeyForm, KeyTable, pop_secret, put_secret
from mms.operations.api_keys import create_api_key, revoke_api_key
from mms.permissions import MANAGE_MERCHANT_KEYS
from mms.selectors.api_keys import get_api_key, list_api_keys


class ApiKeyListView(PortalPage, IndexPage):
    grant = MANAGE_MERCHANT_KEYS
    title = gettext_lazy("API keys")
    template_name = "mms/api_keys.html"
    table_class = KeyTable
    filter_class = KeyFilter
    empty_title = gettext_lazy("No key yet")
    empty_text = gettext_lazy(
        "Your shop system signs in with a key, to send stock and prices and to fetch orders."
    )
    empty_icon = "key"

    def get_rows(self) -> Any:
        return list_api_keys(self.actor)

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("New key"), reverse("portal:mms-api-key-create"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(new_secret=pop_secret(self.request), **kwargs)


class CreateApiKeyView(PortalPage, StepUp, FormPage):
    grant = MANAGE_MERCHANT_KEYS
    title = gettext_lazy("New API key")
    form_class = KeyForm

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("API keys"), reverse("portal:mms-api-key-list"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        may = self.actor.can
        held = [
            i for i in all_grants() if MERCHANT in i.audiences and may(i.code, merchant_id=self.merchant_id)
        ]
        return {"grants": held}

    def perform(self, form: Any) -> None:
        _key, secret = create_api_key(**form.cleaned_data, merchant_id=self.merchant_id, actor=self.actor)
        put_secret(self.request, secret)

    def get_success_url(self) -> str:
        return reverse("portal:mms-api-key-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class RevokeApiKeyView(PortalPage, ActionPage):
    grant = MANAGE_MERCHANT_KEYS
    confirm = gettext_lazy("The program that uses it is shut out at once. This cannot be undone.")
    success_message = gettext_lazy("The key is ended.")

    def get_title(self) -> str:
        return _("End the key “%(name)s”") % {"name": get_api_key(self.kwargs["ref"], actor=self.actor).name}

    def perform(self) -> None:
        revoke_api_key(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mms-api-key-list")
