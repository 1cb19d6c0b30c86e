"""The account a merchant is paid to, and the ones before it."""

from datetime import datetime

from django.db.models import QuerySet

from mas.models import BankAccount, BankAccountState, Merchant


def find_bank_account(merchant: Merchant) -> BankAccount | None:
    """The current account; None before the merchant entered one."""
    account: BankAccount | None = (
        BankAccount.objects.filter(merchant=merchant).exclude(state=BankAccountState.REPLACED).first()
    )
    return account


def list_bank_accounts(merchant: Merchant) -> QuerySet[BankAccount]:
    """Current and replaced accounts, newest first."""
    accounts: QuerySet[BankAccount] = BankAccount.objects.filter(merchant=merchant).order_by("-id")
    return accounts


def list_bank_account_changers(merchant_id: int, since: datetime) -> set[int]:
    """The users who changed this merchant's bank account after a moment, replaced accounts included."""
    rows = BankAccount.objects.filter(merchant_id=merchant_id, changed_at__gt=since)
    return set(rows.exclude(changed_by=None).values_list("changed_by_id", flat=True))
