"""Prices and stock typed into the list of offers: good rows are saved, wrong ones come back as they were typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.ui.forms import plain_decimal
from pim.errors import OfferNotFound
from pim.models import Offer, OfferPrice, OfferState
from pim.operations.offers import OfferRow, state_offers
from pim.selectors.offer_lists import list_merchant_offers, read_base_prices


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into one row, and why it was not saved."""

    price: str
    quantity: str
    error: str = ""


def price_text(price: OfferPrice | None) -> str:
    return str(Money(price.amount_minor, price.currency).amount) if price else ""


def save_typed(sent: Mapping[str, str], *, merchant_id: int, actor: Actor) -> tuple[int, dict[str, Typed]]:
    """Save what was typed; (how many rows, those with a mistake by ref). What did not change is not written."""
    refs = {name.partition("-")[2] for name in sent if name.startswith(("price-", "quantity-"))}
    offers = list(list_merchant_offers(actor, merchant_id).filter(ref__in=refs))
    if len(offers) < len(refs):
        raise OfferNotFound(_("There is no such offer."))
    prices = read_base_prices([offer.pk for offer in offers])
    wrong: dict[str, Typed] = {}
    rows: dict[str, OfferRow] = {}
    for offer in offers:
        if offer.state == OfferState.REMOVED:
            continue
        try:
            row = _row(offer, prices.get(offer.pk), sent)
        except InvalidInput as error:
            wrong[offer.ref] = _typed(offer.ref, sent, error.message)
            continue
        if row is not None:
            rows[offer.ref] = row
    results = state_offers(list(rows.values()), actor=actor, merchant_id=merchant_id, source="form")
    for ref, result in zip(rows, results, strict=True):
        if result.outcome == "refused":
            wrong[ref] = _typed(ref, sent, result.error)
    return len(rows.keys() - wrong.keys()), wrong


def _typed(ref: str, sent: Mapping[str, str], error: str) -> Typed:
    return Typed(sent.get(f"price-{ref}", ""), sent.get(f"quantity-{ref}", ""), error)


def _row(offer: Offer, price: OfferPrice | None, sent: Mapping[str, str]) -> OfferRow | None:
    """The row to state; None when nothing was typed. Raises `InvalidInput`."""
    amount = sent.get(f"price-{offer.ref}", "").strip()
    quantity = sent.get(f"quantity-{offer.ref}", "").strip()
    shown = sent.get(f"shown-{offer.ref}")
    if amount == shown:
        amount = ""
    elif amount and shown is not None and shown != price_text(price):
        raise InvalidInput(
            _("Somebody changed this price to %(price)s meanwhile. Save again to put yours in its place.")
            % {"price": Money(price.amount_minor, price.currency).display() if price else "–"}
        )
    if quantity and not quantity.isdecimal():
        raise InvalidInput(_("“%(text)s” is not a quantity.") % {"text": quantity[:20]})
    if not amount and not quantity:
        return None
    currency = price.currency if price else offer.merchant.currency
    return OfferRow(
        merchant_sku=offer.merchant_sku,
        price_minor=Money.parse(plain_decimal(amount), currency).minor if amount else None,
        currency=currency,
        quantity=int(quantity[:10]) if quantity else None,
    )
