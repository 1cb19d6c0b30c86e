"""What billing refuses, each with a stable code."""

from backoffice.kernel.errors import Conflict, DomainError, InvalidInput, StateRefused


class EntryUnbalanced(InvalidInput):
    """Debits and credits differ; nothing was written."""

    code = "entry_unbalanced"


class PayloadConflict(Conflict):
    """The same idempotency key came with another payload; nothing was written."""

    code = "entry_payload_conflict"


class AlreadyReversed(Conflict):
    """An entry is reversed at most once, and a reversal is never reversed."""

    code = "entry_already_reversed"


class PeriodClosed(StateRefused):
    """The accounting period takes no more entries."""

    code = "period_closed"


class PeriodNotClosable(StateRefused):
    """Something in the period is unfinished; `params` names it."""

    code = "period_not_closable"


class NotEnoughAvailable(StateRefused):
    """Money out above what is available; payouts never overdraw."""

    code = "not_enough_available"


class SamePerson(StateRefused):
    """The second pair of eyes must belong to another person."""

    code = "same_person"


class MissingFeeRule(DomainError):
    """No rule applies and there is no default: an error, never a silent zero."""

    code = "missing_fee_rule"


class RuleTie(Conflict):
    """Another rule would win or lose by chance; `params` names it."""

    code = "fee_rule_tie"


class StatementChanged(StateRefused):
    """The statement is no longer the one that was looked at."""

    code = "statement_changed"


class PayoutHeld(StateRefused):
    """The payout, or all of its merchant, is held; `params["reasons"]` says why."""

    code = "payout_held"


class PayoutNotSendable(StateRefused):
    """The payout is not in the state this step needs."""

    code = "payout_state_refused"


class FileVoid(StateRefused):
    """The bank file is void, or somebody asked to take payouts out of it."""

    code = "payout_file_void"


class FileMismatch(DomainError):
    """The bank file does not add up to the ledger; it was not released."""

    code = "payout_file_mismatch"
    status = 500


class RefundAboveCharge(StateRefused):
    """More would be given back than was charged."""

    code = "refund_above_charge"


class EntityIncomplete(InvalidInput):
    """The legal entity lacks what a bank file needs."""

    code = "entity_incomplete"


class DisputeAboveCapture(InvalidInput):
    """More would be in dispute than was captured for the order."""

    code = "dispute_above_capture"


class DisputeDecided(StateRefused):
    """The case was decided otherwise already."""

    code = "dispute_decided"


class EntryHasOwnWay(StateRefused):
    """The entry belongs to something that is undone in its own way, so that both stay in step."""

    code = "entry_has_own_way"


class WriteOffAboveDebt(StateRefused):
    """More would be written off than the merchant owes."""

    code = "write_off_above_debt"


class BankFileUnreadable(InvalidInput):
    """The bank's file is not what it should be; nothing of it was taken."""

    code = "bank_file_unreadable"


class BankFileKnown(Conflict):
    """The same file was uploaded before; `params["ref"]` names it."""

    code = "bank_file_known"


class BankStatementGap(StateRefused):
    """A statement does not begin where the one before ended; nothing was imported."""

    code = "bank_statement_gap"


class BankLineSettled(StateRefused):
    """The line was resolved or matched already, or does not fit what it should be matched with."""

    code = "bank_line_settled"


class BankLineBound(StateRefused):
    """Something was done since because of what the line was taken for; the message says what comes first."""

    code = "bank_line_bound"
