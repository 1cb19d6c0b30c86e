"""What proofs over listings need to know."""

from collections.abc import Sequence

from django.db.models.functions import Coalesce

from backoffice.kernel.models import Delivery, DeliveryState
from pim.events import CardsChanged, OffersChanged
from pim.models import Card, CardListing
from pim.selectors.listings import card_ids_of_offers

Stored = tuple[int | None, bool, str]


def pending_cards() -> set[int]:
    """Shown cards whose refresh is still queued."""
    waiting = Delivery.objects.filter(
        state=DeliveryState.WAITING, event__name__in=[CardsChanged.name, OffersChanged.name]
    ).values_list("event__name", "event__payload")
    cards: set[int] = set()
    for name, payload in waiting:
        if name == CardsChanged.name:
            rows = Card.objects.filter(pk__in=payload["card_ids"])
            cards |= set(rows.values_list(Coalesce("parent_id", "pk"), flat=True))
        else:
            cards |= set(card_ids_of_offers(payload["offer_ids"]))
    return cards


def read_stored_listings(view_id: int, card_ids: Sequence[int]) -> dict[int, Stored]:
    rows = CardListing.objects.filter(view_id=view_id, card_id__in=card_ids)
    return {
        card_id: (price, in_stock, title)
        for card_id, price, in_stock, title in rows.values_list(
            "card_id", "price_from_minor", "in_stock", "title"
        )
    }
