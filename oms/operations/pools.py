"""Which places feed which store."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from mms.operations.versions import announce_change
from mms.selectors.scopes import get_store
from oms.models import StockItem, StockPool
from oms.operations.availability import push_availability
from oms.permissions import MANAGE_STOCK
from oms.selectors.pools import POOLS
from oms.selectors.stock import get_location


@dataclass(frozen=True, slots=True)
class FeedTerms:
    """Order of use, pieces kept for other stores, and the most that the store shows of an article (None = all)."""

    rank: int = 1
    buffer: int = 0
    cap: int | None = None


@transaction.atomic
def feed_store(location_ref: str, store_code: str, terms: FeedTerms, *, actor: Actor) -> StockPool:
    """Let a place feed a store, or change how. From the first one on, only the merchant's chosen places serve it.

    What the stores may sell is told to the catalogue at once. Raises `InvalidInput`, `NotFound`.
    """
    location = get_location(location_ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=location.merchant_id)
    store = get_store(store_code)
    if min(terms.rank, terms.buffer) < 0 or (terms.cap is not None and terms.cap < 1):
        raise InvalidInput(_("Quantities cannot be negative."))
    pool, _created = StockPool.objects.update_or_create(
        store_id=store.pk,
        location=location,
        defaults={"rank": terms.rank, "buffer": terms.buffer, "cap": terms.cap},
    )
    audit.record(
        "oms.stock_pool.saved",
        actor=actor,
        subject=location,
        changes={store.code: [None, f"{terms.rank}/{terms.buffer}/{terms.cap}"]},
    )
    _tell(location.merchant_id)
    return pool


@transaction.atomic
def stop_feeding(location_ref: str, store_code: str, *, actor: Actor) -> None:
    """The place no longer feeds the store; after the last one, all places of the merchant serve it. Safe to repeat."""
    location = get_location(location_ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=location.merchant_id)
    deleted, _rows = StockPool.objects.filter(location=location, store__code=store_code).delete()
    if not deleted:
        raise NotFound(_("This place does not feed the store."))
    audit.record("oms.stock_pool.removed", actor=actor, subject=location, note=store_code)
    _tell(location.merchant_id)


def _tell(merchant_id: int) -> None:
    announce_change(POOLS)
    offers = StockItem.objects.filter(merchant_id=merchant_id).order_by().values_list("offer_id", flat=True)
    ids = sorted(set(offers))
    for start in range(0, len(ids), 1000):
        push_availability(ids[start : start + 1000])
