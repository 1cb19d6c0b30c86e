"""Which orders accept themselves."""

from django.db.models import F, QuerySet

from oms.models import FulfilmentTerms, MerchantOrder, PaymentState, Reservation
from oms.selectors.calendars import get_terms_by_merchant


def list_self_accepting(waiting: QuerySet[MerchantOrder]) -> list[str]:
    """Of waiting orders whose merchants answer automatically or by rules, those that need no person; by ref.

    Mixed merchants' orders accept themselves when each rule the merchant set holds: not above its amount, all pieces
    on the shelf, the money there already.
    """
    rows = list(waiting.select_related("share__payment"))
    mixed = [row for row in rows if row.acceptance_mode == "mixed"]
    terms = get_terms_by_merchant(row.merchant_id for row in mixed)
    beyond_stock = _ordered_beyond_stock(mixed)
    return [
        row.ref
        for row in rows
        if row.acceptance_mode == "automatic" or _holds(row, terms[row.merchant_id], beyond_stock)
    ]


def _holds(part: MerchantOrder, terms: FulfilmentTerms, beyond_stock: set[int]) -> bool:
    limit = terms.auto_accept_up_to_minor
    if limit is not None and part.payable_minor > limit:
        return False
    if terms.auto_accept_needs_stock and part.pk in beyond_stock:
        return False
    return not terms.auto_accept_needs_payment or part.share.payment.state == PaymentState.CAPTURED


def _ordered_beyond_stock(parts: list[MerchantOrder]) -> set[int]:
    """Orders that draw on a place where more is promised than lies there."""
    if not parts:
        return set()
    rows = Reservation.objects.filter(
        line__merchant_order__in=[part.pk for part in parts],
        open_quantity__gt=0,
        item__reserved__gt=F("item__on_hand"),
    )
    return set(rows.values_list("line__merchant_order_id", flat=True))
