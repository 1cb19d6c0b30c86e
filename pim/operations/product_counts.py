"""Tells merchant administration how many products a new merchant has: onboarding may ask for a minimum."""

from collections.abc import Iterable

from django.db import transaction

from backoffice.kernel.actors import Actor
from mas.operations.checklists import state_product_count
from mas.selectors.onboarding import find_waiting_for_products
from pim.models import Offer, OfferState


@transaction.atomic
def report_product_counts(offer_ids: Iterable[int], *, actor: Actor) -> int:
    """Pass on how many products the merchants behind these offers have; how many merchants were waiting for that.

    A product is an offer that is not removed. One statement when nobody is in onboarding. Safe to repeat.
    """
    merchants = set(
        Offer.objects.filter(pk__among=offer_ids).values_list("merchant_id", flat=True).distinct()
    )
    waiting = sorted(find_waiting_for_products(merchants))
    for merchant_id in waiting:
        count = Offer.objects.filter(merchant_id=merchant_id).exclude(state=OfferState.REMOVED).count()
        state_product_count(merchant_id, count, actor=actor)
    return len(waiting)
