"""What a person changed about an offer, on the record: files and programs keep their own account."""

from collections.abc import Iterable
from typing import Any

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.money import Money
from pim.models import Offer, OfferPrice

TERMS = ("condition", "condition_note", "lead_time_days", "min_quantity", "max_quantity", "pack_size")
Terms = dict[int, dict[str, Any]]


def read_terms(skus: Iterable[str], *, merchant_id: int) -> Terms:
    """Terms and plain prices of a merchant's offers, by offer id; two statements."""
    rows = Offer.objects.filter(merchant=merchant_id, merchant_sku__among=set(skus))
    found: Terms = {row.pop("pk"): row for row in rows.values("pk", *TERMS)}
    prices = OfferPrice.objects.filter(
        offer_id__among=found, scope_id=0, min_quantity=1, valid_from__isnull=True
    ).values_list("offer_id", "currency", "amount_minor", "list_amount_minor")
    for offer_id, currency, amount, listed in prices:
        found[offer_id] |= {
            "price": str(Money(amount, currency).amount),
            "list_price": str(Money(listed, currency).amount) if listed else None,
        }
    return found


def record_edits(before: Terms, skus: Iterable[str], *, merchant_id: int, actor: Actor) -> None:
    """Write down which terms differ from `before`, offer by offer."""
    after = read_terms(skus, merchant_id=merchant_id)
    changes = {
        pk: {name: [before[pk].get(name), new] for name, new in terms.items() if before[pk].get(name) != new}
        for pk, terms in after.items()
        if pk in before
    }
    for offer in Offer.objects.filter(pk__in=[pk for pk, changed in changes.items() if changed]).order_by(
        "pk"
    ):
        audit.record("pim.offer.edited", actor=actor, subject=offer, changes=changes[offer.pk])
