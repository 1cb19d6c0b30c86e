"""Where a merchant delivers to, how, and what it costs; the console edits the operator's grid with the same pages."""

from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.ui.forms import CountriesField, Form, LinesField
from backoffice.ui.pages import ActionPage, FormPage, Page, PortalPage
from mas.countries import country_name
from oms.models import DeliveryKind, DeliveryMethod, DeliveryPriceClass, DeliveryZone, PriceBasis
from oms.operations.delivery import (
    MethodTerms,
    PriceStep,
    ZoneTerms,
    delete_method,
    delete_zone,
    save_method,
    save_zone,
)
from oms.permissions import MANAGE_DELIVERY
from oms.selectors.delivery import get_method, get_zone, list_points, list_zones


class ZoneForm(Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("For example “Germany and Austria”."),
    )
    countries = CountriesField(label=gettext_lazy("Countries"))
    postcodes = LinesField(
        widget=forms.Textarea(attrs={"rows": 4}),
        label=gettext_lazy("Only these postcodes"),
        required=False,
        help_text=gettext_lazy(
            "One per line: country, then a postcode, the beginning of one, or a range: “DE 25980-25999”. A zone with "
            "postcodes goes before a zone of the whole country."
        ),
    )

    def clean_postcodes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in self.cleaned_data["postcodes"]:
            country, _gap, entry = line.partition(" ")
            if len(country) != 2 or not entry.strip():
                raise forms.ValidationError(_("“%(line)s” is not “country postcode”.") % {"line": line})
            found.setdefault(country.upper(), []).append(entry)
        return found


