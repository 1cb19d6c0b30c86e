"""Bank transfer: the buyer transfers, the operator records what arrived and executes refunds by hand."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from oms.ports import Answer, Command, Instrument, Outcome


class BankTransfer:
    """Needs nobody outside: every command is accepted and waits for a person."""

    code = "bank_transfer"
    label: Any = _("Bank transfer")
    help_text: Any = _(
        "You get our bank details by e-mail. The goods are sent when your payment has arrived."
    )
    holds_money = False
    fields: tuple[tuple[str, Any], ...] = ()

    def tokenise(self, values: Mapping[str, str]) -> Instrument:
        return Instrument(token="", label="")

    def authorise(self, command: Command) -> Answer:
        return Answer(Outcome.PENDING, reference=f"transfer-{command.order_ref}")

    def capture(self, command: Command) -> Answer:
        return Answer(Outcome.APPROVED, reference=command.key)

    def void(self, command: Command) -> Answer:
        return Answer(Outcome.APPROVED, reference=command.key)

    def refund(self, command: Command) -> Answer:
        return Answer(Outcome.PENDING, reference=command.key)

    def find(self, key: str) -> Answer | None:
        # Nothing is ever under way outside, so repeating a command is always right.
        return None
