"""The onboarding wizard: the rail of steps, each step its own page, and handing everything in."""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, FormPage, Page
from mas.models import AddressKind, ChecklistItem, Counterparty, ItemKind
from mas.operations.addresses import AddressDetails, set_address
from mas.operations.bank_accounts import BankDetails, set_bank_account
from mas.operations.checklists import complete_attestation
from mas.operations.companies import CompanyDetails, set_company, set_tax_number
from mas.operations.documents import DocumentUpload, upload_document
from mas.operations.reviews import submit_onboarding
from mas.operations.terms import accept_terms
from mas.permissions import ACCEPT_TERMS, VIEW_COMPANY
from mas.portal import forms as portal_forms
from mas.portal.pages import OwnMerchantPage
from mas.selectors.bank_accounts import find_bank_account
from mas.selectors.companies import find_address, find_company
from mas.selectors.documents import list_documents_of
from mas.selectors.onboarding import get_checklist_item, list_checklist, list_points_before_submission
from mas.selectors.terms import find_current_terms

FORMS: dict[str, type[forms.BaseForm]] = {
    ItemKind.PROFILE: portal_forms.CompanyForm,
    ItemKind.ADDRESS: portal_forms.AddressForm,
    ItemKind.TAX_NUMBER: portal_forms.TaxNumberForm,
    ItemKind.BANK_ACCOUNT: portal_forms.BankAccountForm,
    ItemKind.DOCUMENT: portal_forms.DocumentForm,
    ItemKind.ATTESTATION: portal_forms.AttestationForm,
    ItemKind.TERMS: portal_forms.TermsForm,
}


class ChecklistPage(OwnMerchantPage):
    """Both kinds of wizard page: they know every step and what is still open."""

    grant = VIEW_COMPANY

    @cached_property
    def items(self) -> list[ChecklistItem]:
        return list_checklist(self.merchant)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        required = [item for item in self.items if item.rule.is_required]
        return super().get_context_data(
            merchant=self.merchant,
            items=self.items,
            settled_count=sum(item.is_settled for item in required),
            required_count=len(required),
            **kwargs,
        )


class ChecklistView(ChecklistPage, Page):
    """Everything that is asked, what is open, and the button that hands it in."""

    title = gettext_lazy("Getting started")
    template_name = "mas/portal/checklist.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        points = list_points_before_submission(self.merchant) if self.merchant.is_onboarding else []
        next_item = next(
            (item for item in self.items if item.state == "open" and item.rule.kind in FORMS), None
        )
        return super().get_context_data(points=points, next_item=next_item, **kwargs)


