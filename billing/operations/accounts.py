"""Opening ledger accounts: in one fixed order, and ahead of the money, so that no posting waits for another's account.

A new account is invisible to others until its transaction ends, and whoever needs the same one waits for that. Two
postings that open accounts while they hold balances could wait for each other in a circle; so a merchant's accounts
are there before its first money moves, and what is opened at first use is inserted sorted, before any balance.
"""

from collections.abc import Iterable

from django.db import transaction

from billing.chart import MERCHANT_CODES, Code
from billing.models import Account, Balance, LegalEntity
from billing.selectors.accounts import AccountKey, find_accounts

# What sales, commissions and refunds move besides the merchant's own accounts.
COMPANY_CODES = (Code.REFUND_CLEARING, Code.FEE_VAT, Code.COMMISSION, Code.DISCOUNTS)


def ensure_accounts(keys: Iterable[AccountKey]) -> dict[AccountKey, Account]:
    """The accounts of these keys; missing ones are opened together, sorted, with their balance rows.

    Safe beside others who open the same ones. One statement when all are there.
    """
    wanted = set(keys)
    found = find_accounts(wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        Account.objects.bulk_create([_new_account(key) for key in missing], ignore_conflicts=True)
        found |= find_accounts(missing)
        Balance.objects.bulk_create(
            [Balance(account=found[key]) for key in missing if key[1] in MERCHANT_CODES],
            ignore_conflicts=True,
        )
    return found


# Inside a sale it is part of that transaction whole: a savepoint of its own would only cost two statements.
@transaction.atomic(savepoint=False)
def open_merchant_accounts(owners: Iterable[tuple[int, int, str]]) -> None:
    """Open what the sales of (company, merchant, currency) will move, before they do. Safe to repeat."""
    keys: set[AccountKey] = set()
    for entity_id, merchant_id, currency in owners:
        keys |= {(entity_id, str(code), "merchant", merchant_id, currency) for code in MERCHANT_CODES}
        keys |= {(entity_id, str(code), "", 0, currency) for code in COMPANY_CODES}
    ensure_accounts(keys)


def open_accounts_of_new_merchant(merchant_id: int, currency: str) -> None:
    """Open an approved merchant's accounts in every company that trades in its currency; others at its first order."""
    companies = LegalEntity.objects.filter(currency=currency).order_by("pk").values_list("pk", flat=True)
    open_merchant_accounts([(entity_id, merchant_id, currency) for entity_id in companies])


def _new_account(key: AccountKey) -> Account:
    entity_id, code, owner_type, owner_id, currency = key
    return Account(
        entity_id=entity_id, code=code, owner_type=owner_type, owner_id=owner_id, currency=currency
    )
