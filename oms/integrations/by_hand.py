"""What bank transfer and cash have in common: no outside system, people do what commands ask for."""

from collections.abc import Mapping
from typing import Any

from oms.ports import Answer, Command, Instrument, Notification, NotificationRefused, Outcome


class ByHand:
    holds_money = False
    charges_in_parts = True
    fields: tuple[tuple[str, Any], ...] = ()

    def is_available(self) -> bool:
        return True

    def tokenise(self, values: Mapping[str, str]) -> Instrument:
        return Instrument(token="", label="")

    def capture(self, command: Command) -> Answer:
        return Answer(Outcome.APPROVED, reference=command.key)

    def void(self, command: Command) -> Answer:
        return Answer(Outcome.APPROVED, reference=command.key)

    def refund(self, command: Command) -> Answer:
        return Answer(Outcome.PENDING, reference=command.key)

    def find(self, command: Command) -> Answer | None:
        # Nothing is ever under way outside, so repeating a command is always right.
        return None

    def read_notification(self, body: bytes, headers: Mapping[str, str]) -> Notification:
        raise NotificationRefused("nobody sends messages about it")
