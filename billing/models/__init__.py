"""Tables of billing; private to this app (selectors and operations are its face)."""

from billing.models.accounts import Account, Balance, BalanceSnapshot
from billing.models.entities import LegalEntity
from billing.models.journal import JournalEntry, JournalSeal, Period, PeriodState, Posting, new_entry_id

__all__ = [
    "Account",
    "Balance",
    "BalanceSnapshot",
    "JournalEntry",
    "JournalSeal",
    "LegalEntity",
    "Period",
    "PeriodState",
    "Posting",
    "new_entry_id",
]
