"""What a payment provider must be able to do; the adapters in `oms/integrations/` are registered at start."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Outcome(StrEnum):
    # Done: the money is held, charged, released or paid back.
    APPROVED = "approved"
    # Taken, but somebody has to do it: a transfer is awaited, a refund must be executed by the bank.
    PENDING = "pending"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    reference: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One instruction to the provider; sending it twice with the same key does it once."""

    key: str
    amount_minor: int
    currency: str
    order_ref: str
    # The buyer's card or account as the provider named it, and the authorisation it gave.
    instrument: str = ""
    authorisation: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is kept of the buyer's card or account: the provider's name for it and a label such as “•••• 4242”."""

    token: str
    label: str


class NoAnswer(Exception):
    """The provider did not answer: whether it acted is unknown until it is asked."""


class PaymentProvider(Protocol):
    code: str
    # Shown to buyers.
    label: Any
    help_text: Any
    # Whether money is held first and charged when the merchant accepts.
    holds_money: bool
    # Input fields the checkout asks for: (name, label).
    fields: tuple[tuple[str, Any], ...]

    def tokenise(self, values: Mapping[str, str]) -> Instrument:
        """Turn the buyer's input into an instrument. Raises `InvalidInput` with the field that is wrong."""
        ...

    def authorise(self, command: Command) -> Answer: ...

    def capture(self, command: Command) -> Answer: ...

    def void(self, command: Command) -> Answer: ...

    def refund(self, command: Command) -> Answer: ...

    def find(self, key: str) -> Answer | None:
        """What became of the command with this key; None = it never arrived. Raises `NoAnswer`."""
        ...


_providers: dict[str, PaymentProvider] = {}


def register_provider(provider: PaymentProvider) -> None:
    _providers[provider.code] = provider


def get_provider(code: str) -> PaymentProvider:
    return _providers[code]


def list_providers() -> list[PaymentProvider]:
    """All providers in the order they registered: the first is offered first."""
    return list(_providers.values())
