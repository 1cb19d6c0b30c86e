"""What a stated offer row may say; the sentence and field of the first thing wrong."""

from backoffice.kernel.errors import DomainError
from backoffice.kernel.money import exponent
from backoffice.kernel.phrases import gettext as _
from pim.models import Condition, OfferState
from pim.operations.stated_offers import OfferRow, StoredOffer

MAX_QUANTITY = 1_000_000_000
MAX_PRICE_MINOR = 10**14
MAX_LEAD_TIME_DAYS = 365
CONDITIONS = frozenset(Condition.values)
Refusal = tuple[str, str]
FINE: Refusal = ("", "")


def refuse_row(row: OfferRow, offer: StoredOffer | None, known_cards: set[int]) -> Refusal:
    """(field, sentence) of what is wrong with the row, or two empty texts."""
    if not 0 < len(row.merchant_sku.strip()) <= 80:
        return "merchant_sku", _("Give a SKU of at most 80 characters.")
    if row.card_id is not None and row.card_id not in known_cards:
        return "card_id", _("There is no such product.")
    if offer is None and row.card_id is None:
        return "merchant_sku", _("You have no offer with this SKU. Name the product it belongs to.")
    if offer is not None and offer.state == OfferState.REMOVED:
        return "state", _("This offer was removed. Put it on sale again first.")
    refusal = _refuse_price(row)
    return refusal if refusal != FINE else _refuse_terms(row, offer)


def _refuse_price(row: OfferRow) -> Refusal:
    if row.price_minor is None:
        if row.list_price_minor or row.tiers:
            return "price", _("Give the price together with its struck price and price steps.")
        return FINE
    if not 0 < row.price_minor < MAX_PRICE_MINOR:
        return "price", _("A price is above zero.")
    try:
        exponent(row.currency)
    except DomainError as error:
        return "currency", str(error)
    if row.list_price_minor and row.list_price_minor <= row.price_minor:
        return "list_price", _("The struck price must be above the price.")
    quantities = [quantity for quantity, _price in row.tiers or ()]
    if quantities != sorted(set(quantities)) or any(
        quantity < 2 or not 0 < price < MAX_PRICE_MINOR for quantity, price in row.tiers or ()
    ):
        return "tiers", _("Price steps need a rising quantity above 1 and a price above zero.")
    return FINE


def _refuse_terms(row: OfferRow, offer: StoredOffer | None) -> Refusal:
    lowest = row.min_quantity if row.min_quantity is not None else (offer.min_quantity if offer else 1)
    highest = row.max_quantity if row.max_quantity is not None else (offer.max_quantity if offer else None)
    if row.quantity is not None and not 0 <= row.quantity <= MAX_QUANTITY:
        return "quantity", _("A stock quantity is zero or more.")
    if row.condition is not None and row.condition not in CONDITIONS:
        return "condition", _("This condition is not known.")
    if row.lead_time_days is not None and not 0 <= row.lead_time_days <= MAX_LEAD_TIME_DAYS:
        return "lead_time_days", _("Dispatch takes 0 to 365 days.")
    if not 1 <= lowest <= MAX_QUANTITY:
        return "min_quantity", _("The smallest order quantity is 1 or more.")
    if highest and not lowest <= highest <= MAX_QUANTITY:
        return "max_quantity", _("The largest order quantity is below the smallest.")
    if row.pack_size is not None and not 1 <= row.pack_size <= MAX_QUANTITY:
        return "pack_size", _("A pack holds 1 piece or more.")
    return FINE
