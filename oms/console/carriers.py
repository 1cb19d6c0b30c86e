"""The carriers merchants choose from."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.pages import ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from oms.models import Carrier
from oms.operations.carriers import CarrierTerms, save_carrier
from oms.permissions import MANAGE_CARRIERS
from oms.selectors.shipments import get_carrier, list_carriers


class CarrierTable(Table):
    columns = (
        Column("name", gettext_lazy("Carrier"), link=True, sort=True),
        Column("code", gettext_lazy("Code"), kind="ref"),
        Column("tracking_url", gettext_lazy("Tracking link"), priority=2),
        Column("is_active", gettext_lazy("Offered to merchants"), kind="bool"),
    )
    key = "code"
    default_sort = "name"

    def row_url(self, record: Carrier) -> str:
        return reverse("console:oms-carrier-edit", args=[record.code])


class CarrierListView(ConsolePage, IndexPage):
    grant = MANAGE_CARRIERS
    title = gettext_lazy("Carriers")
    intro = gettext_lazy("Merchants choose from these; the tracking link is built from the parcel's number.")
    table_class = CarrierTable
    empty_title = gettext_lazy("No carriers yet")
    empty_text = gettext_lazy("Add the carriers your merchants ship with.")
    empty_icon = "truck"

    def get_rows(self) -> QuerySet[Carrier]:
        return list_carriers()

    def get_main_action(self) -> tuple[Any, str]:
        return _("Add carrier"), reverse("console:oms-carrier-create")


class CarrierForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    tracking_url = forms.CharField(
        label=gettext_lazy("Tracking link"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "With {number} where the tracking number goes, such as https://example.com/track?n={number}. "
            "Empty when the carrier has no such page."
        ),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Offered to merchants"), required=False, initial=True)

    def terms(self) -> CarrierTerms:
        return CarrierTerms(
            self.cleaned_data["name"], self.cleaned_data["tracking_url"], self.cleaned_data["is_active"]
        )


class NewCarrierForm(CarrierForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Files and programs name the carrier by it, for example dhl. It stays."),
    )
    field_order = ("code", "name", "tracking_url", "is_active")


class CarrierPage(ConsolePage, FormPage):
    grant = MANAGE_CARRIERS
    success_message = gettext_lazy("Carrier saved.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Carriers"), reverse("console:oms-carrier-list"))]

    def get_success_url(self) -> str:
        return reverse("console:oms-carrier-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class CarrierCreateView(CarrierPage):
    title = gettext_lazy("New carrier")
    form_class = NewCarrierForm

    def perform(self, form: NewCarrierForm) -> None:
        save_carrier(form.cleaned_data["code"], form.terms(), actor=self.actor, is_new=True)


class CarrierEditView(CarrierPage):
    form_class = CarrierForm

    def get_title(self) -> str:
        return get_carrier(self.kwargs["code"]).name

    def get_subject(self) -> Any:
        return get_carrier(self.kwargs["code"])

    def get_initial(self) -> dict[str, Any]:
        carrier = get_carrier(self.kwargs["code"])
        return {
            "name": carrier.name,
            "tracking_url": carrier.tracking_url,
            "is_active": carrier.is_active,
        }

    def perform(self, form: CarrierForm) -> None:
        save_carrier(self.kwargs["code"], form.terms(), actor=self.actor)
