"""How the states of this app look, and the words of its audit trail."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.badges import DANGER, DONE, ENDED, INFO, WAITING, State, register_states
from backoffice.ui.timeline import register_actions, register_actors

register_states(
    "billing.Settlement",
    {
        "open": State(_("Open"), INFO),
        "cut_off": State(_("Cut off"), INFO),
        "calculated": State(_("Calculated"), INFO),
        "in_review": State(_("In review"), WAITING),
        "rejected": State(_("Rejected"), DANGER),
        "approved": State(_("Approved"), INFO),
        "on_hold": State(_("On hold"), WAITING),
        "payable": State(_("Payable"), INFO),
        "paid": State(_("Paid"), DONE),
        "rolled_over": State(_("Carried forward"), ENDED),
    },
)
register_states(
    "billing.Payout",
    {
        "created": State(_("To send"), WAITING),
        "claimed": State(_("Claimed"), WAITING),
        "exported": State(_("In a bank file"), INFO),
        "accepted": State(_("Accepted by the bank"), INFO),
        "executed": State(_("Executed"), DONE),
        "reconciled": State(_("Reconciled"), DONE),
        "unknown": State(_("Unknown"), DANGER),
        "rejected": State(_("Rejected by the bank"), DANGER),
        "returned": State(_("Came back"), DANGER),
        "cancelled": State(_("Cancelled"), ENDED),
    },
)
register_states(
    "billing.PayoutBatch",
    {
        "written": State(_("Written"), INFO),
        "void_asked": State(_("Payouts to be taken out"), WAITING),
        "void": State(_("Void"), ENDED),
    },
)
register_states(
    "billing.BankFile",
    {
        "uploaded": State(_("To check"), WAITING),
        "imported": State(_("Imported"), DONE),
        "discarded": State(_("Discarded"), ENDED),
    },
)
register_states(
    "billing.BankLine",
    {
        "matched": State(_("Matched"), DONE),
        "open": State(_("Unmatched"), WAITING),
        "resolved": State(_("Resolved by a person"), DONE),
    },
)
register_states(
    "billing.FeeRule",
    {
        "draft": State(_("Draft"), WAITING),
        "approved": State(_("Approved, starts later"), INFO),
        "active": State(_("Active"), DONE),
        "retired": State(_("Retired"), ENDED),
    },
)
register_states(
    "billing.Adjustment",
    {
        "proposed": State(_("Proposed"), WAITING),
        "approved": State(_("Approved"), DONE),
        "refused": State(_("Refused"), ENDED),
        "reversed": State(_("Taken back"), ENDED),
    },
)
register_states(
    "billing.Hold",
    {
        "held": State(_("Held"), WAITING),
        "charging": State(_("Held, charge to approve"), WAITING),
        "lifted": State(_("Lifted"), ENDED),
        "charged": State(_("Charged"), DONE),
        "lapsed": State(_("Lapsed"), ENDED),
    },
)
register_states(
    "billing.ReversalRequest",
    {
        "asked": State(_("Asked"), WAITING),
        "confirmed": State(_("Reversed"), DONE),
        "refused": State(_("Refused"), ENDED),
    },
)
register_states(
    "billing.Dispute",
    {
        "open": State(_("Open"), WAITING),
        "won": State(_("Won"), DONE),
        "lost": State(_("Lost, the merchant pays"), DANGER),
        "absorbed": State(_("Lost, the marketplace pays"), DANGER),
    },
)
register_states(
    "billing.Period",
    {
        "open": State(_("Open"), DONE),
        "soft_closed": State(_("Closed for automatic entries"), WAITING),
        "hard_closed": State(_("Closed"), ENDED),
    },
)
register_actions(
    {
        "billing.entity.changed": _("Company changed"),
        "billing.entry.reversed": _("Entry reversed"),
        "billing.reversal.asked": _("Reversal asked for"),
        "billing.reversal.confirmed": _("Reversal confirmed"),
        "billing.reversal.refused": _("Reversal refused"),
        "billing.period.state_changed": _("Period opened or closed"),
        "billing.period.clearing_explained": _("Open clearing account explained"),
        "billing.period.reopen_asked": _("Reopening asked for"),
        "billing.fee_rule.drafted": _("Draft written"),
        "billing.fee_rule.edited": _("Draft changed"),
        "billing.fee_rule.approved": _("Rule approved"),
        "billing.fee_rule.retired": _("Rule retired"),
        "billing.periodic_fees.charged": _("Monthly fees charged"),
        "billing.settlements.cut": _("Settlements cut"),
        "billing.settlement.recalculated": _("Statement calculated again"),
        "billing.settlement.signed": _("Statement signed"),
        "billing.settlement.rejected": _("Statement rejected"),
        "billing.payout.claimed": _("Payout claimed"),
        "billing.payout.kept_back": _("Kept out of a bank file"),
        "billing.payout.executed": _("Payout executed"),
        "billing.payout.unknown": _("No answer from the bank"),
        "billing.payout.rejected": _("Payout rejected by the bank"),
        "billing.payout.returned": _("Payout came back"),
        "billing.payout.cancelled": _("Payout cancelled"),
        "billing.payout.retried": _("Payout sent again"),
        "billing.payout.accepted": _("Accepted by the bank"),
        "billing.payout.reconciled": _("Found on the bank statement"),
        "billing.bank_file.uploaded": _("Bank file uploaded"),
        "billing.bank_file.imported": _("Bank file imported"),
        "billing.bank_file.discarded": _("Bank file discarded"),
        "billing.bank_line.resolved": _("Bank line resolved"),
        "billing.bank_line.undo_asked": _("Asked to take the line back"),
        "billing.bank_line.taken_back": _("Line taken back"),
        "billing.bank_line.kept": _("Line stays as it is"),
        "billing.payout.line_taken_back": _("Its bank line was taken back"),
        "billing.batch.created": _("Bank file written"),
        "billing.batch.downloaded": _("Bank file downloaded"),
        "billing.batch.void_asked": _("Asked to take payouts out"),
        "billing.batch.voided": _("Bank file made void"),
        "billing.batch.kept": _("Bank file stays as it is"),
        "billing.payout.withdrawn": _("Taken out of its bank file"),
        "billing.debt.paused": _("Reminders of a debt paused"),
        "billing.debt.resumed": _("Reminders of a debt go on"),
        "billing.payouts.held": _("Payouts held"),
        "billing.payouts.released": _("Hold lifted"),
        "billing.payouts.lapsed": _("Hold lapsed"),
        "billing.payout_terms.changed": _("Payout terms changed"),
        "billing.dispute.opened": _("Chargeback opened"),
        "billing.dispute.won": _("Chargeback won"),
        "billing.dispute.lost": _("Chargeback lost"),
        "billing.dispute.absorb_asked": _("Asked to bear the loss"),
        "billing.dispute.absorbed": _("Loss borne by the marketplace"),
        "billing.adjustment.proposed": _("Adjustment proposed"),
        "billing.adjustment.approved": _("Adjustment approved"),
        "billing.adjustment.refused": _("Adjustment refused"),
    }
)
register_actors(
    {
        "billing": _("Automatic"),
        "hold days passed": _("Hold days passed"),
        "hold's time over": _("Hold lapsed"),
        "month began": _("Month began"),
        "reserve days passed": _("Reserve days passed"),
    }
)
register_states(
    "mms.TaskKind",
    {
        "billing.dispute": State(_("Chargeback to answer")),
        "billing.periodic_fees": State(_("Fees not charged")),
        "billing.debt": State(_("Debt reminded of for the last time")),
        "billing.refund_failed": State(_("Refund still owed")),
        "billing.unknown_order": State(_("Money without an order")),
    },
)
