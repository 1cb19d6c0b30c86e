"""What offers have cost: for disputes, and for the lowest price of the last 30 days that a discount must name."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery

from backoffice.kernel import clock
from pim.models import Offer, OfferPrice, PriceLog

# Directive 98/6/EC, article 6a: the prior price is the lowest of the 30 days before the reduction.
PRIOR_PRICE_DAYS = 30


def list_price_log(offer: Offer) -> QuerySet[PriceLog]:
    """Every price the offer had, newest first; the caller has checked that the actor may see the offer."""
    return PriceLog.objects.filter(offer=offer).order_by("-pk")


def lowest_prices_before(
    offer_ids: Iterable[int], currency: str, moment: datetime | None = None
) -> dict[int, int]:
    """The lowest single-piece price of each offer in the 30 days before `moment`, as applied then.

    A price counts when it applied at any time in the window, also when it was set before and still stood.
    """
    end = moment or clock.now()
    start = end - timedelta(days=PRIOR_PRICE_DAYS)
    rows = PriceLog.objects.filter(
        offer_id__in=list(offer_ids),
        currency=currency,
        min_quantity=1,
        scope_id=0,
        valid_from=None,
        at__lt=end,
    ).order_by("offer_id", "pk")
    lowest: dict[int, int] = {}
    standing: dict[int, int | None] = {}
    for offer_id, amount, at in rows.values_list("offer_id", "amount_minor", "at"):
        if at <= start:
            standing[offer_id] = amount
            continue
        carried = standing.pop(offer_id, None)
        for candidate in (carried, amount):
            if candidate is not None:
                lowest[offer_id] = min(lowest.get(offer_id, candidate), candidate)
    for offer_id, amount in standing.items():
        if amount is not None:
            lowest[offer_id] = amount
    return lowest


def unlogged_prices() -> QuerySet[OfferPrice]:
    """Prices that differ from the last entry of their log; there must be none."""
    last = PriceLog.objects.filter(
        offer_id=OuterRef("offer_id"),
        scope_id=OuterRef("scope_id"),
        currency=OuterRef("currency"),
        min_quantity=OuterRef("min_quantity"),
    ).order_by("-pk")
    dated = last.filter(valid_from=OuterRef("valid_from"))
    plain = last.filter(valid_from=None)
    prices = OfferPrice.objects.annotate(
        logged=Subquery(plain.values("amount_minor")[:1]),
        logged_dated=Subquery(dated.values("amount_minor")[:1]),
    )
    open_ended = prices.filter(valid_from=None).exclude(logged=F("amount_minor"))
    return open_ended | prices.filter(valid_from__isnull=False).exclude(logged_dated=F("amount_minor"))
