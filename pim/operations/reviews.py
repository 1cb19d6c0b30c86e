"""The review queue: what merchants send in is accepted or rejected by the operator, singly or in bulk."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.bulk import insert_rows
from backoffice.kernel.errors import InvalidInput, StateRefused
from backoffice.kernel.phrases import gettext as _
from pim.errors import CardNotFound, ReviewNotFound
from pim.events import CardRejected, CardsChanged, CardsPublished, CardsSubmitted
from pim.models import Card, CardKind, CardState, RejectReason, Review, ReviewKind, ReviewState
from pim.models.reviews import new_review_ref
from pim.operations.card_rights import may_write_values
from pim.operations.identifiers import set_identifiers_live
from pim.operations.slugs import ensure_slugs
from pim.permissions import EDIT_CARDS, REVIEW_CARDS


@transaction.atomic
def submit_cards(card_ids: Sequence[int], *, actor: Actor) -> int:
    """Put draft or rejected cards into the review queue; how many were new there. Announces `CardsSubmitted`."""
    cards = list(Card.objects.select_for_update().filter(pk__in=card_ids).order_by("pk"))
    for card in cards:
        if not may_write_values(card, actor):
            raise CardNotFound(_("There is no such card, or it is not yours to change."))
    waiting = [card for card in cards if card.state in (CardState.DRAFT, CardState.REJECTED)]
    if not waiting:
        return 0
    ids = [card.pk for card in waiting]
    rejected = [card.pk for card in waiting if card.state == CardState.REJECTED]
    if rejected:
        set_identifiers_live(rejected, True)
    for card in waiting:
        card.submit()
    Card.objects.filter(pk__in=ids).update(state=CardState.IN_REVIEW)
    open_card_reviews(waiting)
    return len(ids)


def open_card_reviews(cards: Sequence[Card]) -> None:
    """Queue cards whose state says already that they wait. Announces `CardsSubmitted`."""
    if not cards:
        return
    now = clock.now()
    insert_rows(
        Review,
        ("ref", "kind", "card_id", "merchant_id", "state", "reason", "note", "details", "opened_at", "closed_by"),
        [
            (
                new_review_ref(), ReviewKind.NEW_CARD.value, card.pk, card.contributed_by_id,
                ReviewState.OPEN.value, "", "", {}, now, "",
            )
            for card in cards
        ],
    )  # fmt: skip
    events.publish(CardsSubmitted(card_ids=tuple(card.pk for card in cards)))


@transaction.atomic
def publish_cards(card_ids: Sequence[int], *, actor: Actor) -> int:
    """Accept cards into the catalogue (with their parents), close their reviews; how many were new there.

    Safe to repeat. Gives each card its address per store view. Announces `CardsPublished` and `CardsChanged`.
    """
    actor.require(REVIEW_CARDS)
    wanted = set(card_ids)
    wanted |= set(Card.objects.filter(variants__pk__in=wanted).values_list("pk", flat=True))
    cards = list(Card.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    fresh = [card for card in cards if card.state != CardState.PUBLISHED]
    for card in fresh:
        if card.state not in (CardState.DRAFT, CardState.IN_REVIEW, CardState.HIDDEN):
            raise StateRefused(
                _("%(title)s is %(state)s and cannot be published.")
                % {"title": card, "state": card.get_state_display()},
                ref=card.ref,
            )
        if not card.title:
            raise InvalidInput(_("%(ref)s has no title yet.") % {"ref": card.ref}, ref=card.ref)
        card.publish()
        card.updated_at = clock.now()
    if not fresh:
        return 0
    Card.objects.bulk_create(
        fresh,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["state", "published_at", "updated_at"],
    )
    ids = [card.pk for card in fresh]
    close_reviews(ids, state=ReviewState.ACCEPTED, actor=actor)
    ensure_slugs([card for card in fresh if card.kind != CardKind.VARIANT])
    for card in fresh:
        audit.record("pim.card.published", actor=actor, subject=card)
    events.publish(CardsPublished(card_ids=tuple(ids)))
    events.publish(CardsChanged(card_ids=tuple(ids)))
    return len(ids)


def close_reviews(
    card_ids: Iterable[int], *, state: str, actor: Actor, reason: str = "", note: str = ""
) -> None:
    """Close the open new-card reviews of these cards with one answer."""
    Review.objects.filter(
        card_id__in=list(card_ids), kind=ReviewKind.NEW_CARD, state=ReviewState.OPEN
    ).update(state=state, reason=reason, note=note, closed_at=clock.now(), closed_by=actor.label)


@transaction.atomic
def reject_cards(card_ids: Sequence[int], *, reason: str, note: str = "", actor: Actor) -> int:
    """Turn cards in review down with a reason the contributor reads; how many. Announces `CardRejected` for each.

    Their numbers become free. The contributor may mend and submit them again.
    """
    actor.require(REVIEW_CARDS)
    if reason not in RejectReason.values:
        raise InvalidInput(_("Choose a reason."), fields={"reason": _("Choose a reason.")})
    if reason == RejectReason.OTHER and not note.strip():
        raise InvalidInput(_("Say what is wrong."), fields={"note": _("Say what is wrong.")})
    cards = list(Card.objects.select_for_update().filter(pk__in=card_ids).order_by("pk"))
    waiting = [card for card in cards if card.state == CardState.IN_REVIEW]
    if len(waiting) < len([card for card in cards if card.state != CardState.REJECTED]):
        raise StateRefused(_("Only cards in review can be rejected."))
    for card in waiting:
        card.reject()
        audit.record(
            "pim.card.rejected", actor=actor, subject=card, note=note, changes={"reason": [None, reason]}
        )
    ids = [card.pk for card in waiting]
    Card.objects.filter(pk__in=ids).update(state=CardState.REJECTED, updated_at=clock.now())
    set_identifiers_live(ids, False)
    close_reviews(ids, state=ReviewState.REJECTED, actor=actor, reason=reason, note=note)
    for card in waiting:
        events.publish(
            CardRejected(
                card_id=card.pk,
                card_ref=card.ref,
                merchant_id=card.contributed_by_id,
                reason=reason,
                note=note,
            )
        )
    return len(ids)


@transaction.atomic
def hide_card(ref: str, *, actor: Actor) -> Card:
    """Take a published card off every store view; its offers stay as they are. Announces `CardsChanged`."""
    return _move(ref, CardState.HIDDEN, "pim.card.hidden", actor)


@transaction.atomic
def archive_card(ref: str, *, actor: Actor) -> Card:
    """Take a card out of use for good; its numbers become free. Announces `CardsChanged`."""
    card = _move(ref, CardState.ARCHIVED, "pim.card.archived", actor)
    set_identifiers_live([card.pk], False)
    return card


def _move(ref: str, to: str, action: str, actor: Actor) -> Card:
    actor.require(EDIT_CARDS)
    card = Card.objects.visible_to(actor).select_for_update().filter(ref=ref).first()
    if card is None:
        raise CardNotFound(_("There is no such card."))
    if card.state == to:
        return card
    old = card.state
    if to == CardState.HIDDEN and old != CardState.PUBLISHED:
        raise StateRefused(_("Only a published card can be hidden."))
    if to == CardState.HIDDEN:
        card.hide()
    else:
        card.archive()
    card.updated_at = clock.now()
    card.save(update_fields=["state", "updated_at"])
    audit.record(action, actor=actor, subject=card, changes={"state": [old, to]})
    events.publish(CardsChanged(card_ids=(card.pk,)))
    return card


@transaction.atomic
def open_conflicts(rows: Sequence[dict[str, object]], *, merchant_id: int) -> int:
    """Queue rows whose numbers point to several cards; `rows` hold merchant_sku, numbers and card refs. How
    many were new.
    """
    known = {
        str(details.get("merchant_sku"))
        for details in Review.objects.filter(
            kind=ReviewKind.CONFLICT, state=ReviewState.OPEN, merchant_id=merchant_id
        ).values_list("details", flat=True)
    }
    fresh = [row for row in rows if str(row.get("merchant_sku")) not in known]
    Review.objects.bulk_create(
        [Review(kind=ReviewKind.CONFLICT, merchant_id=merchant_id, details=row) for row in fresh]
    )
    return len(fresh)


@transaction.atomic
def close_conflict(ref: str, *, note: str, actor: Actor) -> Review:
    """Say what was decided about an identifier conflict; safe to repeat."""
    actor.require(REVIEW_CARDS)
    review = (
        Review.objects.visible_to(actor).select_for_update().filter(ref=ref, kind=ReviewKind.CONFLICT).first()
    )
    if review is None:
        raise ReviewNotFound(_("There is no such review."))
    if review.state == ReviewState.OPEN:
        review.state, review.note = ReviewState.ACCEPTED, note
        review.closed_at, review.closed_by = clock.now(), actor.label
        review.save(update_fields=["state", "note", "closed_at", "closed_by"])
        audit.record("pim.conflict.closed", actor=actor, subject=review, note=note)
    return review