class MethodForm(Form):
    name = forms.CharField(label=gettext_lazy("Name buyers see"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("How"), choices=DeliveryKind.choices)
    min_days = forms.IntegerField(
        label=gettext_lazy("Working days at least"), min_value=0, max_value=90, initial=1
    )
    max_days = forms.IntegerField(
        label=gettext_lazy("Working days at most"), min_value=0, max_value=90, initial=3
    )
    price_by = forms.ChoiceField(
        label=gettext_lazy("Price depends on"), choices=PriceBasis.choices, initial=PriceBasis.AMOUNT
    )
    prices = LinesField(
        label=gettext_lazy("Prices"),
        help_text=gettext_lazy(
            "One per line: currency, where it starts, price. By value: “EUR 0 4.90” and “EUR 50 0” mean 4.90 EUR, free "
            "from 50 EUR. By weight in grams: “EUR 2000 6.90”. By pieces: “EUR 3 9.90”. By class: “EUR bulky 39.00”, "
            "and “EUR - 4.90” for goods without a class; the dearest of a parcel counts."
        ),
    )
    free_from = LinesField(
        label=gettext_lazy("Free from"),
        required=False,
        help_text=gettext_lazy(
            "Value of goods per currency, such as “EUR 50”, whatever the price depends on."
        ),
    )
    rank = forms.IntegerField(label=gettext_lazy("Order of display"), min_value=1, max_value=99, initial=1)
    is_active = forms.BooleanField(label=gettext_lazy("Offered to buyers"), required=False, initial=True)

    def clean_prices(self) -> list[PriceStep]:
        basis = self.cleaned_data.get("price_by") or PriceBasis.AMOUNT
        steps = []
        for line in self.cleaned_data["prices"]:
            parts = line.replace(";", " ").split()
            if len(parts) != 3:
                raise forms.ValidationError(_("“%(line)s” is not “currency, from, price”.") % {"line": line})
            try:
                steps.append(_step(basis, *parts))
            except InvalidInput as error:
                raise forms.ValidationError(error.message) from error
        return steps

    def clean_free_from(self) -> dict[str, int]:
        found = {}
        for line in self.cleaned_data["free_from"]:
            currency, _gap, amount = line.partition(" ")
            try:
                found[currency.upper()] = Money.parse(amount, currency.upper()).minor
            except InvalidInput as error:
                raise forms.ValidationError(error.message) from error
        return found


def _step(basis: str, currency: str, start: str, price: str) -> PriceStep:
    code = currency.upper()
    amount = Money.parse(price, code).minor
    if basis == PriceBasis.CLASS:
        return PriceStep(code, 0, amount, "" if start == "-" else start.lower())
    if basis == PriceBasis.AMOUNT:
        return PriceStep(code, Money.parse(start, code).minor, amount)
    if not start.isdigit():
        raise InvalidInput(_("“%(start)s” is not a whole number.") % {"start": start})
    return PriceStep(code, int(start), amount)


def price_lines(method: DeliveryMethod) -> list[str]:
    """The prices of a method as the form shows them."""
    rows = sorted(
        method.price_classes.all(), key=lambda row: (row.currency, row.from_value, row.delivery_class)
    )
    return [
        f"{row.currency} {_start(method, row)} {Money(row.amount_minor, row.currency).amount}" for row in rows
    ]


def _start(method: DeliveryMethod, row: DeliveryPriceClass) -> str:
    if method.price_by == PriceBasis.CLASS:
        return row.delivery_class or "-"
    if method.price_by == PriceBasis.AMOUNT:
        return str(Money(row.from_value, row.currency).amount)
    return str(row.from_value)


class DeliverySettings(Page):
    """Whose grid is edited: the portal's merchant or, in the console, the operator's own (no merchant)."""

    grant = MANAGE_DELIVERY
    namespace = "portal"

    @property
    def owner_id(self) -> int | None:
        return self.merchant_id

    def link(self, name: str, *args: Any) -> str:
        return reverse(f"{self.namespace}:oms-{name}", args=args)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Delivery"), self.link("delivery-list"))]

    def get_success_url(self) -> str:
        return self.link("delivery-list")

    def get_cancel_url(self) -> str:
        return self.link("delivery-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(namespace=self.namespace, **kwargs)


class DeliveryListAct(DeliverySettings):
    title = gettext_lazy("Delivery")
    intro = gettext_lazy("Where you deliver to, how, and what buyers pay for it.")
    template_name = "oms/portal/delivery.html"

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = list(list_zones(self.actor, merchant_id=self.owner_id))
        for zone in own:
            zone.country_names = sorted(country_name(code) for code in zone.countries)  # type: ignore[attr-defined]
        return super().get_context_data(
            zones=own,
            points=list(list_points(self.actor, merchant_id=self.owner_id)),
            is_operator=self.owner_id is None,
            **kwargs,
        )


class ZoneCreateAct(DeliverySettings, FormPage):
    title = gettext_lazy("New delivery zone")
    form_class = ZoneForm
    success_message = gettext_lazy("Zone saved. Add a way of delivery to it.")

    def perform(self, form: Any) -> None:
        save_zone(ZoneTerms(**form.cleaned_data), merchant_id=self.owner_id, actor=self.actor)


class ZoneEditAct(DeliverySettings, FormPage):
    form_class = ZoneForm
    success_message = gettext_lazy("Zone saved.")

    @cached_property
    def zone(self) -> DeliveryZone:
        return get_zone(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return self.zone.name

    def get_subject(self) -> DeliveryZone:
        return self.zone

    def get_initial(self) -> dict[str, Any]:
        postcodes = [
            f"{country} {entry}" for country, ranges in self.zone.postcodes.items() for entry in ranges
        ]
        return {"name": self.zone.name, "countries": self.zone.countries, "postcodes": postcodes}

    def perform(self, form: Any) -> None:
        terms = ZoneTerms(**form.cleaned_data)
        save_zone(terms, merchant_id=self.owner_id, ref=self.kwargs["ref"], actor=self.actor)


class ZoneDeleteAct(DeliverySettings, ActionPage):
    title = gettext_lazy("Delete delivery zone")
    confirm = gettext_lazy(
        "Buyers in these countries can no longer choose its ways of delivery. Orders keep theirs."
    )
    success_message = gettext_lazy("Zone deleted.")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        get_zone(self.kwargs["ref"], actor=self.actor)
        return super().get(request, *args, **kwargs)

    def perform(self) -> None:
        delete_zone(self.kwargs["ref"], actor=self.actor)


class MethodPage(DeliverySettings, FormPage):
    form_class = MethodForm
    success_message = gettext_lazy("Delivery method saved.")

    def save(self, form: Any, zone_ref: str, ref: str = "") -> None:
        data = dict(form.cleaned_data)
        prices = data.pop("prices")
        save_method(zone_ref, MethodTerms(**data), prices, ref=ref, actor=self.actor)


class MethodCreateAct(MethodPage):
    title = gettext_lazy("New delivery method")

    @cached_property
    def zone(self) -> DeliveryZone:
        return get_zone(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_breadcrumbs(), (self.zone.name, self.link("zone-edit", self.zone.ref))]

    def perform(self, form: Any) -> None:
        self.save(form, self.kwargs["ref"])


class MethodEditAct(MethodPage):
    @cached_property
    def method(self) -> DeliveryMethod:
        return get_method(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return self.method.name

    def get_subject(self) -> DeliveryMethod:
        return self.method

    def get_initial(self) -> dict[str, Any]:
        names = ("name", "kind", "min_days", "max_days", "price_by", "rank", "is_active")
        free_from = [
            f"{currency} {Money(minor, currency).amount}" for currency, minor in self.method.free_from.items()
        ]
        values = {name: getattr(self.method, name) for name in names}
        return values | {"prices": price_lines(self.method), "free_from": free_from}

    def perform(self, form: Any) -> None:
        self.save(form, self.method.zone.ref, self.method.ref)


class MethodDeleteAct(DeliverySettings, ActionPage):
    title = gettext_lazy("Delete delivery method")
    confirm = gettext_lazy("Buyers can no longer choose it. Orders keep theirs.")
    success_message = gettext_lazy("Delivery method deleted.")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        get_method(self.kwargs["ref"], actor=self.actor)
        return super().get(request, *args, **kwargs)

    def perform(self) -> None:
        delete_method(self.kwargs["ref"], actor=self.actor)


class DeliveryListView(PortalPage, DeliveryListAct):
    pass


class ZoneCreateView(PortalPage, ZoneCreateAct):
    pass


class ZoneEditView(PortalPage, ZoneEditAct):
    pass


class ZoneDeleteView(PortalPage, ZoneDeleteAct):
    pass


class MethodCreateView(PortalPage, MethodCreateAct):
    pass


class MethodEditView(PortalPage, MethodEditAct):
    pass


class MethodDeleteView(PortalPage, MethodDeleteAct):
    pass
