"""Changes that merchants propose to published cards: decided value by value, the live version stays on sale."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import StateRefused
from backoffice.kernel.phrases import gettext as _
from pim.errors import CardNotFound, InvalidValue, ReviewNotFound
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
from pim.selectors.scopes import list_scopes
from pim.selectors.structure import get_structure


@transaction.atomic
def propose_values(
    card: Card, layer: Layer, patch: Mapping[str, Any], *, actor: Actor, merchant_id: int
) -> Review | None:
    """Ask for other values of a published card; None when nothing differs from what is live.

    A merchant has one open proposal per card: a later one is added to it. Raises `InvalidValue`.
    """
    if merchant_id not in actor.merchant_ids and not actor.is_global:
        raise CardNotFound(_("There is no such card."))
    if not any(actor.can(code, merchant_id=merchant_id) for code in (CONTRIBUTE_CARDS, IMPORT_PRODUCTS)):
        actor.require(CONTRIBUTE_CARDS, merchant_id=merchant_id)
    locked = Card.objects.select_for_update().get(pk=card.pk)
    if locked.state != CardState.PUBLISHED:
        raise StateRefused(_("Changes are proposed to published products only."))
    wanted = {code: value for code, value in patch.items() if value is not INHERIT}
    cleaned = _clean(locked, layer, wanted)
    live = read_layers([card.pk])[card.pk].get(layer, {})
    differing = {code: value for code, value in cleaned.items() if live.get(code) != value}
    if not differing:
        return None
    same = Review.objects.filter(
        kind=ReviewKind.PROPOSAL, state=ReviewState.OPEN, card=locked, merchant_id=merchant_id
    )
    review = same.first() or Review.objects.create(
        kind=ReviewKind.PROPOSAL, card=locked, merchant_id=merchant_id
    )
    attributes = get_structure().attributes
    for code, value in differing.items():
        ProposalLine.objects.update_or_create(
            review=review,
            attribute_id=attributes[code].id,
            scope_id=layer.scope_id,
            locale=layer.locale,
            defaults={"seen": live.get(code), "proposed": value, "state": LineState.PENDING},
        )
    return review


def _clean(card: Card, layer: Layer, patch: Mapping[str, Any]) -> dict[str, Any]:
    structure = get_structure()
    levels = {scope_id: scope.level for scope_id, scope in list_scopes().items()}
    brands = find_brand_codes(record_texts(structure, [patch]))
    cleaned, errors = clean_patch(
        structure.families[card.family_id], layer, patch, Checkbook(structure, levels, brands)
    )
    if errors:
        raise InvalidValue(_("Some values do not fit. Correct the marked fields."), fields=errors)
    return cleaned


@transaction.atomic
def decide_proposal(ref: str, *, accepted: Collection[int], note: str = "", actor: Actor) -> Review:
    """Take over the accepted lines (by id), turn the others down, close the review.

    A line whose live value moved since it was proposed becomes outdated and is not taken over. Safe to repeat.
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
    return review
