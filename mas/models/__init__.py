"""Tables of merchant administration; private to the app, selectors and operations are its face."""

from mas.models.bank_accounts import BankAccount, BankAccountState, BankScheme
from mas.models.checklists import ChecklistItem, ChecklistRule, ItemKind, ItemState, OnboardingPolicy
from mas.models.counterparties import Address, AddressKind, Counterparty, FiscalRepresentative, TaxNumber
from mas.models.documents import DocumentState, DocumentType, MerchantDocument
from mas.models.invitations import Invitation, InvitationState
from mas.models.merchants import AcceptanceMode, KycStatus, Merchant, MerchantStatus, SuspensionType
from mas.models.shop_texts import ShopText
from mas.models.terms import TermsAcceptance, TermsVersion

__all__ = [
    "AcceptanceMode",
    "Address",
    "AddressKind",
    "BankAccount",
    "BankAccountState",
    "BankScheme",
    "ChecklistItem",
    "ChecklistRule",
    "Counterparty",
    "DocumentState",
    "DocumentType",
    "FiscalRepresentative",
    "Invitation",
    "InvitationState",
    "ItemKind",
    "ItemState",
    "KycStatus",
    "Merchant",
    "MerchantDocument",
    "MerchantStatus",
    "OnboardingPolicy",
    "ShopText",
    "SuspensionType",
    "TaxNumber",
    "TermsAcceptance",
    "TermsVersion",
]
