"""Which of a merchant's places feed which store; read from memory, because every order asks."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from backoffice.kernel.actors import Actor
from mms.selectors.versions import VersionedMap
from oms.models import StockPool

POOLS = "stock_pools"


@dataclass(frozen=True, slots=True)
class Feed:
    """How a place feeds a store."""

    rank: int
    buffer: int
    cap: int | None

    def shows(self, free: int) -> int:
        """What the store may sell of the pieces that are free at the place."""
        left = max(0, free - self.buffer)
        return left if self.cap is None else min(left, self.cap)


# location id → how it feeds the store
Feeds = Mapping[int, Feed]


def _load() -> dict[int, dict[int, dict[int, Feed]]]:
    found: dict[int, dict[int, dict[int, Feed]]] = {}
    rows = StockPool.objects.values_list(
        "location__merchant_id", "store_id", "location_id", "rank", "buffer", "cap"
    )
    for merchant_id, store_id, location_id, rank, buffer, cap in rows:
        stores = found.setdefault(merchant_id, {})
        stores.setdefault(store_id, {})[location_id] = Feed(rank, buffer, cap)
    return found


_pools = VersionedMap(POOLS, _load)


def feeds_of(merchant_id: int, store_id: int | None) -> Feeds | None:
    """The places that feed this store for this merchant; None = all of them, without limits."""
    return _pools.get().get(merchant_id, {}).get(store_id) if store_id is not None else None


def stores_with_pools(merchant_id: int) -> Mapping[int, Feeds]:
    """Store id → its places, of the stores that the merchant serves from chosen places only."""
    return _pools.get().get(merchant_id, {})


def list_pools(actor: Actor, *, merchant_id: int | None = None) -> QuerySet[StockPool]:
    rows = StockPool.objects.visible_to(actor).select_related("store", "location")
    rows = rows.order_by("store__name", "rank", "id")
    return rows if merchant_id is None else rows.filter(location__merchant_id=merchant_id)