class SubmitOnboardingView(OwnMerchantPage, ActionPage):
    grant = ACCEPT_TERMS
    success_message = gettext_lazy("Thank you. We look at your registration and write to you.")

    def perform(self) -> None:
        submit_onboarding(self.merchant.ref, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:mas-checklist-detail")


class ChecklistItemView(ChecklistPage, FormPage):
    """One step: its form is chosen by the kind of the line; saving leads to the next open step."""

    template_name = "mas/portal/checklist_item.html"
    submit_label = gettext_lazy("Save and continue")

    @cached_property
    def item(self) -> ChecklistItem:
        return get_checklist_item(self.merchant, self.kwargs["code"], actor=self.actor)

    @property
    def kind(self) -> str:
        return str(self.item.rule.kind)

    @property
    def can_edit(self) -> bool:
        return self.merchant.is_onboarding and self.kind in FORMS

    def get_title(self) -> str:
        return str(self.item.rule.title)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Getting started"), reverse("portal:mas-checklist-detail"))]

    def get_form(self, *, bound: bool) -> Any:
        kwargs: dict[str, Any] = {"initial": self.get_initial()}
        if bound:
            kwargs |= {"data": self.request.POST, "files": self.request.FILES}
        if self.kind == ItemKind.DOCUMENT:
            kwargs["document_type"] = self.item.rule.document_type
        return FORMS.get(self.kind, Form)(**kwargs)

    def get_initial(self) -> dict[str, Any]:
        read = _INITIALS.get(self.kind)
        return read(self) if read else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        documents = []
        if self.kind == ItemKind.DOCUMENT:
            found = list_documents_of(self.merchant).filter(document_type=self.item.rule.document_type_id)
            documents = list(found[:5])
        terms = find_current_terms() if self.kind == ItemKind.TERMS else None
        return super().get_context_data(
            item=self.item,
            can_edit=self.can_edit and (self.kind != ItemKind.TERMS or terms is not None),
            documents=documents,
            terms=terms,
            terms_body=terms.body_in(self.request.LANGUAGE_CODE) if terms else "",
            **kwargs,
        )

    def perform(self, form: Any) -> str:
        if self.can_edit:
            _SAVERS[self.kind](self, form.cleaned_data)
        return _("“%(item)s” is saved.") % {"item": self.item.rule.title}

    def get_success_url(self) -> str:
        items = list_checklist(self.merchant)
        following = [item for item in items if item.rule.position > self.item.rule.position]
        for item in [*following, *items]:
            if item.state == "open" and item.rule.kind in FORMS and item.pk != self.item.pk:
                return reverse("portal:mas-checklist-item", args=[item.rule.code])
        return reverse("portal:mas-checklist-detail")


def _company_initial(view: ChecklistItemView) -> dict[str, Any]:
    company = find_company(view.merchant)
    if company is None:
        return {"country": view.merchant.country}
    names = portal_forms.CompanyForm.base_fields
    return {name: getattr(company, name) for name in names}


def _address_initial(view: ChecklistItemView) -> dict[str, Any]:
    address = find_address(view.merchant, AddressKind.REGISTERED)
    if address is None:
        return {"country": view.merchant.country}
    return {name: getattr(address, name) for name in portal_forms.AddressForm.base_fields}


def _tax_initial(view: ChecklistItemView) -> dict[str, Any]:
    company: Counterparty | None = find_company(view.merchant)
    number = company.tax_numbers.first() if company else None
    if number is None:
        return {"country": company.country if company else view.merchant.country}
    return {"country": number.country, "kind": number.kind, "number": number.number}


def _bank_initial(view: ChecklistItemView) -> dict[str, Any]:
    account = find_bank_account(view.merchant)
    if account is not None:
        return {"holder": account.holder, "scheme": account.scheme}
    company = find_company(view.merchant)
    return {"holder": company.legal_name if company else ""}


def _terms_initial(view: ChecklistItemView) -> dict[str, Any]:
    current = find_current_terms()
    return {"version": current.ref if current else ""}


_INITIALS: dict[str, Callable[[ChecklistItemView], dict[str, Any]]] = {
    ItemKind.PROFILE: _company_initial,
    ItemKind.ADDRESS: _address_initial,
    ItemKind.TAX_NUMBER: _tax_initial,
    ItemKind.BANK_ACCOUNT: _bank_initial,
    ItemKind.TERMS: _terms_initial,
}


def _save_company(view: ChecklistItemView, data: dict[str, Any]) -> None:
    set_company(view.merchant.ref, CompanyDetails(**data), actor=view.actor)


def _save_address(view: ChecklistItemView, data: dict[str, Any]) -> None:
    set_address(view.merchant.ref, AddressKind.REGISTERED, AddressDetails(**data), actor=view.actor)


def _save_tax_number(view: ChecklistItemView, data: dict[str, Any]) -> None:
    set_tax_number(view.merchant.ref, actor=view.actor, **data)


def _save_bank_account(view: ChecklistItemView, data: dict[str, Any]) -> None:
    set_bank_account(view.merchant.ref, BankDetails(**data), actor=view.actor)


def _save_document(view: ChecklistItemView, data: dict[str, Any]) -> None:
    document_type = view.item.rule.document_type
    if document_type is None:
        return
    upload_document(view.merchant.ref, read_upload(document_type.code, data), actor=view.actor)


def _save_attestation(view: ChecklistItemView, data: dict[str, Any]) -> None:
    complete_attestation(view.merchant.ref, view.item.rule.code, actor=view.actor)


def _save_terms(view: ChecklistItemView, data: dict[str, Any]) -> None:
    accept_terms(view.merchant.ref, data["version"], actor=view.actor)


_SAVERS: dict[str, Callable[[ChecklistItemView, dict[str, Any]], None]] = {
    ItemKind.PROFILE: _save_company,
    ItemKind.ADDRESS: _save_address,
    ItemKind.TAX_NUMBER: _save_tax_number,
    ItemKind.BANK_ACCOUNT: _save_bank_account,
    ItemKind.DOCUMENT: _save_document,
    ItemKind.ATTESTATION: _save_attestation,
    ItemKind.TERMS: _save_terms,
}


def read_upload(type_code: str, data: dict[str, Any]) -> DocumentUpload:
    """The upload of a form; the size limit of the document type is checked before the bytes are kept."""
    expires_on: date | None = data.get("expires_on")
    file = data["file"]
    return DocumentUpload(
        type_code=type_code, filename=file.name or "file", data=file.read(), expires_on=expires_on
    )
