"""Changes that merchants propose to published cards: decided value by value, the live version stays on sale."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import StateRefused
from backoffice.kernel.phrases import gettext as _
from pim.errors import CardNotFound, InvalidValue, ReviewNotFound
from pim.events import ChangesProposed, ProposalDecided
from pim.models import (
    Card,
    CardState,
    ChangeSource,
    LineState,
    ProposalLine,
    Review,
    ReviewKind,
    ReviewState,
)
from pim.operations.change_sets import open_change_set
from pim.operations.value_checks import Checkbook, clean_patch, record_texts
from pim.operations.values import LayerPatch, set_values_bulk
from pim.permissions import CONTRIBUTE_CARDS, IMPORT_PRODUCTS, REVIEW_CARDS
from pim.selectors.brands import find_brand_codes
from pim.selectors.layers import INHERIT, Layer, read_layers
from pim.selectors.proposals import ValueKey, is_answered, read_answers
from pim.selectors.scopes import list_scopes
from pim.selectors.structure import get_structure


@transaction.atomic
def propose_values(
    card: Card, layer: Layer, patch: Mapping[str, Any], *, actor: Actor, merchant_id: int
) -> Review | None:
    """Ask for other values of a published card; None when nothing differs from what is live.

    A merchant has one open proposal per card: a later one is added to it. Raises `InvalidValue`, `StateRefused`.
    Announces `ChangesProposed`.
    """
    wanted = {code: value for code, value in patch.items() if value is not INHERIT}
    outcome = propose_values_bulk([LayerPatch(card.pk, layer, wanted)], actor=actor, merchant_id=merchant_id)
    if 0 in outcome.refused:
        raise InvalidValue(_("Some values do not fit. Correct the marked fields."), fields=outcome.refused[0])
    if card.pk in outcome.not_published:
        raise StateRefused(_("Changes are proposed to published products only."))
    return outcome.reviews.get(card.pk)


@dataclass(slots=True)
class ProposalsOutcome:
    """What became of a bulk of proposals."""

    # By index of the input: its sentences by attribute.
    refused: dict[int, dict[str, str]] = field(default_factory=dict)
    not_published: set[int] = field(default_factory=set)
    # The open proposal of every card that got lines.
    reviews: dict[int, Review] = field(default_factory=dict)


@transaction.atomic
def propose_values_bulk(
    items: Sequence[LayerPatch],
    *,
    actor: Actor,
    merchant_id: int,
    source: str = "",
    skip_answered: bool = False,
) -> ProposalsOutcome:
    """`propose_values` for a file: a fixed number of statements, locks the cards in key order.

    With `skip_answered` a value that waits already, or was turned down and nothing moved since, is not asked
    again. `source` says where new proposals come from, such as an import. Announces one `ChangesProposed`.
    """
    _require_right(actor, merchant_id)
    outcome = ProposalsOutcome()
    ids = {item.card_id for item in items}
    cards = {card.pk: card for card in Card.objects.select_for_update().filter(pk__among=ids).order_by("pk")}
    outcome.not_published = ids - {pk for pk, card in cards.items() if card.state == CardState.PUBLISHED}
    kept = [(index, item) for index, item in enumerate(items) if item.card_id not in outcome.not_published]
    live = read_layers({item.card_id for _index, item in kept})
    answers = read_answers(live, merchant_id=merchant_id) if skip_answered and kept else {}
    asked: dict[ValueKey, tuple[Any, Any]] = {}
    cleaned = _clean(kept, cards, outcome)
    for item, patch in cleaned:
        layer = live[item.card_id].get(item.layer, {})
        for code, value in patch.items():
            key = (item.card_id, item.layer, code)
            if layer.get(code) != value and not is_answered(answers, key, layer.get(code), value):
                asked[key] = (layer.get(code), value)
    if asked:
        outcome.reviews = _open_reviews({key[0] for key in asked}, merchant_id, source)
        _write_lines(outcome.reviews, asked)
        events.publish(ChangesProposed(card_ids=tuple(sorted(outcome.reviews)), merchant_id=merchant_id))
    return outcome


def _require_right(actor: Actor, merchant_id: int) -> None:
    if merchant_id not in actor.merchant_ids and not actor.is_global:
        raise CardNotFound(_("There is no such card."))
    if not any(actor.can(code, merchant_id=merchant_id) for code in (CONTRIBUTE_CARDS, IMPORT_PRODUCTS)):
        actor.require(CONTRIBUTE_CARDS, merchant_id=merchant_id)


def _clean(
    kept: Sequence[tuple[int, LayerPatch]], cards: Mapping[int, Card], outcome: ProposalsOutcome
) -> list[tuple[LayerPatch, dict[str, Any]]]:
    structure = get_structure()
    levels = {scope_id: scope.level for scope_id, scope in list_scopes().items()}
    brands = find_brand_codes(record_texts(structure, (item.patch for _index, item in kept)))
    book = Checkbook(structure, levels, brands)
    cleaned = []
    for index, item in kept:
        family = structure.families[cards[item.card_id].family_id]
        patch, errors = clean_patch(family, item.layer, item.patch, book)
        if errors:
            outcome.refused[index] = errors
        else:
            cleaned.append((item, patch))
    return cleaned


def _open_reviews(card_ids: Collection[int], merchant_id: int, source: str) -> dict[int, Review]:
    """The one open proposal of the merchant per card, made where there is none."""
    same = Review.objects.filter(
        kind=ReviewKind.PROPOSAL,
        state=ReviewState.OPEN,
        card_id__among=card_ids,
        merchant_id=merchant_id,
    )
    found = {review.card_id or 0: review for review in same.order_by("-pk")}
    fresh = [
        Review(
            kind=ReviewKind.PROPOSAL,
            card_id=card_id,
            merchant_id=merchant_id,
            details={"source": source} if source else {},
        )
        for card_id in sorted(set(card_ids) - set(found))
    ]
    Review.objects.bulk_create(fresh, batch_size=1000)
    return found | {review.card_id or 0: review for review in fresh}


def _write_lines(reviews: Mapping[int, Review], asked: Mapping[ValueKey, tuple[Any, Any]]) -> None:
    attributes = get_structure().attributes
    ProposalLine.objects.bulk_create(
        [
            ProposalLine(
                review=reviews[card_id],
                attribute_id=attributes[code].id,
                scope_id=layer.scope_id,
                locale=layer.locale,
                seen=seen,
                proposed=proposed,
            )
            for (card_id, layer, code), (seen, proposed) in asked.items()
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["review", "attribute", "scope_id", "locale"],
        update_fields=["seen", "proposed", "state"],
    )


@transaction.atomic
def decide_proposal(ref: str, *, accepted: Collection[int], note: str = "", actor: Actor) -> Review:
    """Take over the accepted lines (by id), turn the others down, close the review.

    A line whose live value moved since it was proposed becomes outdated and is not taken over. Safe to repeat.
    Announces `ProposalDecided`: the merchant is told by mail.
    """
    actor.require(REVIEW_CARDS)
    review = (
        Review.objects.visible_to(actor).select_for_update().filter(ref=ref, kind=ReviewKind.PROPOSAL).first()
    )
    if review is None or review.card_id is None:
        raise ReviewNotFound(_("There is no such review."))
    if review.state != ReviewState.OPEN:
        return review
    lines = list(review.lines.select_related("attribute").order_by("pk"))
    live = read_layers([review.card_id])[review.card_id]
    patches: dict[Layer, dict[str, Any]] = {}
    for line in lines:
        layer = Layer(line.scope_id, line.locale)
        if line.pk not in accepted:
            line.state = LineState.REJECTED
        elif live.get(layer, {}).get(line.attribute.code) != line.seen:
            line.state = LineState.OUTDATED
        else:
            line.state = LineState.ACCEPTED
            patches.setdefault(layer, {})[line.attribute.code] = line.proposed
    items = [LayerPatch(review.card_id, layer, patch) for layer, patch in patches.items()]
    if items:
        change_set = open_change_set(
            actor,
            source=ChangeSource.REVIEW,
            merchant_id=review.merchant_id,
            note=_("Proposal %(ref)s") % {"ref": ref},
        )
        set_values_bulk(items, actor=actor, change_set=change_set)
    ProposalLine.objects.bulk_update(lines, ["state"])
    review.state = ReviewState.ACCEPTED if items else ReviewState.REJECTED
    review.note, review.closed_at, review.closed_by = note, clock.now(), actor.label
    review.save(update_fields=["state", "note", "closed_at", "closed_by"])
    audit.record("pim.proposal.decided", actor=actor, subject=review, note=note)
    events.publish(ProposalDecided(review_ref=review.ref))
    return review


@transaction.atomic
def withdraw_proposals(source: str, *, merchant_id: int) -> int:
    """Close the open proposals that came from `source`, such as an import that is undone; how many."""
    reviews = Review.objects.select_for_update().filter(
        kind=ReviewKind.PROPOSAL,
        state=ReviewState.OPEN,
        merchant_id=merchant_id,
        details__source=source,
    )
    ids = list(reviews.order_by("pk").values_list("pk", flat=True))
    # Not turned down by anybody, so the same values may be proposed again.
    ProposalLine.objects.filter(review__in=ids).update(state=LineState.OUTDATED)
    Review.objects.filter(pk__in=ids).update(
        state=ReviewState.REJECTED, note=_("The import was undone."), closed_at=clock.now()
    )
    return len(ids)
