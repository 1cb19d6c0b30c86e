"""Offers that are sold as sets of other offers."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import InvalidInput
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, FormPage, IndexPage, PortalPage
from backoffice.ui.tables import Column, Table
from oms.models import KitComponent
from oms.operations.kits import define_kit
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from oms.portal.stock_section import PiecesField, StockSection, by_offer_ref
from oms.selectors.kits import get_kit_components, list_kit_components


class KitTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("kit.merchant_sku", gettext_lazy("Kit"), link=True, sort="kit__merchant_sku"),
        Column("kit.card.title", gettext_lazy("Sold as"), priority=2),
        Column("component.merchant_sku", gettext_lazy("Contains")),
        Column("component.card.title", gettext_lazy("Article"), priority=2),
        Column("quantity", gettext_lazy("Pieces"), kind="count"),
        Column("kit.available_quantity", gettext_lazy("Kits for sale"), kind="count"),
    )
    default_sort = "kit.merchant_sku"

    def row_url(self, record: KitComponent) -> str:
        return reverse("portal:oms-kit-edit", args=[record.kit.ref])


class KitListView(StockSection, IndexPage):
    grant = VIEW_STOCK
    title = gettext_lazy("Kits")
    intro = gettext_lazy(
        "A kit has no stock of its own: it is there as often as its scarcest article allows."
    )
    table_class = KitTable
    empty_title = gettext_lazy("No kits yet")
    empty_text = gettext_lazy("Sell several of your articles as one: a kit always draws on their stock.")
    empty_icon = "box"

    def get_rows(self) -> Any:
        return list_kit_components(self.actor, merchant_id=self.merchant_id or 0)

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("New kit"), reverse("portal:oms-kit-create")) if self.can_manage else None


class KitForm(Form):
    contents = PiecesField(label=gettext_lazy("What one kit contains"))


class NewKitForm(KitForm):
    sku = forms.CharField(
        label=gettext_lazy("SKU of the kit"),
        max_length=80,
        help_text=gettext_lazy("The offer that buyers see. Its own stock must be 0."),
    )
    field_order = ("sku", "contents")


class KitCreateView(PortalPage, FormPage):
    grant = MANAGE_STOCK
    title = gettext_lazy("New kit")
    form_class = NewKitForm
    success_message = gettext_lazy("The kit is for sale as long as its articles are there.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Kits"), reverse("portal:oms-kit-list"))]

    def perform(self, form: Any) -> None:
        data, actor, merchant_id = form.cleaned_data, self.actor, self.merchant_id
        kit = by_offer_ref({data["sku"]: 1}, "sku", actor=actor, merchant_id=merchant_id)
        contents = by_offer_ref(data["contents"], "contents", actor=actor, merchant_id=merchant_id)
        define_kit(next(iter(kit)), contents, actor=actor)

    def get_success_url(self) -> str:
        return reverse("portal:oms-kit-list")


class KitEditView(PortalPage, FormPage):
    grant = MANAGE_STOCK
    template_name = "oms/portal/kit.html"
    form_class = KitForm
    success_message = gettext_lazy("Kit saved. Orders keep what they were placed with.")

    @cached_property
    def parts(self) -> list[KitComponent]:
        return get_kit_components(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return self.parts[0].kit.merchant_sku

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Kits"), reverse("portal:oms-kit-list"))]

    def get_subject(self) -> Any:
        return self.parts[0].kit

    def get_initial(self) -> dict[str, Any]:
        return {"contents": [f"{part.component.merchant_sku} {part.quantity}" for part in self.parts]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kit=self.parts[0].kit, **kwargs)

    def perform(self, form: Any) -> None:
        contents = form.cleaned_data["contents"]
        if not contents:
            raise InvalidInput(_("Name at least one article."), fields={"contents": _("Name one article.")})
        merchant_id = self.parts[0].merchant_id
        refs = by_offer_ref(contents, "contents", actor=self.actor, merchant_id=merchant_id)
        define_kit(self.kwargs["ref"], refs, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:oms-kit-list")


class DissolveKitView(PortalPage, ActionPage):
    grant = MANAGE_STOCK
    title = gettext_lazy("Dissolve kit")
    confirm = gettext_lazy(
        "It is no longer sold until you state stock of its own. Orders keep their contents."
    )
    success_message = gettext_lazy("Kit dissolved.")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        get_kit_components(self.kwargs["ref"], actor=self.actor)
        return super().get(request, *args, **kwargs)

    def perform(self) -> None:
        define_kit(self.kwargs["ref"], {}, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:oms-kit-list")
