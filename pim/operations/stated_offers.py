"""What a merchant states about an offer, what is known of the stored one, and what became of the row."""

from dataclasses import dataclass

from pim.models import Condition, OfferState
from pim.models.values import GLOBAL_SCOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """What a merchant states about one of its SKUs; None = not said, left as it is.

    `card_id` is needed for a new SKU. `list_price_minor` 0 takes the struck price away, `max_quantity` 0 the
    limit. `tiers` are (from quantity, unit price) above the base price; given, they replace the stored ones.
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


@dataclass(slots=True)
class StoredOffer:
    """What is known of an offer while rows are compared with it; `pk` 0 = it is yet to be made."""

    pk: int
    ref: str
    card_id: int
    state: str = OfferState.ACTIVE.value
    condition: str = Condition.NEW.value
    condition_note: str = ""
    lead_time_days: int = 1
    min_quantity: int = 1
    max_quantity: int | None = None
    pack_size: int = 1


READ = ("merchant_sku", "pk", "ref", "card_id", "state", *TERMS)
