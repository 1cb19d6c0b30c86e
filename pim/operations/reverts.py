"""Going back: one field, one card, or everything a change set did. Each is itself a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from backoffice.kernel import audit, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound, StateRefused
from backoffice.kernel.phrases import gettext as _
from pim.events import CardsChanged, OffersChanged
from pim.models import (
    Card,
    CardState,
    Change,
    ChangeSet,
    ChangeSource,
    Offer,
    OfferPrice,
    OfferState,
    PriceLog,
    ReviewState,
)
from pim.operations.change_sets import open_change_set
from pim.operations.identifiers import set_identifiers_live
from pim.operations.offer_prices import PriceStatement, write_prices
from pim.operations.reviews import close_reviews
from pim.operations.values import LayerPatch, set_values, set_values_bulk
from pim.permissions import EDIT_CARDS, IMPORT_PRODUCTS
from pim.selectors.history import read_values_as_of
from pim.selectors.layers import ABSENT, INHERIT, Layer, read_layers

CHUNK = 500


def _inverse(value: Any) -> Any:
    return INHERIT if value == ABSENT else value


@transaction.atomic
def revert_field(card: Card, change_id: int, code: str, *, actor: Actor) -> bool:
    """Put one value back to what it was before a change; False when it already is. Raises `NotFound`."""
    change = Change.objects.filter(pk=change_id, card=card).first()
    if change is None or code not in change.patch:
        raise NotFound(_("There is no such change of this card."))
    change_set = open_change_set(
        actor, source=ChangeSource.REVERT, note=_("Revert %(code)s") % {"code": code}
    )
    layer = Layer(change.scope_id, change.locale)
    return set_values(
        card, layer, {code: _inverse(change.patch[code][0])}, actor=actor, change_set=change_set
    )


@transaction.atomic
def revert_card(card: Card, at: datetime, *, actor: Actor) -> bool:
    """Bring all values of a card back to a moment; False when nothing differs."""
    past = read_values_as_of(card, at).layers
    live = read_layers([card.pk])[card.pk]
    change_set = open_change_set(
        actor, source=ChangeSource.REVERT, note=_("Revert to %(at)s") % {"at": at.isoformat()}
    )
    items = [
        LayerPatch(card.pk, layer, _difference(live.get(layer, {}), past.get(layer, {})))
        for layer in {*live, *past}
    ]
    outcome = set_values_bulk([item for item in items if item.patch], actor=actor, change_set=change_set)
    card.refresh_from_db()
    return bool(outcome.changed)


def _difference(live: Mapping[str, Any], past: Mapping[str, Any]) -> dict[str, Any]:
    patch = {code: value for code, value in past.items() if code not in live or live[code] != value}
    return patch | {code: INHERIT for code in live if code not in past}


@dataclass(slots=True)
class Undone:
    """What an undo did: values put back, values left because somebody changed them since (`card ref: code`)."""

    values: int = 0
    skipped: list[str] = field(default_factory=list)
    cards_archived: int = 0
    offers_removed: int = 0
    prices: int = 0


@transaction.atomic
def undo_change_set(change_set: ChangeSet, *, actor: Actor) -> Undone:
    """Take back everything an import, form or rule run did, except where somebody changed the same since (listed).

    Cards it created are archived unless somebody else sells them, offers it created are removed, prices it set go back.
    Raises `StateRefused` when it was undone before.
    """
    _require(change_set, actor)
    locked = ChangeSet.objects.select_for_update().get(pk=change_set.pk)
    if locked.undone_by.exists():
        raise StateRefused(_("This was undone already."))
    undo = open_change_set(
        actor,
        source=ChangeSource.REVERT,
        merchant_id=change_set.merchant_id,
        note=_("Undo %(ref)s") % {"ref": change_set.ref},
        undoes=change_set,
    )
    result = Undone()
    _undo_values(change_set, undo, actor, result)
    _undo_prices(change_set, undo, actor, result)
    _undo_offers(change_set, result)
    _undo_cards(change_set, actor, result)
    audit.record("pim.change_set.undone", actor=actor, subject=change_set, note=undo.ref)
    return result


def _require(change_set: ChangeSet, actor: Actor) -> None:
    if EDIT_CARDS in actor.grants:
        return
    if change_set.merchant_id is None or change_set.merchant_id not in actor.merchant_ids:
        raise NotFound(_("There is no such change."))
    actor.require(IMPORT_PRODUCTS, merchant_id=change_set.merchant_id)


def _undo_values(change_set: ChangeSet, undo: ChangeSet, actor: Actor, result: Undone) -> None:
    created = set(Card.objects.filter(created_in=change_set).values_list("pk", flat=True))
    changes = Change.objects.filter(change_set=change_set).exclude(card_id__in=created).order_by("-pk")
    batch: list[Change] = []
    for change in changes.select_related("card").iterator(chunk_size=CHUNK):
        batch.append(change)
        if len(batch) >= CHUNK:
            _undo_batch(batch, undo, actor, result)
            batch = []
    _undo_batch(batch, undo, actor, result)


def _undo_batch(batch: Sequence[Change], undo: ChangeSet, actor: Actor, result: Undone) -> None:
    if not batch:
        return
    live = read_layers({change.card_id for change in batch})
    items = []
    for change in batch:
        layer = Layer(change.scope_id, change.locale)
        values = live[change.card_id].get(layer, {})
        patch = {}
        for code, (old, new) in change.patch.items():
            if values.get(code, ABSENT) == new:
                patch[code] = _inverse(old)
            else:
                result.skipped.append(f"{change.card.ref}: {code}")
        if patch:
            items.append(LayerPatch(change.card_id, layer, patch))
    outcome = set_values_bulk(items, actor=actor, change_set=undo)
    result.values += sum(len(codes) for codes in outcome.changed.values())


def _undo_prices(change_set: ChangeSet, undo: ChangeSet, actor: Actor, result: Undone) -> None:
    rows = PriceLog.objects.filter(
        change_set=change_set, min_quantity=1, valid_from=None, amount_minor__isnull=False
    ).exclude(offer__created_in=change_set)
    statements = []
    for row in rows:
        same = {
            "offer_id": row.offer_id,
            "scope_id": row.scope_id,
            "currency": row.currency,
            "min_quantity": 1,
        }
        before = PriceLog.objects.filter(pk__lt=row.pk, valid_from=None, **same).order_by("-pk").first()
        live = OfferPrice.objects.filter(valid_from=None, **same).first()
        if before is None or before.amount_minor is None or live is None:
            continue
        if live.amount_minor == row.amount_minor:
            statements.append(
                PriceStatement(row.offer_id, row.currency, before.amount_minor, scope_id=row.scope_id)
            )
    moved = write_prices(statements, actor=actor, change_set=undo)
    result.prices = len(moved)
    if moved:
        events.publish(OffersChanged(offer_ids=tuple(sorted(moved))))


def _undo_offers(change_set: ChangeSet, result: Undone) -> None:
    offers = Offer.objects.select_for_update().filter(created_in=change_set).exclude(state=OfferState.REMOVED)
    ids = list(offers.order_by("pk").values_list("pk", flat=True))
    result.offers_removed = Offer.objects.filter(pk__in=ids).update(state=OfferState.REMOVED)
    if ids:
        events.publish(OffersChanged(offer_ids=tuple(ids)))


def _undo_cards(change_set: ChangeSet, actor: Actor, result: Undone) -> None:
    cards = Card.objects.select_for_update().filter(created_in=change_set).exclude(state=CardState.ARCHIVED)
    kept = Offer.objects.exclude(state=OfferState.REMOVED).values("card_id")
    ids = list(cards.exclude(pk__in=kept).order_by("pk").values_list("pk", flat=True))
    result.cards_archived = Card.objects.filter(pk__in=ids).update(state=CardState.ARCHIVED)
    set_identifiers_live(ids, False)
    if ids:
        close_reviews(ids, state=ReviewState.REJECTED, actor=actor, note=_("The import was undone."))
        events.publish(CardsChanged(card_ids=tuple(ids)))
