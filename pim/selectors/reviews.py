"""The review queue."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from pim.errors import ReviewNotFound
from pim.models import Review, ReviewState


def list_reviews(actor: Actor) -> QuerySet[Review]:
    """What the actor may see of the queue, open ones first, oldest first."""
    return (
        Review.objects.visible_to(actor)
        .select_related("card", "card__family", "card__brand", "merchant")
        .order_by("opened_at", "pk")
    )


def count_open_reviews() -> int:
    """How many reviews wait, whoever may see them; for the task that stands for the queue."""
    return Review.objects.filter(state=ReviewState.OPEN).count()


def list_open_reviews(actor: Actor) -> QuerySet[Review]:
    return list_reviews(actor).filter(state=ReviewState.OPEN)


def get_review(ref: str, *, actor: Actor) -> Review:
    """One review. Raises `ReviewNotFound`."""
    review = list_reviews(actor).filter(ref=ref).first()
    if review is None:
        raise ReviewNotFound(_("There is no such review."))
    return review
