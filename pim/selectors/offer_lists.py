"""A merchant's offers as rows of lists, with why each is not on sale."""

from collections.abc import Iterable

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from backoffice.kernel.actors import Actor
from pim.models import AssetLink, CardState, Offer, OfferPrice, OfferState


def list_merchant_offers(actor: Actor, merchant_id: int) -> QuerySet[Offer]:
    """The offers of one merchant with their cards and main pictures; newest first."""
    own = AssetLink.objects.filter(card_id=OuterRef("card_id"), role="gallery").order_by("position", "id")
    shared = AssetLink.objects.filter(card_id=OuterRef("card__parent_id"), role="gallery").order_by(
        "position", "id"
    )
    return (
        Offer.objects.visible_to(actor)
        .filter(merchant_id=merchant_id)
        .select_related("card", "merchant")
        .annotate(
            picture_uuid=Coalesce(
                Subquery(own.values("asset_uuid")[:1]), Subquery(shared.values("asset_uuid")[:1])
            )
        )
        .order_by("-pk")
    )


def read_base_prices(offer_ids: Iterable[int]) -> dict[int, OfferPrice]:
    """The single-piece open-ended price of each offer, in the merchant's currency first; one statement."""
    rows = (
        OfferPrice.objects.filter(offer_id__in=list(offer_ids), valid_from=None, min_quantity=1)
        .annotate(home_currency=F("offer__merchant__currency"))
        .order_by("offer_id", "scope_id", "pk")
    )
    found: dict[int, OfferPrice] = {}
    for row in rows:
        known = found.get(row.offer_id)
        if known is None or (row.scope_id == known.scope_id and row.currency == row.home_currency):
            found[row.offer_id] = row
    return found


def inactive_reason(offer: Offer, *, has_price: bool) -> str:
    """Why buyers cannot buy an offer now, as a state of `pim.Offer`; empty when they can (or its own state says it)."""
    if offer.state != OfferState.ACTIVE:
        return ""
    if not offer.merchant_is_selling:
        return "merchant_not_selling"
    if offer.card.state != CardState.PUBLISHED:
        return "card_hidden"
    if not has_price:
        return "no_price"
    return "out_of_stock" if offer.available_quantity < offer.min_quantity else ""


def with_shown_states(offers: Iterable[Offer]) -> list[Offer]:
    """The offers, each with `shown_state`: why it cannot be bought, else its own state; one statement for prices."""
    rows = list(offers)
    priced = read_base_prices([offer.pk for offer in rows]) if rows else {}
    for offer in rows:
        reason = inactive_reason(offer, has_price=offer.pk in priced)
        offer.shown_state = reason or offer.state  # type: ignore[attr-defined]
    return rows


def count_offers_by_state(actor: Actor, merchant_id: int) -> dict[str, int]:
    """How many offers a merchant has in each state; states without any are 0."""
    offers = Offer.objects.visible_to(actor).filter(merchant_id=merchant_id).order_by()
    counts = dict(offers.values_list("state").annotate(n=Count("pk")))
    return {str(state): counts.get(state, 0) for state in OfferState.values}


def list_unbuyable(actor: Actor, merchant_id: int) -> dict[str, QuerySet[Offer]]:
    """The active offers held back, by what: out of stock, not published, no price; to be counted."""
    offers: QuerySet[Offer] = Offer.objects.visible_to(actor).filter(
        merchant_id=merchant_id, state=OfferState.ACTIVE
    )
    return {
        "out_of_stock": offers.filter(available_quantity__lt=F("min_quantity")),
        "card_hidden": offers.exclude(card__state=CardState.PUBLISHED),
        "no_price": offers.filter(prices=None),
    }
