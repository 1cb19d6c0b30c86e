"""Builders of merchants and what belongs to them; rows as they are, without running the operations."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from backoffice.kernel import clock
from backoffice.kernel.hashing import sha256_hex
from mas.models import (
    Address,
    AddressKind,
    BankAccount,
    BankAccountState,
    ChecklistItem,
    ChecklistRule,
    Counterparty,
    DocumentType,
    Invitation,
    ItemKind,
    KycStatus,
    Merchant,
    MerchantDocument,
    SuspensionType,
    TaxNumber,
    TermsVersion,
)
from tests.isolation.objects import Shared

_numbers = count(1)


def merchant(status: str = "approved", **fields: Any) -> Merchant:
    """A merchant in any status, with the facts that status implies."""
    number = next(_numbers)
    fields.setdefault("name", f"Merchant {number}")
    fields.setdefault("slug", f"merchant-{number}")
    fields.setdefault("email", f"merchant-{number}@example.com")
    fields.setdefault("country", "DE")
    fields.setdefault("currency", "EUR")
    if status == "suspended":
        fields.setdefault("suspension_type", SuspensionType.MANUAL)
    if status in {"approved", "suspended", "closed"}:
        fields.setdefault("kyc_status", KycStatus.APPROVED)
        fields.setdefault("approved_at", clock.now())
    if status == "in_review":
        fields.setdefault("kyc_status", KycStatus.TO_APPROVE)
        fields.setdefault("submitted_at", clock.now())
    made: Merchant = Merchant.objects.create(status=status, **fields)
    return made


def counterparty(of: Merchant, **fields: Any) -> Counterparty:
    fields.setdefault("legal_name", f"{of.name} GmbH")
    fields.setdefault("registration_number", "HRB 12345")
    fields.setdefault("country", of.country)
    made: Counterparty = Counterparty.objects.create(merchant=of, **fields)
    return made


def tax_number(of: Counterparty, **fields: Any) -> TaxNumber:
    fields.setdefault("country", "DE")
    fields.setdefault("number", "DE136695976")
    fields.setdefault("is_format_checked", True)
    return TaxNumber.objects.create(counterparty=of, **fields)


def address(of: Merchant, kind: str = AddressKind.REGISTERED, **fields: Any) -> Address:
    fields.setdefault("line1", "Hafenstraße 1")
    fields.setdefault("postal_code", "20457")
    fields.setdefault("city", "Hamburg")
    fields.setdefault("country", "DE")
    made: Address = Address.objects.create(merchant=of, kind=kind, **fields)
    return made


def bank_account(of: Merchant, state: str = BankAccountState.VERIFIED, **fields: Any) -> BankAccount:
    fields.setdefault("holder", f"{of.name} GmbH")
    fields.setdefault("account_number", "DE89370400440532013000")
    fields.setdefault("bic", "COBADEFFXXX")
    fields.setdefault("country", "DE")
    fields.setdefault("changed_by_label", "factory")
    if state == BankAccountState.VERIFIED:
        fields.setdefault("verified_at", clock.now())
        fields.setdefault("verified_by_label", "factory")
    made: BankAccount = BankAccount.objects.create(merchant=of, state=state, **fields)
    return made


def document_type(**fields: Any) -> DocumentType:
    number = next(_numbers)
    fields.setdefault("code", f"paper-{number}")
    fields.setdefault("name", f"Paper {number}")
    return DocumentType.objects.create(**fields)


def document(of: Merchant, state: str = "pending", **fields: Any) -> MerchantDocument:
    if "document_type" not in fields:
        fields["document_type"] = document_type()
    fields.setdefault("asset_uuid", uuid4())
    fields.setdefault("filename", "extract.pdf")
    fields.setdefault("uploaded_by_label", "factory")
    made: MerchantDocument = MerchantDocument.objects.create(merchant=of, state=state, **fields)
    return made


def checklist_rule(kind: str = ItemKind.PROFILE, **fields: Any) -> ChecklistRule:
    number = next(_numbers)
    fields.setdefault("code", f"item-{number}")
    fields.setdefault("title", f"Item {number}")
    if kind == ItemKind.DOCUMENT and "document_type" not in fields:
        fields["document_type"] = document_type()
    if kind == ItemKind.ATTESTATION:
        fields.setdefault("statement", "Everything we sell is ours to sell.")
    if kind == ItemKind.MINIMUM_PRODUCTS:
        fields.setdefault("minimum_products", 1)
    return ChecklistRule.objects.create(kind=kind, **fields)


def checklist_item(of: Merchant, rule: ChecklistRule, state: str = "open", **fields: Any) -> ChecklistItem:
    made: ChecklistItem = ChecklistItem.objects.create(merchant=of, rule=rule, state=state, **fields)
    return made


def invitation(of: Merchant, state: str = "sent", **fields: Any) -> Invitation:
    fields.setdefault("email", of.email)
    fields.setdefault("token_sha256", uuid4().hex * 2)
    fields.setdefault("expires_at", clock.now() + timedelta(days=14))
    fields.setdefault("invited_by_label", "factory")
    made: Invitation = Invitation.objects.create(merchant=of, state=state, **fields)
    return made


def terms_version(number: int | None = 1, **fields: Any) -> TermsVersion:
    fields.setdefault("title", "Terms for merchants")
    fields.setdefault("bodies", {"en": "Be fair.", "de": "Seid fair."})
    if number is not None:
        fields.setdefault("published_at", clock.now())
        fields.setdefault("text_sha256", "0" * 64)
    return TermsVersion.objects.create(number=number, **fields)


def isolation_objects(of: Merchant) -> dict[str, Any]:
    """One of everything merchant administration keeps, for the isolation sweep."""
    company = counterparty(of)
    tax_number(company)
    address(of, AddressKind.REGISTERED)
    address(of, AddressKind.RETURNS)
    bank_account(of, BankAccountState.UNVERIFIED)
    paper = document(of)
    invited = invitation(of, token_sha256=sha256_hex("isolation-token"))
    rule = checklist_rule(ItemKind.PROFILE)
    checklist_item(of, rule)
    terms = terms_version(number=TermsVersion.objects.count() + 1)
    return {
        "mas-merchant": of.ref,
        "mas-kyc": of.ref,
        "mas-bank_account": of.ref,
        "mas-item": {"ref": of.ref, "code": rule.code},
        "mas-invitation": invited.ref,
        "mas-document": paper.ref,
        "mas-document-upload": Shared(paper.document_type.code),
        "mas-document_type": Shared(paper.document_type.code),
        "mas-rule": Shared(rule.ref),
        "mas-terms": Shared(terms.ref),
        "mas-checklist-item": rule.code,
        "mas-registration": Shared("isolation-token"),
        "mas-address": Shared(AddressKind.RETURNS.value),
        "mas-tax_number": {"country": Shared("DE"), "kind": Shared("vat")},
        "mas-shop": Shared("en"),
        "/merchants": of.ref,
        "/invitations": invited.ref,
    }
