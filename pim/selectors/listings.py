"""Which cards have listings to refresh."""

from collections.abc import Iterable

from django.db.models.functions import Coalesce

from pim.models import Card, Offer

REBUILD_LISTINGS = "pim.rebuild_listings"


def card_ids_of_offers(offer_ids: Iterable[int]) -> list[int]:
    """The cards that lists show for these offers (parents for variants)."""
    shown = Coalesce("card__parent_id", "card_id")
    return sorted(set(Offer.objects.filter(pk__in=list(offer_ids)).values_list(shown, flat=True)))


def list_card_ids_after(last_id: int, limit: int) -> list[int]:
    """The next cards that have listings of their own, in key order."""
    cards = Card.objects.filter(pk__gt=last_id, parent=None).order_by("pk")
    return list(cards.values_list("pk", flat=True)[:limit])
