"""Bank transfer: the buyer transfers, the operator records what arrived and executes refunds by hand."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from oms.integrations.by_hand import ByHand
from oms.models import DebitMoment
from oms.ports import Answer, Command, Outcome


class BankTransfer(ByHand):
    """Paid before the merchants hear of the order, or on invoice after they shipped."""

    code = "bank_transfer"
    label: Any = _("Bank transfer")
    help_text: Any = _("You get our bank details by e-mail, with the day by which we expect your payment.")
    debit_moments: tuple[str, ...] = (DebitMoment.ORDER.value, DebitMoment.DUE_DATE.value)

    def authorise(self, command: Command) -> Answer:
        return Answer(Outcome.PENDING, reference=f"transfer-{command.order_ref}")
