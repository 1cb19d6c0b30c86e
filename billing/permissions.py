"""What a person may do with money, and which ready roles may do it."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import MERCHANT, OPERATOR, grant

VIEW_FINANCE = grant("billing.view_finance", _("See finance: ledger, settlements, payouts, fees"), OPERATOR)
PREPARE_SETTLEMENT = grant("billing.prepare_settlement", _("Cut and calculate settlements"), OPERATOR)
APPROVE_SETTLEMENT = grant("billing.approve_settlement", _("Approve settlements as second person"), OPERATOR)
SEND_PAYOUTS = grant("billing.send_payouts", _("Create bank files and record what the bank did"), OPERATOR)
EDIT_FEES = grant("billing.edit_fees", _("Write draft fee rules"), OPERATOR)
CHARGE_FEES = grant("billing.charge_fees", _("Charge subscription and listing fees of a month"), OPERATOR)
APPROVE_FEES = grant("billing.approve_fees", _("Approve and retire fee rules"), OPERATOR)
ADJUST_BALANCE = grant("billing.adjust_balance", _("Propose adjustments of a merchant's balance"), OPERATOR)
APPROVE_ADJUSTMENT = grant("billing.approve_adjustment", _("Approve adjustments as second person"), OPERATOR)
REVERSE_ENTRY = grant("billing.reverse_entry", _("Ask to reverse a journal entry"), OPERATOR)
APPROVE_REVERSAL = grant("billing.approve_reversal", _("Confirm reversals as second person"), OPERATOR)
HANDLE_DISPUTES = grant("billing.handle_disputes", _("Open and decide chargebacks"), OPERATOR)
HOLD_PAYOUTS = grant("billing.hold_payouts", _("Hold and release a merchant's payouts"), OPERATOR)
REMIND_DEBTORS = grant("billing.remind_debtors", _("Pause the reminders of a merchant's debt"), OPERATOR)
CLOSE_PERIOD = grant("billing.close_period", _("Close and reopen accounting periods"), OPERATOR)
EDIT_ENTITY = grant("billing.edit_entity", _("Change the operator's bank account and payout terms"), OPERATOR)

VIEW_MONEY = grant("billing.view_money", _("See balances, statements and fees of the merchant"), MERCHANT)

_EVERYDAY = {
    VIEW_FINANCE,
    PREPARE_SETTLEMENT,
    SEND_PAYOUTS,
    EDIT_FEES,
    CHARGE_FEES,
    ADJUST_BALANCE,
    REVERSE_ENTRY,
    HANDLE_DISPUTES,
    HOLD_PAYOUTS,
    REMIND_DEBTORS,
}
_SECOND = {
    VIEW_FINANCE,
    APPROVE_SETTLEMENT,
    APPROVE_FEES,
    APPROVE_ADJUSTMENT,
    APPROVE_REVERSAL,
    HOLD_PAYOUTS,
    CLOSE_PERIOD,
}

ROLE_GRANTS: dict[str, set[str]] = {
    "operator-admin": _EVERYDAY | _SECOND | {EDIT_ENTITY},
    "finance": _EVERYDAY | {CLOSE_PERIOD},
    "finance-approver": _SECOND,
    "merchant-admin": {VIEW_MONEY},
    "merchant-accounting": {VIEW_MONEY},
}
