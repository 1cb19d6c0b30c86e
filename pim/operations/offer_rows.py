"""One chunk of offer rows: checked, compared with what is stored, written set-wise."""

from collections.abc import Sequence
from typing import Any

from backoffice.kernel import clock
from backoffice.kernel.bulk import insert_rows, update_rows
from pim.models import Card, ChangeSet, Offer
from pim.models.offers import new_offer_ref
from pim.operations.offer_checks import refuse_row
from pim.operations.stated_offers import READ, TERMS, OfferResult, OfferRow, StoredOffer


class OfferWriter:
    """Writes one chunk; four statements whatever its length."""

    def __init__(self, merchant_id: int, change_set: ChangeSet | None) -> None:
        self.merchant_id = merchant_id
        self.change_set = change_set
        self.now = clock.now()

    def write(self, rows: Sequence[OfferRow]) -> list[OfferResult]:
        skus = {row.merchant_sku.strip() for row in rows}
        stored = (
            Offer.objects.select_for_update()
            .filter(merchant_id=self.merchant_id, merchant_sku__among=skus)
            .order_by("pk")
        )
        self.offers = {sku: StoredOffer(*found) for sku, *found in stored.values_list(*READ)}
        # Whose card is already there needs no look at the cards.
        held = {offer.card_id for offer in self.offers.values()}
        wanted = {row.card_id for row in rows if row.card_id}
        fresh = wanted - held
        known = Card.objects.filter(pk__among=fresh).values_list("pk", flat=True) if fresh else ()
        self.cards = held | set(known)
        self.created: dict[str, StoredOffer] = {}
        self.changed: dict[str, StoredOffer] = {}
        results = [self._apply(row) for row in rows]
        self._create()
        update_rows(
            Offer,
            [*TERMS, "card_id", "updated_at"],
            [
                (offer.pk, *(getattr(offer, name) for name in TERMS), offer.card_id, self.now)
                for offer in self.changed.values()
            ],
        )
        for result in results:
            offer = self.offers.get(result.merchant_sku)
            if offer is not None and result.outcome != "refused":
                result.offer_id, result.offer_ref = offer.pk, offer.ref
        return results

    def _create(self) -> None:
        if not self.created:
            return
        change_set_id = self.change_set.pk if self.change_set else None
        shared: tuple[Any, ...] = (self.merchant_id, True, 0, 0, {}, change_set_id, self.now, self.now)
        insert_rows(
            Offer,
            (
                "merchant_sku", "ref", "card_id", "state", *TERMS,
                "merchant_id", "merchant_is_selling", "available_quantity", "in_stock_quantity",
                "store_quantities", "created_in_id", "created_at", "updated_at",
            ),
            [
                (sku, offer.ref, offer.card_id, offer.state, *(getattr(offer, name) for name in TERMS), *shared)
                for sku, offer in self.created.items()
            ],
        )  # fmt: skip
        keys = Offer.objects.filter(ref__among=[offer.ref for offer in self.created.values()])
        for sku, pk in keys.values_list("merchant_sku", "pk"):
            self.created[sku].pk = pk

    def _apply(self, row: OfferRow) -> OfferResult:
        sku = row.merchant_sku.strip()
        offer = self.offers.get(sku)
        field, error = refuse_row(row, offer, self.cards)
        if error:
            return OfferResult(sku, "refused", field=field, error=error)
        if offer is None:
            # A row without a card was refused above.
            offer = StoredOffer(0, new_offer_ref(), row.card_id or 0)
            self._set_terms(offer, row)
            self.offers[sku] = self.created[sku] = offer
            return OfferResult(sku, "created")
        if self._set_terms(offer, row):
            if sku not in self.created:
                self.changed[sku] = offer
            return OfferResult(sku, "changed")
        return OfferResult(sku, "unchanged")

    def _set_terms(self, offer: StoredOffer, row: OfferRow) -> bool:
        moved = False
        for name in TERMS:
            value: Any = getattr(row, name)
            if value is None:
                continue
            value = None if name == "max_quantity" and value == 0 else value
            if getattr(offer, name) != value:
                setattr(offer, name, value)
                moved = True
        if row.card_id is not None and offer.card_id != row.card_id:
            offer.card_id, moved = row.card_id, True
        return moved
