"""What finance must know of a merchant before money leaves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import NotFound
from mas.models import BankAccount, BankAccountState, BankScheme, KycStatus, Merchant

# Why payouts of a merchant are held: stable code → words shown to finance and to the merchant.
BLOCK_REASONS: dict[str, Any] = {
    "kyc_not_approved": gettext_lazy("The identity check (KYC) is not approved."),
    "no_bank_account": gettext_lazy("No bank account is entered."),
    "bank_account_not_verified": gettext_lazy("The bank account is new and not verified yet."),
}


@dataclass(frozen=True, slots=True)
class PayoutProfile:
    """Account and reasons that hold payouts; `iban` is empty for other schemes than IBAN."""

    merchant_id: int
    account_holder: str
    scheme: str
    iban: str
    bic: str
    account_number: str
    routing_code: str
    masked_number: str
    is_verified: bool
    changed_at: datetime | None
    changed_by_user_id: int | None
    kyc_approved: bool
    merchant_status: str
    block_reasons: tuple[str, ...]

    @property
    def is_payable(self) -> bool:
        return not self.block_reasons


def get_payout_profile(merchant_id: int) -> PayoutProfile:
    """The current account and what holds payouts; raises `NotFound` for an unknown merchant."""
    profile = get_payout_profiles([merchant_id]).get(merchant_id)
    if profile is None:
        raise NotFound(_("There is no such merchant."))
    return profile


def get_payout_profiles(merchant_ids: list[int]) -> dict[int, PayoutProfile]:
    """The profiles of several merchants in one statement, for a payout run."""
    current = FilteredRelation("bank_accounts", condition=~Q(bank_accounts__state=BankAccountState.REPLACED))
    merchants: Any = Merchant.objects.filter(pk__in=merchant_ids).order_by()
    rows = merchants.annotate(current=current).select_related("current")
    return {row.pk: _profile(row, getattr(row, "current", None)) for row in rows}


def list_block_reasons(merchant: Merchant, account: BankAccount | None) -> list[str]:
    """Why payouts of a merchant with this current account are held, as stable codes."""
    reasons = []
    if merchant.kyc_status not in {KycStatus.APPROVED, KycStatus.NOT_REQUIRED}:
        reasons.append("kyc_not_approved")
    if account is None:
        reasons.append("no_bank_account")
    elif account.state != BankAccountState.VERIFIED:
        reasons.append("bank_account_not_verified")
    return reasons


def _profile(merchant: Merchant, account: BankAccount | None) -> PayoutProfile:
    is_iban = account is not None and account.scheme == BankScheme.IBAN
    return PayoutProfile(
        merchant_id=merchant.pk,
        account_holder=account.holder if account else "",
        scheme=account.scheme if account else "",
        iban=account.account_number if account and is_iban else "",
        bic=account.bic if account else "",
        account_number=account.account_number if account else "",
        routing_code=account.routing_code if account else "",
        masked_number=account.masked_number if account else "",
        is_verified=account is not None and account.state == BankAccountState.VERIFIED,
        changed_at=account.changed_at if account else None,
        changed_by_user_id=account.changed_by_id if account else None,
        kyc_approved=merchant.kyc_status in {KycStatus.APPROVED, KycStatus.NOT_REQUIRED},
        merchant_status=str(merchant.status),
        block_reasons=tuple(list_block_reasons(merchant, account)),
    )
