"""What product information announces."""

from dataclasses import dataclass
from typing import ClassVar

from backoffice.kernel.events import Event


@dataclass(frozen=True, slots=True)
class OffersStockStated(Event):
    """A merchant said how many it has: `rows` are (offer id, quantity on hand). OMS listens inline."""

    name: ClassVar[str] = "pim.offers_stock_stated.v1"

    merchant_id: int
    rows: tuple[tuple[int, int], ...]
    # "form", "api" or "import:JOB-…"
    source: str


@dataclass(frozen=True, slots=True)
class OffersChanged(Event):
    """Price, state or availability of these offers changed; lists are refreshed from it."""

    name: ClassVar[str] = "pim.offers_changed.v1"

    offer_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CardsChanged(Event):
    """Values, categories, pictures or state of these cards changed; lists are refreshed from it."""

    name: ClassVar[str] = "pim.cards_changed.v1"

    card_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CardsPublished(Event):
    """These cards entered the catalogue."""

    name: ClassVar[str] = "pim.cards_published.v1"

    card_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CardsSubmitted(Event):
    """These cards wait for the operator's review."""

    name: ClassVar[str] = "pim.cards_submitted.v1"

    card_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CardRejected(Event):
    """A contributed card was not taken; its contributor is told why."""

    name: ClassVar[str] = "pim.card_rejected.v1"

    card_id: int
    card_ref: str
    merchant_id: int | None
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class ChangesProposed(Event):
    """A merchant asked for other values of published cards; the live values stay until somebody decides."""

    name: ClassVar[str] = "pim.changes_proposed.v1"

    card_ids: tuple[int, ...]
    merchant_id: int


@dataclass(frozen=True, slots=True)
class ProposalDecided(Event):
    """A proposal was answered value by value; its merchant is told."""

    name: ClassVar[str] = "pim.proposal_decided.v1"

    review_ref: str


@dataclass(frozen=True, slots=True)
class RatesChanged(Event):
    """Exchange rates of these quote currencies changed; converted prices are refreshed from it."""

    name: ClassVar[str] = "pim.rates_changed.v1"

    currencies: tuple[str, ...]
