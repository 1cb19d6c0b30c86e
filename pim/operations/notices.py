"""Mails about what became of something a merchant sent in."""

from mms.operations.mails import queue_mail
from pim.models import Review
from pim.selectors.proposals import list_proposal_lines


def tell_of_decision(review_ref: str) -> None:
    """One mail to the merchant: which of its proposed values were taken over and which were not."""
    review = Review.objects.select_related("card", "merchant").filter(ref=review_ref).first()
    if review is None or review.card is None or review.merchant is None or not review.merchant.email:
        return
    language = review.merchant.language or "en"
    queue_mail(
        to=review.merchant.email,
        template="pim.proposal_decided",
        context={
            "merchant": review.merchant,
            "card": review.card,
            "note": review.note,
            "lines": list_proposal_lines(review, language),
        },
        language=review.merchant.language,
        about_ref=review.ref,
    )
