"""Cash on delivery: whoever delivers collects the money and hands it in.

Until then it stands in the books as a claim on the carriers, like money that a card provider has not paid out yet.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from oms.integrations.by_hand import ByHand
from oms.models import DebitMoment
from oms.ports import Answer, Command, Outcome


class CashOnDelivery(ByHand):
    """Agreed at once, charged when the goods are in the buyer's hands, paid back by bank."""

    code = "cash_on_delivery"
    label: Any = _("Cash on delivery")
    help_text: Any = _("You pay when the goods are handed over.")
    debit_moments: tuple[str, ...] = (DebitMoment.DELIVERY.value,)

    def authorise(self, command: Command) -> Answer:
        return Answer(Outcome.APPROVED, reference=f"cash-{command.order_ref}")
