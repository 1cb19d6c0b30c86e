"""The company as the merchant keeps it: overview, profile, legal person, tax numbers, addresses, representative."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import NotFound
from backoffice.ui import badges, formats
from backoffice.ui.pages import ActionPage, DetailPage, Fact, FormPage
from mas.countries import country_name
from mas.models import AddressKind, Merchant
from mas.operations.addresses import AddressDetails, remove_address, set_address
from mas.operations.companies import (
    CompanyDetails,
    RepresentativeDetails,
    remove_tax_number,
    set_company,
    set_fiscal_representative,
    set_tax_number,
)
from mas.operations.profiles import PROFILE_FIELDS, change_profile
from mas.permissions import EDIT_COMPANY, VIEW_COMPANY
from mas.portal import forms as portal_forms
from mas.portal.pages import OwnMerchantPage
from mas.selectors.companies import (
    find_address,
    find_company,
    find_fiscal_representative,
    list_addresses,
    list_tax_numbers,
)


class CompanyDetailView(OwnMerchantPage, DetailPage):
    """Everything the marketplace knows about the company, with the way to change it."""

    grant = VIEW_COMPANY
    title = gettext_lazy("Company")
    template_name = "mas/portal/company.html"
    object_name = "merchant"

    def get_object(self) -> Any:
        return self.merchant

    def get_badge(self) -> Any:
        return badges.badge(self.merchant.status, "mas.Merchant")

    def get_facts(self) -> list[Fact]:
        merchant = self.merchant
        return [
            Fact(_("Shop name"), merchant.name),
            Fact(_("Number"), formats.ref(merchant.ref)),
            Fact(_("Country"), country_name(merchant.country)),
            Fact(_("Payout currency"), merchant.currency),
            Fact(
                _("Identity check"),
                badges.badge(merchant.kyc_status, "mas.Kyc"),
                hint=_("Payouts leave only while it is approved; selling is not affected."),
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = {address.kind: address for address in list_addresses(self.merchant)}
        return super().get_context_data(
            company=find_company(self.merchant),
            tax_numbers=list_tax_numbers(self.merchant),
            representative=find_fiscal_representative(self.merchant),
            addresses=[(code, label, found.get(code)) for code, label in AddressKind.choices],
            can_edit=self.actor.can(EDIT_COMPANY, merchant_id=self.merchant.pk),
            **kwargs,
        )


class CompanyFormPage(OwnMerchantPage, FormPage):
    """A form below the company page."""

    grant = EDIT_COMPANY

    def get_subject(self) -> Merchant:
        return self.merchant

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Company"), self.get_success_url())]

    def get_success_url(self) -> str:
        return reverse("portal:mas-company-detail")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class ChangeProfileView(CompanyFormPage):
    title = gettext_lazy("Shop profile")
    form_class = portal_forms.ProfileForm
    success_message = gettext_lazy("Profile saved.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.merchant, name) for name in PROFILE_FIELDS}

    def get_version(self) -> int:
        return self.merchant.version

    def perform(self, form: Any) -> None:
        change_profile(self.merchant.ref, form.cleaned_data, actor=self.actor)


class SetCompanyView(CompanyFormPage):
    title = gettext_lazy("Legal person")
    intro = gettext_lazy(
        "Another name, number or country makes us check the identity again; payouts wait for that."
    )
    form_class = portal_forms.CompanyForm
    success_message = gettext_lazy("Company saved.")

    def get_initial(self) -> dict[str, Any]:
        company = find_company(self.merchant)
        if company is None:
            return {"country": self.merchant.country}
        return {name: getattr(company, name) for name in self.form_class.base_fields}

    def get_version(self) -> Any:
        company = find_company(self.merchant)
        return company.changed_at.isoformat() if company else None

    def perform(self, form: Any) -> None:
        set_company(self.merchant.ref, CompanyDetails(**form.cleaned_data), actor=self.actor)


class SetAddressView(CompanyFormPage):
    form_class = portal_forms.AddressForm
    success_message = gettext_lazy("Address saved.")

    @property
    def kind(self) -> str:
        return str(self.kwargs["kind"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.kind not in AddressKind.values:
            raise NotFound(_("There is no such kind of address."))
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return str(AddressKind(self.kind).label)

    def get_initial(self) -> dict[str, Any]:
        address = find_address(self.merchant, self.kind)
        if address is None:
            return {"country": self.merchant.country}
        return {name: getattr(address, name) for name in self.form_class.base_fields}

    def perform(self, form: Any) -> None:
        set_address(self.merchant.ref, self.kind, AddressDetails(**form.cleaned_data), actor=self.actor)


class RemoveAddressView(OwnMerchantPage, ActionPage):
    grant = EDIT_COMPANY
    success_message = gettext_lazy("The registered office is used from now on.")

    def perform(self) -> None:
        remove_address(self.merchant.ref, self.kwargs["kind"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mas-company-detail")


class SetTaxNumberView(CompanyFormPage):
    title = gettext_lazy("Tax number")
    form_class = portal_forms.TaxNumberForm
    success_message = gettext_lazy("Tax number saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"country": self.merchant.country}

    def perform(self, form: Any) -> None:
        set_tax_number(self.merchant.ref, actor=self.actor, **form.cleaned_data)


class RemoveTaxNumberView(OwnMerchantPage, ActionPage):
    grant = EDIT_COMPANY
    success_message = gettext_lazy("Tax number removed.")

    def perform(self) -> None:
        remove_tax_number(
            self.merchant.ref, country=self.kwargs["country"], kind=self.kwargs["kind"], actor=self.actor
        )

    def get_success_url(self) -> str:
        return reverse("portal:mas-company-detail")


class SetRepresentativeView(CompanyFormPage):
    title = gettext_lazy("Fiscal representative")
    form_class = portal_forms.RepresentativeForm
    success_message = gettext_lazy("Representative saved.")

    def get_initial(self) -> dict[str, Any]:
        row = find_fiscal_representative(self.merchant)
        return {name: getattr(row, name) for name in self.form_class.base_fields} if row else {}

    def perform(self, form: Any) -> None:
        set_fiscal_representative(
            self.merchant.ref, RepresentativeDetails(**form.cleaned_data), actor=self.actor
        )


class RemoveRepresentativeView(OwnMerchantPage, ActionPage):
    grant = EDIT_COMPANY
    success_message = gettext_lazy("Representative removed.")

    def perform(self) -> None:
        set_fiscal_representative(self.merchant.ref, None, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mas-company-detail")
