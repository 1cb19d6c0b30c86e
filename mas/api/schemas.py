"""What goes in and out of the endpoints; fields that are not listed are refused."""

from datetime import date, datetime
from typing import Any, ClassVar

from backoffice.ui.endpoints import StrictSchema

_MERCHANT: dict[str, Any] = {
    "ref": "MER-7K2F9QX4AB",
    "name": "Nordlicht",
    "slug": "nordlicht",
    "status": "approved",
    "status_reason": "",
    "kyc_status": "approved",
    "email": "hello@nordlicht.example",
    "phone": "+49 40 123456",
    "website_url": "https://nordlicht.example",
    "country": "DE",
    "language": "de",
    "currency": "EUR",
    "holiday_from": None,
    "holiday_to": None,
    "acceptance_mode": "manual",
    "external_id": "70012",
    "version": 3,
}


class MerchantOut(StrictSchema):
    """A merchant as itself and the operator see it."""

    ref: str
    name: str
    slug: str
    status: str
    status_reason: str
    kyc_status: str
    email: str
    phone: str
    website_url: str
    country: str
    language: str
    currency: str
    holiday_from: date | None
    holiday_to: date | None
    acceptance_mode: str
    external_id: str
    version: int
    example: ClassVar[dict[str, Any]] = _MERCHANT


class OperatorMerchantOut(MerchantOut):
    """What the operator sees on top: the agreement, and why it is suspended."""

    suspension_type: str
    hold_days: int
    is_premium: bool
    is_trusted: bool
    created_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        **_MERCHANT,
        "suspension_type": "",
        "hold_days": 14,
        "is_premium": False,
        "is_trusted": True,
        "created_at": "2026-03-02T09:30:00Z",
        "submitted_at": "2026-03-04T14:05:00Z",
        "approved_at": "2026-03-05T08:00:00Z",
    }


class InviteMerchantIn(StrictSchema):
    name: str
    email: str
    country: str
    currency: str
    language: str = "en"
    person_name: str = ""
    message: str = ""
    example: ClassVar[dict[str, Any]] = {
        "name": "Nordlicht",
        "email": "anna@nordlicht.example",
        "country": "DE",
        "currency": "EUR",
        "language": "de",
        "person_name": "Anna Berg",
        "message": "We met at the fair in Hamburg.",
    }


class InvitationOut(StrictSchema):
    ref: str
    merchant_ref: str
    email: str
    state: str
    sent_at: datetime
    expires_at: datetime
    sent_count: int
    example: ClassVar[dict[str, Any]] = {
        "ref": "INV-4M8ZC0T2VX",
        "merchant_ref": "MER-7K2F9QX4AB",
        "email": "anna@nordlicht.example",
        "state": "sent",
        "sent_at": "2026-03-02T09:30:00Z",
        "expires_at": "2026-03-16T09:30:00Z",
        "sent_count": 1,
    }


class ReasonIn(StrictSchema):
    reason: str
    example: ClassVar[dict[str, Any]] = {"reason": "The register extract is older than three months."}


class ApproveMerchantIn(StrictSchema):
    """`anyway` approves although required points are open; it then needs a reason."""

    reason: str = ""
    anyway: bool = False
    example: ClassVar[dict[str, Any]] = {"reason": "", "anyway": False}


class ReturnOnboardingIn(ReasonIn):
    """`items` are codes of checklist points to open again."""

    items: list[str] = []
    example: ClassVar[dict[str, Any]] = {
        "reason": "The name differs from the register.",
        "items": ["company"],
    }


class SuspendMerchantIn(ReasonIn):
    type: str = "manual"
    example: ClassVar[dict[str, Any]] = {"reason": "Complaints about forged goods.", "type": "manual"}


class ProfilePatch(StrictSchema):
    """Only the fields that are sent are changed. Status and the like are not among them: they have named steps."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    website_url: str | None = None
    language: str | None = None
    acceptance_mode: str | None = None
    external_id: str | None = None
    # The version the change was made on; an older one is refused.
    version: int | None = None
    example: ClassVar[dict[str, Any]] = {"phone": "+49 40 654321", "version": 3}


class AgreementPatch(StrictSchema):
    """What only the operator sets; only the fields that are sent are changed."""

    slug: str | None = None
    hold_days: int | None = None
    is_premium: bool | None = None
    is_trusted: bool | None = None
    version: int | None = None
    example: ClassVar[dict[str, Any]] = {"hold_days": 7, "is_trusted": True}


class HolidaysIn(StrictSchema):
    """First and last day without new orders, both included; nulls end the holidays."""

    first: date | None = None
    last: date | None = None
    example: ClassVar[dict[str, Any]] = {"first": "2026-12-23", "last": "2027-01-03"}


class ChecklistItemOut(StrictSchema):
    code: str
    title: str
    kind: str
    is_required: bool
    state: str
    note: str
    done_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "code": "tax-number",
        "title": "Tax number",
        "kind": "tax_number",
        "is_required": True,
        "state": "done",
        "note": "",
        "done_at": "2026-03-03T10:00:00Z",
    }


class ChecklistOut(StrictSchema):
    items: list[ChecklistItemOut]
    example: ClassVar[dict[str, Any]] = {"items": [ChecklistItemOut.example]}


class PayoutAccountOut(StrictSchema):
    """Where and whether money leaves; the number is masked."""

    account_holder: str
    scheme: str
    masked_number: str
    bic: str
    is_verified: bool
    changed_at: datetime | None
    block_reasons: list[str]
    example: ClassVar[dict[str, Any]] = {
        "account_holder": "Nordlicht GmbH",
        "scheme": "iban",
        "masked_number": "DE •••• 3000",
        "bic": "COBADEFFXXX",
        "is_verified": True,
        "changed_at": "2026-03-03T10:00:00Z",
        "block_reasons": [],
    }
