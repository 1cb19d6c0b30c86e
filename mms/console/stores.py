"""Websites, stores and store views: the tree, and a form for each level."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.validators import validate_slug
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import NotFound
from backoffice.ui.forms import CountryField, Form
from backoffice.ui.pages import ConsolePage, FormPage, Page
from mms.models import Store, StoreKind, StoreView, Website
from mms.operations.scopes import (
    change_store,
    change_view,
    change_website,
    create_store,
    create_view,
    create_website,
)
from mms.permissions import MANAGE_STORES, VIEW_STORES
from mms.selectors.scopes import get_store, get_view, get_website, list_websites_for


class StoreTreeView(ConsolePage, Page):
    grant = VIEW_STORES
    by_place = True
    title = gettext_lazy("Stores")
    intro = gettext_lazy("Websites are legal entities, stores are shops, views are what buyers enter.")
    template_name = "mms/console/stores.html"

    def list_websites(self) -> list[Website]:
        """The tree, each level marked with what the actor may change."""
        websites = list_websites_for(self.actor)
        for website in websites:
            website.may_change = self.actor.can(MANAGE_STORES, places=website.places)  # type: ignore[attr-defined]
            for store in website.stores.all():
                store.may_change = self.actor.can(MANAGE_STORES, places=store.places)  # type: ignore[attr-defined]
        return websites

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            websites=self.list_websites(),
            may_change=self.actor.can(MANAGE_STORES),
            base_url=settings.BASE_URL,
            **kwargs,
        )


def _colour(label: Any, *, required: bool = True, help_text: Any = "", initial: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        initial=initial,
        max_length=7,
        help_text=help_text or gettext_lazy("Six hexadecimal digits, like #1f6feb."),
    )


class WebsiteForm(Form):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=40, validators=[validate_slug])
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    legal_name = forms.CharField(label=gettext_lazy("Legal name"), max_length=200, required=False)
    base_currency = forms.CharField(
        label=gettext_lazy("Base currency"),
        max_length=3,
        help_text=gettext_lazy("Code of ISO 4217, such as EUR."),
    )
    country = CountryField(label=gettext_lazy("Country"))
    prices_include_tax = forms.BooleanField(label=gettext_lazy("Prices include tax"), required=False)


TAX_CHOICES = [
    ("", gettext_lazy("As the website")),
    ("yes", gettext_lazy("Prices include tax")),
    ("no", gettext_lazy("Tax comes on top")),
]
TAX_VALUES = {"": None, "yes": True, "no": False}


class StoreForm(Form):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=40, validators=[validate_slug])
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Sells to"), choices=StoreKind.choices)
    # The catalogue stands above this app; the console's shell offers its categories here.
    root_category_ref = forms.ChoiceField(
        label=gettext_lazy("Root category"),
        required=False,
        help_text=gettext_lazy("The store sells what stands below it."),
    )
    country = CountryField(
        label=gettext_lazy("Country"), required=False, help_text=gettext_lazy("Empty follows the website.")
    )
    prices_include_tax = forms.ChoiceField(
        label=gettext_lazy("Tax in prices"), choices=TAX_CHOICES, required=False
    )
    accent = _colour(gettext_lazy("Accent colour"), initial=Store.accent.field.default)
    accent_dark = _colour(gettext_lazy("Accent colour in dark mode"), initial=Store.accent_dark.field.default)

    def clean_prices_include_tax(self) -> bool | None:
        return TAX_VALUES[self.cleaned_data["prices_include_tax"]]


FOLLOWS_STORE = gettext_lazy("Empty follows the store.")


class ViewForm(Form):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=40, validators=[validate_slug])
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, help_text=gettext_lazy("Code of ISO 4217, such as EUR.")
    )
    host = forms.CharField(
        label=gettext_lazy("Host"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty answers under every host of the marketplace."),
    )
    path_prefix = forms.CharField(
        label=gettext_lazy("Path prefix"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("“de” makes the shop answer below /de/."),
    )
    accent = _colour(gettext_lazy("Accent colour"), required=False, help_text=FOLLOWS_STORE)
    accent_dark = _colour(gettext_lazy("Accent colour in dark mode"), required=False, help_text=FOLLOWS_STORE)
    position = forms.IntegerField(label=gettext_lazy("Position"), min_value=0, initial=0)
    is_active = forms.BooleanField(label=gettext_lazy("Open to buyers"), required=False, initial=True)


class _ScopeFormPage(ConsolePage, FormPage):
    grant = MANAGE_STORES
    by_place = True
    success_message = gettext_lazy("Saved. Buyers see it within seconds.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Stores"), reverse("console:mms-store-list"))]

    def get_success_url(self) -> str:
        return reverse("console:mms-store-list")

    def get_cancel_url(self) -> str:
        return reverse("console:mms-store-list")


class _ChangePage(_ScopeFormPage):
    """A form over an existing thing; its code stays as it is, because files and programs name it."""

    form_class: ClassVar[type[Form]]

    def get_thing(self) -> Website | Store | StoreView:
        raise NotFound(_("There is no such thing."))

    def get_title(self) -> str:
        return str(self.get_thing())

    def get_form(self, *, bound: bool) -> Any:
        form = super().get_form(bound=bound)
        form.fields["code"].disabled = True
        return form

    def get_subject(self) -> Website | Store | StoreView:
        return self.get_thing()

    def get_initial(self) -> dict[str, Any]:
        thing = self.get_thing()
        initial = {name: getattr(thing, name) for name in self.form_class.base_fields}
        if "prices_include_tax" in initial and issubclass(self.form_class, StoreForm):
            initial["prices_include_tax"] = {None: "", True: "yes", False: "no"}[
                initial["prices_include_tax"]
            ]
        return initial

    def changes_of(self, form: Any) -> dict[str, Any]:
        return {name: value for name, value in form.cleaned_data.items() if name != "code"}


class CreateWebsiteView(_ScopeFormPage):
    by_place = False
    title = gettext_lazy("New website")
    form_class = WebsiteForm

    def perform(self, form: Any) -> None:
        create_website(form.cleaned_data.pop("code"), actor=self.actor, **form.cleaned_data)


class ChangeWebsiteView(_ChangePage):
    form_class = WebsiteForm

    def get_thing(self) -> Website:
        return get_website(self.kwargs["code"], actor=self.actor)

    def perform(self, form: Any) -> None:
        change_website(self.get_thing(), actor=self.actor, **self.changes_of(form))


class CreateStoreView(_ScopeFormPage):
    title = gettext_lazy("New store")
    form_class = StoreForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        get_website(self.kwargs["code"], actor=self.actor)
        return super().get_context_data(**kwargs)

    def perform(self, form: Any) -> None:
        website = get_website(self.kwargs["code"], actor=self.actor)
        create_store(form.cleaned_data.pop("code"), website=website, actor=self.actor, **form.cleaned_data)


class ChangeStoreView(_ChangePage):
    form_class = StoreForm

    def get_thing(self) -> Store:
        return get_store(self.kwargs["code"], actor=self.actor)

    def perform(self, form: Any) -> None:
        change_store(self.get_thing(), actor=self.actor, **self.changes_of(form))


class CreateViewView(_ScopeFormPage):
    title = gettext_lazy("New store view")
    form_class = ViewForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        get_store(self.kwargs["code"], actor=self.actor)
        return super().get_context_data(**kwargs)

    def perform(self, form: Any) -> None:
        store = get_store(self.kwargs["code"], actor=self.actor)
        create_view(form.cleaned_data.pop("code"), store=store, actor=self.actor, **form.cleaned_data)


class ChangeViewView(_ChangePage):
    form_class = ViewForm

    def get_thing(self) -> StoreView:
        return get_view(self.kwargs["code"], actor=self.actor)

    def perform(self, form: Any) -> None:
        change_view(self.get_thing(), actor=self.actor, **self.changes_of(form))
