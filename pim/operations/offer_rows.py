"""One chunk of offer rows: checked, compared with what is stored, written set-wise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backoffice.kernel import clock
from pim.models import Card, ChangeSet, Offer
from pim.models.offers import new_offer_ref
from pim.models.values import GLOBAL_SCOPE
from pim.operations.offer_checks import refuse_row


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """What a merchant states about one of its SKUs; None = not said, left as it is.

    `card_id` is needed for a new SKU. `list_price_minor` 0 takes the struck price away, `max_quantity` 0 the
    limit. `tiers` are
    (from quantity, unit price) above the base price; given, they replace the stored ones.
    """

    merchant_sku: str
    card_id: int | None = None
    price_minor: int | None = None
    currency: str = ""
    list_price_minor: int | None = None
    tiers: tuple[tuple[int, int], ...] | None = None
    scope_id: int = GLOBAL_SCOPE
    quantity: int | None = None
    condition: str | None = None
    condition_note: str | None = None
    lead_time_days: int | None = None
    min_quantity: int | None = None
    max_quantity: int | None = None
    pack_size: int | None = None


@dataclass(slots=True)
class OfferResult:
    """What became of a row: created, changed, unchanged or refused with a sentence (and the field it belongs to)."""

    merchant_sku: str
    outcome: str
    offer_id: int = 0
    offer_ref: str = ""
    field: str = ""
    error: str = ""


TERMS = ("condition", "condition_note", "lead_time_days", "min_quantity", "max_quantity", "pack_size")
COLUMNS = [*TERMS, "card", "updated_at"]


class OfferWriter:
    """Writes one chunk; four statements whatever its length."""

    def __init__(self, merchant_id: int, change_set: ChangeSet | None) -> None:
        self.merchant_id = merchant_id
        self.change_set = change_set
        self.now = clock.now()

    def write(self, rows: Sequence[OfferRow]) -> list[OfferResult]:
        skus = {row.merchant_sku.strip() for row in rows}
        self.offers = {
            offer.merchant_sku: offer
            for offer in Offer.objects.select_for_update()
            .filter(merchant_id=self.merchant_id, merchant_sku__in=skus)
            .order_by("pk")
        }
        wanted = {row.card_id for row in rows if row.card_id}
        self.cards = set(Card.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
        self.created: dict[str, Offer] = {}
        self.changed: dict[str, Offer] = {}
        results = [self._apply(row) for row in rows]
        Offer.objects.bulk_create(self.created.values(), batch_size=1000)
        Offer.objects.bulk_create(
            self.changed.values(),
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=COLUMNS,
        )
        for result in results:
            offer = self.offers.get(result.merchant_sku)
            if offer is not None and result.outcome != "refused":
                result.offer_id, result.offer_ref = offer.pk, offer.ref
        return results

    def _apply(self, row: OfferRow) -> OfferResult:
        sku = row.merchant_sku.strip()
        offer = self.offers.get(sku)
        field, error = refuse_row(row, offer, self.cards)
        if error:
            return OfferResult(sku, "refused", field=field, error=error)
        if offer is None:
            # A row without a card was refused above.
            offer = Offer(
                ref=new_offer_ref(),
                merchant_id=self.merchant_id,
                merchant_sku=sku,
                card_id=row.card_id or 0,
                created_in=self.change_set,
                created_at=self.now,
            )
            self._set_terms(offer, row)
            self.offers[sku] = self.created[sku] = offer
            return OfferResult(sku, "created")
        if self._set_terms(offer, row):
            offer.updated_at = self.now
            if sku not in self.created:
                self.changed[sku] = offer
            return OfferResult(sku, "changed")
        return OfferResult(sku, "unchanged")

    def _set_terms(self, offer: Offer, row: OfferRow) -> bool:
        before = [getattr(offer, name) for name in TERMS] + [offer.card_id]
        for name in TERMS:
            value: Any = getattr(row, name)
            if value is not None:
                setattr(offer, name, None if name == "max_quantity" and value == 0 else value)
        if row.card_id is not None:
            offer.card_id = row.card_id
        return before != [getattr(offer, name) for name in TERMS] + [offer.card_id]
