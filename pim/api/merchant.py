"""Merchants' programs: their offers and what became of their products."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import DomainError, InvalidInput, NotFound
from backoffice.kernel.money import Money, exponent
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from pim.api import schemas
from pim.api.answers import card_detail, card_short, offer_short, review_detail, review_short
from pim.errors import ReviewNotFound
from pim.models import CardState, ChangeSource, OfferState
from pim.operations.change_sets import open_change_set
from pim.operations.matching import Match, MatchRow, match_rows
from pim.operations.offers import OfferResult, OfferRow, change_offer_state, state_offers
from pim.operations.proposals import propose_values
from pim.operations.values import set_values
from pim.permissions import CONTRIBUTE_CARDS, EDIT_OFFERS, VIEW_OFFERS
from pim.selectors.cards import get_card, get_contribution, list_cards, list_contributions
from pim.selectors.layers import Layer
from pim.selectors.offer_lists import list_merchant_offers, read_base_prices
from pim.selectors.offers import get_offer
from pim.selectors.reviews import get_review, list_reviews

merchant = Router()


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _merchant_id(request: HttpRequest) -> int:
    merchant_id = min(_actor(request).merchant_ids, default=None)
    if merchant_id is None:
        raise NotFound(_("There is no merchant behind this key."))
    return merchant_id


@endpoint(merchant, "GET", "/offers", grant=VIEW_OFFERS, response=PageOut[schemas.OfferOut])
def list_own_offers(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Your offers, newest first."""
    found = paginate(list_merchant_offers(_actor(request), _merchant_id(request)), page)
    prices = read_base_prices([offer.pk for offer in found["items"]])
    return {**found, "items": [offer_short(offer, prices.get(offer.pk)) for offer in found["items"]]}


