"""A merchant's payout terms."""

from billing.models import PayoutTerms


def find_payout_terms(merchant_id: int) -> PayoutTerms | None:
    """The agreed terms, or None where the defaults hold."""
    return PayoutTerms.objects.filter(pk=merchant_id).first()


def get_payout_terms(merchant_id: int) -> PayoutTerms:
    """The agreed terms or the defaults (weekly, no reserve); never saved by reading."""
    return find_payout_terms(merchant_id) or PayoutTerms(merchant_id=merchant_id)
