"""The review queue."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from pim.errors import ReviewNotFound
from pim.models import Review, ReviewState
from pim.selectors.scopes import locale_chain
from pim.selectors.structure import get_structure
from pim.selectors.value_texts import value_text


def list_reviews(actor: Actor) -> QuerySet[Review]:
    """What the actor may see of the queue, open ones first, oldest first."""
    return (
        Review.objects.visible_to(actor)
        .select_related("card", "card__family", "card__brand", "merchant")
        .order_by("opened_at", "pk")
    )


def count_open_reviews() -> int:
    return Review.objects.filter(state=ReviewState.OPEN).count()


@dataclass(frozen=True, slots=True)
class LineView:
    """A proposed value beside the one it was proposed against, as texts."""

    id: int
    label: str
    where: str
    seen: str
    proposed: str
    state: str


def list_proposal_lines(review: Review, language: str) -> list[LineView]:
    """The values of a proposal, in the order of their attributes."""
    attributes = get_structure().attributes
    lines = []
    for line in review.lines.select_related("attribute").order_by("attribute__position", "pk"):
        spec = attributes[line.attribute.code]
        lines.append(
            LineView(
                id=line.pk,
                label=spec.name_in(locale_chain(language)),
                where=line.locale,
                seen=value_text(spec, line.seen, language),
                proposed=value_text(spec, line.proposed, language),
                state=line.state,
            )
        )
    return lines


def get_review(ref: str, *, actor: Actor) -> Review:
    """One review. Raises `ReviewNotFound`."""
    review = list_reviews(actor).filter(ref=ref).first()
    if review is None:
        raise ReviewNotFound(_("There is no such review."))
    return review