@endpoint(merchant, "GET", "/offers/{ref}", grant=VIEW_OFFERS, response=schemas.OfferOut)
def get_own_offer(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One of your offers."""
    offer = get_offer(ref, actor=_actor(request), merchant_id=_merchant_id(request))
    return offer_short(offer, read_base_prices([offer.pk]).get(offer.pk))


@endpoint(merchant, "PUT", "/offers", grant=EDIT_OFFERS, response=schemas.OfferResultsOut)
def state_many_offers(request: HttpRequest, payload: schemas.OffersIn) -> dict[str, Any]:
    """Create or change up to 1,000 offers by SKU; each item gets its own outcome, the same call twice changes nothing.

    Prices and stock of known SKUs need nothing else. A new SKU names its product by `card_ref` or `gtin`.
    """
    actor, merchant_id = _actor(request), _merchant_id(request)
    rows, results = _read(payload.items, actor, merchant_id)
    stated = state_offers(list(rows.values()), actor=actor, merchant_id=merchant_id, source="api")
    results |= dict(zip(rows, stated, strict=True))
    names = ("merchant_sku", "outcome", "offer_ref", "field", "error")
    return {"items": [{name: getattr(results[index], name) for name in names} for index in sorted(results)]}


def _read(
    items: list[schemas.OfferIn], actor: Actor, merchant_id: int
) -> tuple[dict[int, OfferRow], dict[int, OfferResult]]:
    refs = {item.card_ref for item in items if item.card_ref}
    cards: dict[str, int] = (
        dict(list_cards(actor).filter(ref__in=refs).values_list("ref", "pk")) if refs else {}
    )
    matches = match_rows(
        [MatchRow(item.merchant_sku, gtin=item.gtin) for item in items], merchant_id=merchant_id
    )
    rows: dict[int, OfferRow] = {}
    refused: dict[int, OfferResult] = {}
    seen: set[str] = set()
    for index, (item, match) in enumerate(zip(items, matches, strict=True)):
        try:
            if item.merchant_sku in seen:
                raise InvalidInput(_("This SKU stands in the call twice."), fields={"merchant_sku": ""})
            seen.add(item.merchant_sku)
            rows[index] = _row(item, _card_of(item, match, cards))
        except InvalidInput as error:
            field = next(iter(error.fields), "")
            refused[index] = OfferResult(item.merchant_sku, "refused", field=field, error=error.message)
    return rows, refused


def _card_of(item: schemas.OfferIn, match: Match, cards: dict[str, int]) -> int | None:
    if item.card_ref:
        if item.card_ref not in cards:
            raise InvalidInput(_("There is no such product."), fields={"card_ref": ""})
        return cards[item.card_ref]
    if match.by == "invalid":
        raise InvalidInput(match.error, fields={match.field: ""})
    if match.by == "conflict":
        raise InvalidInput(_("This GTIN belongs to another product than your SKU."), fields={"gtin": ""})
    # A known SKU keeps its card.
    return None if match.by == "sku" else match.card_id


def _row(item: schemas.OfferIn, card_id: int | None) -> OfferRow:
    def minor(amount: Any, field: str) -> int | None:
        if amount is None:
            return None
        try:
            exponent(item.currency)
            return Money.parse(str(amount), item.currency).minor
        except DomainError as error:
            raise InvalidInput(error.message, fields={field: ""}) from error

    return OfferRow(
        merchant_sku=item.merchant_sku,
        card_id=card_id,
        price_minor=minor(item.price, "price"),
        currency=item.currency,
        list_price_minor=minor(item.list_price, "list_price"),
        tiers=None
        if item.tiers is None
        else tuple((step.from_quantity, minor(step.price, "tiers") or 0) for step in item.tiers),
        quantity=item.quantity,
        condition=item.condition,
        condition_note=item.condition_note,
        lead_time_days=item.lead_time_days,
        min_quantity=item.min_quantity,
        max_quantity=item.max_quantity,
        pack_size=item.pack_size,
    )


@endpoint(merchant, "PUT", "/offers/{ref}/state", grant=EDIT_OFFERS, response=schemas.OfferOut)
def move_offer(request: HttpRequest, ref: str, payload: schemas.OfferStateIn) -> dict[str, Any]:
    """Pause, resume or remove an offer; safe to repeat."""
    actor = _actor(request)
    offer = get_offer(ref, actor=actor, merchant_id=_merchant_id(request))
    if payload.state not in OfferState.values:
        sentence = _("Choose active, paused or removed.")
        raise InvalidInput(sentence, fields={"state": sentence})
    change_offer_state(offer.ref, to=payload.state, actor=actor)
    return get_own_offer(request, ref)


@endpoint(merchant, "GET", "/cards", grant=VIEW_OFFERS, response=PageOut[schemas.CardOut])
def list_own_cards(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The products you brought in, newest first, in any state."""
    found = paginate(list_contributions(_actor(request), _merchant_id(request)), page)
    return {**found, "items": [card_short(card) for card in found["items"]]}


@endpoint(merchant, "GET", "/cards/{ref}", grant=VIEW_OFFERS, response=schemas.CardDetailOut)
def get_visible_card(request: HttpRequest, ref: str) -> dict[str, Any]:
    """A published product, or one you brought in."""
    return card_detail(get_card(ref, actor=_actor(request)), None)


@endpoint(merchant, "PATCH", "/cards/{ref}/values", grant=CONTRIBUTE_CARDS, response=schemas.OwnValuesOut)
def change_own_values(request: HttpRequest, ref: str, payload: schemas.OwnValuesIn) -> dict[str, str]:
    """Change values of a product you brought in.

    Until it is published they are saved at once; afterwards they wait as a proposal, and the live product stays.
    """
    actor, merchant_id = _actor(request), _merchant_id(request)
    card = get_contribution(ref, actor=actor, merchant_id=merchant_id)
    layer = Layer(locale=payload.locale)
    if card.state == CardState.PUBLISHED:
        review = propose_values(card, layer, payload.values, actor=actor, merchant_id=merchant_id)
        return {
            "outcome": "proposed" if review else "unchanged",
            "review_ref": review.ref if review else "",
        }
    change_set = open_change_set(actor, source=ChangeSource.API, merchant_id=merchant_id)
    is_changed = set_values(card, layer, payload.values, actor=actor, change_set=change_set)
    return {"outcome": "saved" if is_changed else "unchanged", "review_ref": ""}


@endpoint(merchant, "GET", "/reviews", grant=VIEW_OFFERS, response=PageOut[schemas.ReviewOut])
def list_own_reviews(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """What became of the products you sent in, newest first."""
    found = paginate(list_reviews(_actor(request)).filter(merchant_id=_merchant_id(request)), page)
    return {**found, "items": [review_short(review) for review in found["items"]]}


@endpoint(merchant, "GET", "/reviews/{ref}", grant=VIEW_OFFERS, response=schemas.ReviewDetailOut)
def get_own_review(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One review with its answer; a proposal value by value."""
    actor = _actor(request)
    review = get_review(ref, actor=actor)
    if review.merchant_id != _merchant_id(request):
        raise ReviewNotFound(_("There is no such review."))
    return review_detail(review)
