"""Stating and changing a merchant's terms: prices, stock, conditions of sale."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.bulk import update_rows
from backoffice.kernel.errors import StateRefused
from backoffice.kernel.phrases import gettext as _
from pim.errors import OfferNotFound
from pim.events import OffersChanged, OffersStockStated
from pim.models import ChangeSet, Offer, OfferState
from pim.operations.offer_prices import PriceStatement, write_prices
from pim.operations.offer_rows import OfferWriter
from pim.operations.offer_trail import read_terms, record_edits
from pim.operations.stated_offers import OfferResult, OfferRow
from pim.permissions import EDIT_OFFERS
from pim.selectors.availability import Availability

__all__ = ["Availability", "OfferResult", "OfferRow", "set_offer_availability", "state_offers"]

CHUNK = 1000


def require_offer_rights(actor: Actor, merchant_id: int) -> None:
    """The right to change offers of this merchant; strangers get "not found"."""
    if not actor.is_global and merchant_id not in actor.merchant_ids:
        raise OfferNotFound(_("There is no such offer."))
    actor.require(EDIT_OFFERS, merchant_id=merchant_id)


@transaction.atomic
def state_offers(
    rows: Sequence[OfferRow],
    *,
    actor: Actor,
    merchant_id: int,
    change_set: ChangeSet | None = None,
    source: str = "form",
) -> list[OfferResult]:
    """Create or change offers of one merchant by its SKUs; one result per row in order, refused rows change nothing.

    A fixed number of statements per thousand rows. What did not differ is not written. Prices go to the price
    log, what a person changed (`source` "form") to the trail of the offer. Stock goes
    up as `OffersStockStated` (one event per call), changed offers as `OffersChanged`.
    """
    require_offer_rights(actor, merchant_id)
    results: list[OfferResult] = []
    skus = [row.merchant_sku for row in rows] if source == "form" else []
    before = read_terms(skus, merchant_id=merchant_id) if skus else {}
    stock: dict[int, int] = {}
    changed: list[int] = []
    for start in range(0, len(rows), CHUNK):
        writer = OfferWriter(merchant_id, change_set)
        chunk = writer.write(rows[start : start + CHUNK])
        prices = [
            PriceStatement(
                result.offer_id, row.currency, row.price_minor, row.list_price_minor, row.tiers, row.scope_id
            )
            for row, result in zip(rows[start : start + CHUNK], chunk, strict=True)
            if result.offer_id and row.price_minor is not None
        ]
        repriced = write_prices(prices, actor=actor, change_set=change_set)
        for row, result in zip(rows[start : start + CHUNK], chunk, strict=True):
            if result.offer_id in repriced and result.outcome == "unchanged":
                result.outcome = "changed"
            if result.offer_id and row.quantity is not None:
                stock[result.offer_id] = row.quantity
            if result.outcome in ("created", "changed"):
                changed.append(result.offer_id)
        results.extend(chunk)
    if before:
        record_edits(before, skus, merchant_id=merchant_id, actor=actor)
    if stock:
        events.publish(OffersStockStated(merchant_id=merchant_id, rows=tuple(stock.items()), source=source))
    if changed:
        events.publish(OffersChanged(offer_ids=tuple(dict.fromkeys(changed))))
    return results


@transaction.atomic(savepoint=False)
def set_offer_availability(offer_ids: Iterable[int], count: Callable[[], Mapping[int, Availability]]) -> int:
    """Store what can be sold now of these offers, as OMS counts it by id; returns how many rows moved.

    `count` is called once the offers are locked: whoever counted before another seller's stock moved would store a
    number that is gone. When it fails, the transaction it is called in must end: it is part of every stock movement.
    Announces `OffersChanged` only for offers that sold out or came back, because lists show no exact numbers.
    """
    names = ("pk", "available_quantity", "in_stock_quantity", "restocked_on", "store_quantities")
    # Rows that point at an offer may be written meanwhile.
    rows = Offer.objects.select_for_update(no_key=True).filter(pk__among=set(offer_ids)).order_by("pk")
    known = {
        pk: (Availability(quantity, in_stock, restocked_on, _pairs(stores)), minimum)
        for pk, quantity, in_stock, restocked_on, stores, minimum in rows.values_list(*names, "min_quantity")
    }
    wanted = count() if known else {}
    moved = {pk: wanted[pk] for pk in known if known[pk][0] != wanted[pk]}
    update_rows(
        Offer,
        ("available_quantity", "in_stock_quantity", "restocked_on", "store_quantities"),
        [
            (
                pk,
                now.quantity,
                now.in_stock,
                now.restocked_on,
                {str(store_id): pieces for store_id, pieces in now.by_store},
            )
            for pk, now in sorted(moved.items(), key=lambda item: item[0])
        ],
    )
    crossed = [pk for pk, now in moved.items() if _has_crossed(*known[pk], now)]
    if crossed:
        events.publish(OffersChanged(offer_ids=tuple(sorted(crossed))))
    return len(moved)


def _pairs(stores: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((int(store_id), pieces) for store_id, pieces in stores.items()))


def _has_crossed(before: Availability, minimum: int, now: Availability) -> bool:
    return before.is_enough(minimum) != now.is_enough(minimum)


@transaction.atomic
def change_offer_state(ref: str, *, to: str, actor: Actor) -> Offer:
    """Pause, resume or remove an offer (`to` = paused, active, removed). Safe to repeat. Announces `OffersChanged`."""
    offer = Offer.objects.visible_to(actor).select_for_update().filter(ref=ref).first()
    if offer is None:
        raise OfferNotFound(_("There is no such offer."))
    require_offer_rights(actor, offer.merchant_id)
    if offer.state == to:
        return offer
    old = offer.state
    steps = {
        OfferState.PAUSED.value: offer.pause,
        OfferState.ACTIVE.value: offer.resume,
        OfferState.REMOVED.value: offer.remove,
    }
    if (old, to) == (OfferState.REMOVED, OfferState.PAUSED):
        raise StateRefused(_("This offer was removed. Put it on sale again first."))
    steps[to]()
    offer.updated_at = clock.now()
    offer.save(update_fields=["state", "updated_at"])
    audit.record(f"pim.offer.{to}", actor=actor, subject=offer, changes={"state": [old, to]})
    events.publish(OffersChanged(offer_ids=(offer.pk,)))
    return offer


@transaction.atomic
def refresh_selling_merchants(selling_ids: Sequence[int], *, only_merchant_id: int | None = None) -> int:
    """Store on offers whether their merchant may sell now; how many offers moved. Each keeps its own state.

    So lifting a suspension shows exactly what was on sale before it. Announces `OffersChanged`.
    """
    offers = Offer.objects.all()
    if only_merchant_id is not None:
        offers = offers.filter(merchant_id=only_merchant_id)
    hide = list(
        offers.filter(merchant_is_selling=True)
        .exclude(merchant_id__in=selling_ids)
        .values_list("pk", flat=True)
    )
    show = list(
        offers.filter(merchant_is_selling=False, merchant_id__in=selling_ids).values_list("pk", flat=True)
    )
    moved = 0
    for ids, is_selling in ((hide, False), (show, True)):
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            moved += Offer.objects.filter(pk__in=part).update(merchant_is_selling=is_selling)
            events.publish(OffersChanged(offer_ids=tuple(part)))
    return moved
