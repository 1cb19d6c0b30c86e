"""Paid outside the marketplace: each merchant tells the buyer how to pay it; the marketplace takes no money."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from oms.integrations.by_hand import ByHand
from oms.models import DebitMoment
from oms.ports import Answer, Command, Outcome


class PayMerchant(ByHand):
    """Agreed at once and never charged; what the marketplace bills is its fee."""

    code = "pay_merchant"
    label: Any = _("Pay the shop")
    help_text: Any = _("Each shop tells you how to pay it. We take no money for these orders.")
    debit_moments: tuple[str, ...] = (DebitMoment.OUTSIDE.value,)

    def authorise(self, command: Command) -> Answer:
        return Answer(Outcome.APPROVED, reference=f"outside-{command.order_ref}")
