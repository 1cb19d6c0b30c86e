"""The one question merchant administration asks upwards: what of this merchant is still open?

Orders, returns and balances live in apps above, so each registers a provider in its `ready()`.
"""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class OpenObligation:
    """Something that keeps a merchant from being closed: a stable code, words for people, how many."""

    code: str
    label: Any
    count: int


class OpenObligations(Protocol):
    """Answers with everything of one kind that is open; an empty list means nothing holds the merchant."""

    def __call__(self, merchant_id: int) -> list[OpenObligation]: ...


_providers: dict[str, OpenObligations] = {}


def register_open_obligations(app: str, provider: OpenObligations) -> None:
    """Called once per app in `ready()`; registering an app again replaces its provider."""
    _providers[app] = provider


def list_open_obligations(merchant_id: int) -> list[OpenObligation]:
    """What every registered app still has open with the merchant, counts of zero left out."""
    return [
        obligation
        for app in sorted(_providers)
        for obligation in _providers[app](merchant_id)
        if obligation.count > 0
    ]
