"""The menu of faults: card number → what happens, shown to people who try the shop."""

from typing import Any

from django.utils.translation import gettext_lazy as _

CARDS: dict[str, tuple[str, Any]] = {
    "4242424242424242": ("approve", _("is approved")),
    "4000000000003220": ("confirm", _("asks you to confirm at your bank")),
    "4000000000000002": ("decline", _("is declined")),
    "4000000000000119": ("lost_answer", _("is approved, but the answer is lost")),
    "4000000000000127": ("lost_request", _("the request never arrives")),
    "4000000000000259": ("slow", _("is approved, but only the second question is answered")),
    "4000000000000267": ("late", _("is approved, but answered ten minutes late")),
    "4000000000000275": ("twice", _("is approved, and every message comes twice")),
    "4000000000000283": ("out_of_order", _("is approved, and the messages come in the wrong order")),
    "4000000000000291": ("never", _("is never answered")),
    "4000000000000341": ("capture_fails", _("is approved, but charging it fails")),
    "4000000000000358": ("capture_lost", _("is charged, but the answer is lost")),
    "4000000000005126": ("refund_fails", _("is approved, but the first refund fails")),
    "4000000000005134": ("refund_lost", _("is paid back, but the answer is lost")),
}
MESSAGES = {
    "decline": _("The card was declined by its bank."),
    "capture_fails": _("The bank refused to charge the card."),
    "refund_fails": _("The card's bank did not take the refund."),
}
