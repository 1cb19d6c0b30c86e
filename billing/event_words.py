"""What happened, in words, for people who read the journal; the code of an event never changes."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

EVENTS = {
    "capture": _("Payment captured"),
    "commission": _("Commission charged"),
    "commission_returned": _("Commission returned"),
    "subsidy": _("Discount paid by the marketplace"),
    "maturity": _("Released from pending"),
    "reserve_released": _("Reserve released"),
    "refund": _("Refund owed to a buyer"),
    "refund_paid": _("Refund paid"),
    "provider_payout": _("Payment provider paid out"),
    "provider_conversion": _("Payment provider converted"),
    "payout_claimed": _("Payout taken from the balance"),
    "payout_executed": _("Payout executed"),
    "payout_rejected": _("Payout rejected by the bank"),
    "payout_returned": _("Payout came back"),
    "bank_line_suspended": _("Bank line to suspense"),
    "bank_line_placed": _("Bank line placed"),
    "dispute_opened": _("Chargeback opened"),
    "dispute_held": _("Chargeback held from the merchant"),
    "dispute_resolved": _("Chargeback decided"),
    "goodwill": _("Goodwill"),
    "write_off": _("Debt written off"),
    "merchant_fee": _("One-off fee"),
    "penalty": _("Penalty"),
    "periodic_fee": _("Monthly fee"),
    "realised_fx": _("Currency result"),
    "cost_of_goods": _("Cost of goods sold"),
}
REVERSED = "_reversed"


def event_label(event_type: str) -> str:
    """“Commission charged”, “Undone: Commission charged”; an event nobody gave words to is shown as its code."""
    undone = event_type.removesuffix(REVERSED)
    label = str(EVENTS.get(undone, undone))
    return gettext("Undone: %(event)s") % {"event": label} if undone != event_type else label
