"""Tables of billing; private to this app (selectors and operations are its face)."""

from billing.models.accounts import Account, Balance, BalanceSnapshot
from billing.models.adjustments import Adjustment, AdjustmentKind, AdjustmentState
from billing.models.bank import (
    BankFile,
    BankFileKind,
    BankFileState,
    BankLine,
    BankLineState,
    BankStatement,
    MatchRule,
)
from billing.models.closing import ClearingNote, PeriodClosing
from billing.models.debts import LEVELS, Debt, DebtAge, DebtReminder
from billing.models.disputes import Dispute, DisputeReason, DisputeState
from billing.models.earnings import Earning, ReserveItem
from billing.models.entities import LegalEntity
from billing.models.fees import (
    BaseMode,
    FeeKind,
    FeeRule,
    FeeSnapshot,
    Priority,
    RefundPolicy,
    RuleState,
    TierMeasure,
    TierMode,
)
from billing.models.journal import JournalEntry, JournalSeal, Period, PeriodState, Posting, new_entry_id
from billing.models.payouts import (
    AT_THE_BANK,
    ENDED_UNPAID,
    LEFT,
    FileFormat,
    Hold,
    HoldEnd,
    Payout,
    PayoutBatch,
    PayoutState,
)
from billing.models.periodic_fees import PeriodicFee
from billing.models.reversals import ReversalRequest, ReversalState
from billing.models.settlements import (
    CHANGEABLE,
    UNPAID,
    Cycle,
    Finding,
    FindingKind,
    PayoutTerms,
    Settlement,
    SettlementApproval,
    SettlementLine,
    SettlementState,
)
from billing.models.volumes import MonthVolume

__all__ = [
    "AT_THE_BANK",
    "CHANGEABLE",
    "ENDED_UNPAID",
    "LEFT",
    "LEVELS",
    "UNPAID",
    "Account",
    "Adjustment",
    "AdjustmentKind",
    "AdjustmentState",
    "Balance",
    "BalanceSnapshot",
    "BankFile",
    "BankFileKind",
    "BankFileState",
    "BankLine",
    "BankLineState",
    "BankStatement",
    "BaseMode",
    "ClearingNote",
    "Cycle",
    "Debt",
    "DebtAge",
    "DebtReminder",
    "Dispute",
    "DisputeReason",
    "DisputeState",
    "Earning",
    "FeeKind",
    "FeeRule",
    "FeeSnapshot",
    "FileFormat",
    "Finding",
    "FindingKind",
    "Hold",
    "HoldEnd",
    "JournalEntry",
    "JournalSeal",
    "LegalEntity",
    "MatchRule",
    "MonthVolume",
    "Payout",
    "PayoutBatch",
    "PayoutState",
    "PayoutTerms",
    "Period",
    "PeriodClosing",
    "PeriodState",
    "PeriodicFee",
    "Posting",
    "Priority",
    "RefundPolicy",
    "ReserveItem",
    "ReversalRequest",
    "ReversalState",
    "RuleState",
    "Settlement",
    "SettlementApproval",
    "SettlementLine",
    "SettlementState",
    "TierMeasure",
    "TierMode",
    "new_entry_id",
]
