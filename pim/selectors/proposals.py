"""What merchants proposed for published cards, and which answers already stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pim.models import Card, LineState, ProposalLine, Review, ReviewKind
from pim.selectors.layers import Layer, read_layers
from pim.selectors.scopes import locale_chain
from pim.selectors.structure import get_structure
from pim.selectors.value_texts import value_text

# (card, layer, attribute)
ValueKey = tuple[int, Layer, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A value proposed before: what was live then, what was asked for, and what became of it."""

    state: str
    seen: Any
    proposed: Any


def read_answers(card_ids: Iterable[int], *, merchant_id: int) -> dict[ValueKey, Answer]:
    """The last proposal of a merchant for every value of these cards, in one statement."""
    lines = ProposalLine.objects.filter(
        review__card_id__among=card_ids, review__merchant_id=merchant_id, review__kind=ReviewKind.PROPOSAL
    ).order_by("pk")
    return {
        (card_id, Layer(scope_id, locale), code): Answer(state, seen, proposed)
        for card_id, scope_id, locale, code, state, seen, proposed in lines.values_list(
            "review__card_id", "scope_id", "locale", "attribute__code", "state", "seen", "proposed"
        )
    }


def is_answered(answers: Mapping[ValueKey, Answer], key: ValueKey, live: Any, wanted: Any) -> bool:
    """Whether this value waits already, or was turned down while the live value was the one of today.

    A feed says the same every night: the operator is asked once.
    """
    answer = answers.get(key)
    if answer is None or answer.proposed != wanted:
        return False
    return answer.state == LineState.PENDING or (answer.state == LineState.REJECTED and answer.seen == live)


@dataclass(frozen=True, slots=True)
class LineView:
    """A proposed value beside the one it was proposed against, as texts; `moved_to` when that is no longer live."""

    id: int
    code: str
    label: str
    where: str
    seen: str
    proposed: str
    state: str
    moved_to: str = ""


def list_proposal_lines(review: Review, language: str) -> list[LineView]:
    """The values of a proposal, in the order of their attributes; open ones beside what is live by now."""
    attributes = get_structure().attributes
    live = read_layers([review.card_id])[review.card_id] if review.card_id else {}
    lines = []
    for line in review.lines.select_related("attribute").order_by("attribute__position", "pk"):
        spec = attributes[line.attribute.code]
        now = live.get(Layer(line.scope_id, line.locale), {}).get(spec.code)
        has_moved = line.state == LineState.PENDING and now != line.seen
        lines.append(
            LineView(
                id=line.pk,
                code=spec.code,
                label=spec.name_in(locale_chain(language)),
                where=line.locale,
                seen=value_text(spec, line.seen, language),
                proposed=value_text(spec, line.proposed, language),
                state=str(LineState.OUTDATED if has_moved else line.state),
                moved_to=(value_text(spec, now, language) or "—") if has_moved else "",
            )
        )
    return lines


def find_last_proposal(card: Card, *, merchant_id: int) -> Review | None:
    """The newest proposal of a merchant for a card, open or decided."""
    found = Review.objects.filter(kind=ReviewKind.PROPOSAL, card=card, merchant_id=merchant_id)
    return found.order_by("-pk").first()
