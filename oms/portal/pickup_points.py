"""Pickup points: a merchant's own, or the operator's; the console uses the same pages."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import CountryField, Form
from backoffice.ui.pages import ActionPage, FormPage, PortalPage
from oms.models import PickupPoint
from oms.operations.pickup_points import PointTerms, delete_point, save_point
from oms.portal.delivery import DeliverySettings
from oms.selectors.delivery import get_point


class PointForm(Form):
    name = forms.CharField(label=gettext_lazy("Name buyers see"), max_length=120)
    street = forms.CharField(label=gettext_lazy("Street and number"), max_length=200)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20)
    city = forms.CharField(label=gettext_lazy("City"), max_length=120)
    country = CountryField(label=gettext_lazy("Country"))
    opening_hours = forms.CharField(
        label=gettext_lazy("Opening hours"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For example “Mon-Fri 9-18, Sat 10-14”."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Offered to buyers"), required=False, initial=True)


class PointCreateAct(DeliverySettings, FormPage):
    title = gettext_lazy("New pickup point")
    intro = gettext_lazy(
        "Buyers choose it at every way of delivery of the kind “Buyer collects” to its country."
    )
    form_class = PointForm
    success_message = gettext_lazy("Pickup point saved.")

    def perform(self, form: Any) -> None:
        save_point(PointTerms(**form.cleaned_data), merchant_id=self.owner_id, actor=self.actor)


class PointEditAct(DeliverySettings, FormPage):
    form_class = PointForm
    success_message = gettext_lazy("Pickup point saved. Orders keep the address they were placed with.")

    @cached_property
    def point(self) -> PickupPoint:
        return get_point(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return self.point.name

    def get_subject(self) -> PickupPoint:
        return self.point

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.point, name) for name in PointForm.base_fields}

    def perform(self, form: Any) -> None:
        terms = PointTerms(**form.cleaned_data)
        save_point(terms, merchant_id=self.owner_id, ref=self.kwargs["ref"], actor=self.actor)


class PointDeleteAct(DeliverySettings, ActionPage):
    title = gettext_lazy("Delete pickup point")
    confirm = gettext_lazy("Buyers can no longer choose it. Orders keep its address.")
    success_message = gettext_lazy("Pickup point deleted.")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        get_point(self.kwargs["ref"], actor=self.actor)
        return super().get(request, *args, **kwargs)

    def perform(self) -> None:
        delete_point(self.kwargs["ref"], actor=self.actor)


class PointCreateView(PortalPage, PointCreateAct):
    pass


class PointEditView(PortalPage, PointEditAct):
    pass


class PointDeleteView(PortalPage, PointDeleteAct):
    pass
