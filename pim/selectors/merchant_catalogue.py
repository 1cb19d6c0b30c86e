"""The assortment of one merchant in a store view."""

from collections.abc import Iterable
from typing import Unpack

from mms.context import StoreContext
from pim.models import ListingMerchant
from pim.selectors.browsing import CardPage, Wanted, browse_cards


def get_merchant_catalogue(merchant_id: int, store: StoreContext, **wanted: Unpack[Wanted]) -> CardPage:
    """What one merchant sells in a view, with the same filters as any list; at most eight statements."""
    return browse_cards(store, merchant_id=merchant_id, **wanted)


def list_merchant_ids_of_cards(card_ids: Iterable[int], store: StoreContext) -> dict[int, list[int]]:
    """Who sells each listed card in a view, in one statement."""
    found: dict[int, list[int]] = {}
    rows = ListingMerchant.objects.filter(listing__view_id=store.view_id, listing__card_id__in=list(card_ids))
    for card_id, merchant_id in rows.values_list("listing__card_id", "merchant_id"):
        found.setdefault(card_id, []).append(merchant_id)
    return found
