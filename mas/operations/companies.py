"""The legal person behind a merchant: company, tax numbers, fiscal representative."""

from dataclasses import asdict, dataclass

from django.db import transaction

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.phrases import gettext as _
from mas.countries import is_country
from mas.models import Counterparty, FiscalRepresentative, ItemKind, KycStatus, Merchant, TaxNumber
from mas.numbers.tax_numbers import check_tax_number
from mas.operations.checklists import complete_items
from mas.operations.kyc import change_kyc
from mas.permissions import EDIT_COMPANY
from mas.selectors.merchants import lock_merchant

# A change of one of these makes it another legal person, so its identity is checked again.
IDENTITY = ("legal_name", "registration_number", "country")


@dataclass(frozen=True, slots=True)
class CompanyDetails:
    """The company as it stands in the register."""

    legal_name: str
    country: str
    legal_form: str = ""
    registration_number: str = ""
    register_name: str = ""
    representative_name: str = ""


@transaction.atomic
def set_company(ref: str, details: CompanyDetails, *, actor: Actor) -> Counterparty:
    """Write the company's details and settle the checklist line; what stays the same writes nothing.

    After a check of identity, another name, number or country asks for the check again and holds payouts.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_COMPANY, merchant_id=merchant.pk)
    values = {name: str(value).strip() for name, value in asdict(details).items()}
    fields = {}
    if not values["legal_name"]:
        fields["legal_name"] = _("Enter the name of the company as it stands in the register.")
    if not is_country(values["country"]):
        fields["country"] = _("Choose a country from the list.")
    if fields:
        raise InvalidInput(_("The company was not saved. Please check the marked fields."), fields=fields)
    company = Counterparty.objects.filter(merchant=merchant).first() or Counterparty(merchant=merchant)
    changes = {
        name: [getattr(company, name), new] for name, new in values.items() if getattr(company, name) != new
    }
    is_new = company.pk is None
    if changes:
        for name, (_old, new) in changes.items():
            setattr(company, name, new)
        company.changed_at = clock.now()
        company.save()
        audit.record("mas.company.changed", actor=actor, subject=merchant, changes=changes)
    if not is_new and any(name in changes for name in IDENTITY):
        _check_identity_again(merchant, actor)
    complete_items(merchant, ItemKind.PROFILE, actor=actor)
    return company


def _check_identity_again(merchant: Merchant, actor: Actor) -> None:
    if merchant.kyc_status in {KycStatus.APPROVED, KycStatus.NOT_REQUIRED}:
        change_kyc(
            merchant,
            "reopen_kyc",
            actor=actor,
            reason=_("The company's name, number or country was changed."),
        )


@transaction.atomic
def set_tax_number(
    ref: str, *, country: str, number: str, actor: Actor, kind: str = TaxNumber.Kind.VAT
) -> TaxNumber:
    """Write the tax number of a country after its own check and settle the checklist line.

    Raises `InvalidInput` at the field at fault. Repeating it changes nothing.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_COMPANY, merchant_id=merchant.pk)
    if kind not in TaxNumber.Kind.values:
        message = _("Choose the kind of tax number.")
        raise InvalidInput(message, fields={"kind": message})
    normal, is_checked = check_tax_number(country, kind, number)
    company = _company_of(merchant)
    row = TaxNumber.objects.filter(counterparty=company, country=country, kind=kind).first()
    if row is None or row.number != normal:
        before = row.number if row else None
        row = row or TaxNumber(counterparty=company, country=country, kind=kind)
        row.number, row.is_format_checked = normal, is_checked
        row.save()
        audit.record(
            "mas.tax_number.changed",
            actor=actor,
            subject=merchant,
            changes={f"{country} {kind}": [before, normal]},
        )
    complete_items(merchant, ItemKind.TAX_NUMBER, actor=actor)
    return row


@transaction.atomic
def remove_tax_number(ref: str, *, country: str, kind: str, actor: Actor) -> None:
    """Take a tax number out; the last one stays, since invoices need it. Repeating it changes nothing."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_COMPANY, merchant_id=merchant.pk)
    numbers = TaxNumber.objects.filter(counterparty__merchant=merchant)
    row = numbers.filter(country=country, kind=kind).first()
    if row is None:
        return
    if numbers.count() == 1:
        raise InvalidInput(
            _("One tax number is needed for invoices. Enter another one before you remove this.")
        )
    audit.record(
        "mas.tax_number.changed",
        actor=actor,
        subject=merchant,
        changes={f"{country} {kind}": [row.number, None]},
    )
    row.delete()


@dataclass(frozen=True, slots=True)
class RepresentativeDetails:
    """Who answers for the taxes in a country without a seat there."""

    name: str
    country: str
    tax_number: str
    address: str


@transaction.atomic
def set_fiscal_representative(
    ref: str, details: RepresentativeDetails | None, *, actor: Actor
) -> FiscalRepresentative | None:
    """Write the fiscal representative, or take it out with None. Raises `InvalidInput` at the field at fault."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_COMPANY, merchant_id=merchant.pk)
    company = _company_of(merchant)
    row = FiscalRepresentative.objects.filter(counterparty=company).first()
    if details is None:
        if row is not None:
            row.delete()
            audit.record(
                "mas.representative.removed",
                actor=actor,
                subject=merchant,
                changes={"name": [row.name, None]},
            )
        return None
    values = {name: str(value).strip() for name, value in asdict(details).items()}
    fields: dict[str, str] = {
        name: _("This is needed for a representative.") for name, value in values.items() if not value
    }
    if not fields:
        try:
            values["tax_number"] = check_tax_number(values["country"], "vat", values["tax_number"])[0]
        except InvalidInput as error:
            fields = {"tax_number" if name == "number" else name: text for name, text in error.fields.items()}
    if fields:
        raise InvalidInput(
            _("The representative was not saved. Please check the marked fields."), fields=fields
        )
    before = row.name if row else None
    row, _is_new = FiscalRepresentative.objects.update_or_create(counterparty=company, defaults=values)
    audit.record(
        "mas.representative.changed", actor=actor, subject=merchant, changes={"name": [before, row.name]}
    )
    return row


def _company_of(merchant: Merchant) -> Counterparty:
    company: Counterparty | None = Counterparty.objects.filter(merchant=merchant).first()
    if company is None:
        raise NotFound(_("Enter the company first: tax numbers belong to it."))
    return company
