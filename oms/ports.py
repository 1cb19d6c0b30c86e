"""What a payment provider must be able to do; the adapters in `oms/integrations/` are registered at start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from backoffice.kernel.errors import InvalidInput


class Outcome(StrEnum):
    # Done: the money is held, charged, released or paid back.
    APPROVED = "approved"
    # Taken, but a person has to do it: a transfer is awaited, a refund must be executed by the bank.
    PENDING = "pending"
    # The buyer has to confirm at `action_url` first.
    REDIRECT = "redirect"
    # The provider took it and decides later.
    WORKING = "working"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    reference: str = ""
    message: str = ""
    action_url: str = ""
    # How long the provider holds the money.
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One instruction to the provider; sending it twice with the same key does it once."""

    key: str
    # authorise, capture, void or refund.
    kind: str
    amount_minor: int
    currency: str
    order_ref: str
    created_at: datetime
    # The buyer's card or account as the provider named it, and the authorisation it gave.
    instrument: str = ""
    authorisation: str = ""
    # What the provider called this very command in an earlier answer.
    reference: str = ""
    # More charges of the same authorisation may follow: of other merchant orders or other parcels.
    in_parts: bool = False
    buyer_email: str = ""
    # Where a buyer who was sent to the provider comes back to.
    return_url: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is kept of the buyer's card or account: the provider's name for it and a label such as “•••• 4242”."""

    token: str
    label: str


@dataclass(frozen=True, slots=True)
class Notification:
    """A message of the provider: its own number, its kind, and the names of what it is about."""

    event_id: str
    kind: str
    subjects: tuple[str, ...]


class NoAnswer(Exception):
    """The provider did not answer: whether it acted is unknown until it is asked."""


class NotSent(Exception):
    """The provider certainly did nothing (too many requests, refused key): sending again later is right."""


class NotificationRefused(InvalidInput):
    """The message is not from the provider, or too old."""

    code = "notification_refused"


class PaymentProvider(Protocol):
    code: str
    # Shown to buyers.
    label: Any
    help_text: Any
    # Whether money is held first and charged later.
    holds_money: bool
    # When buyers can be charged, the usual moment first (values of `DebitMoment`).
    debit_moments: tuple[str, ...]
    # Input fields the checkout asks for: (name, label).
    fields: tuple[tuple[str, Any], ...]

    @property
    def charges_in_parts(self) -> bool:
        """Whether one authorisation can be charged several times."""
        ...

    def is_available(self) -> bool:
        """Whether this installation is set up for it."""
        ...

    def tokenise(self, values: Mapping[str, str]) -> Instrument:
        """Turn the buyer's input into an instrument. Raises `InvalidInput` with the field that is wrong."""
        ...

    def authorise(self, command: Command) -> Answer: ...

    def capture(self, command: Command) -> Answer: ...

    def void(self, command: Command) -> Answer: ...

    def refund(self, command: Command) -> Answer: ...

    def find(self, command: Command) -> Answer | None:
        """What became of this command; None = it never arrived. Raises `NoAnswer`."""
        ...

    def read_notification(self, body: bytes, headers: Mapping[str, str]) -> Notification:
        """Check a message that somebody posted. Raises `NotificationRefused` unless it is the provider's."""
        ...


_providers: dict[str, PaymentProvider] = {}


def register_provider(provider: PaymentProvider) -> None:
    _providers[provider.code] = provider


def get_provider(code: str) -> PaymentProvider:
    return _providers[code]


def find_provider(code: str) -> PaymentProvider | None:
    return _providers.get(code)


def list_providers() -> list[PaymentProvider]:
    """All providers in the order they registered: the first is offered first."""
    return list(_providers.values())
