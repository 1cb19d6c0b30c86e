"""Bringing cards into being, singly and by thousands, with their values, numbers, places and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _
from pim.errors import CardNotFound, InvalidValue
from pim.models import AssetLink, Card, CardCategory, CardIdentifier, CardKind, ChangeSet
from pim.operations.identifiers import Identifier
from pim.operations.value_checks import Checkbook, clean_patch, record_texts
from pim.operations.values import LayerPatch, set_values, set_values_bulk
from pim.permissions import CONTRIBUTE_CARDS, EDIT_CARDS, IMPORT_PRODUCTS
from pim.selectors.brands import find_brand_codes
from pim.selectors.layers import Layer
from pim.selectors.scopes import list_scopes
from pim.selectors.structure import get_structure

__all__ = ["CardDraft", "create_card", "create_cards", "set_values", "set_values_bulk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDraft:
    """A card to be made. `parent_id` makes it a variant; the first category is the main one."""

    family_id: int
    values: Mapping[Layer, Mapping[str, Any]]
    kind: str = CardKind.SINGLE
    parent_id: int | None = None
    identifiers: tuple[Identifier, ...] = ()
    category_ids: tuple[int, ...] = ()
    asset_uuids: tuple[UUID, ...] = ()


@dataclass(slots=True)
class CreatedCards:
    """One entry per draft in order: the card, or None where `refused` has sentences by attribute."""

    cards: list[Card | None] = field(default_factory=list)
    refused: dict[int, dict[str, str]] = field(default_factory=dict)


@transaction.atomic
def create_cards(
    drafts: Sequence[CardDraft], *, actor: Actor, change_set: ChangeSet, merchant_id: int | None = None
) -> CreatedCards:
    """Make draft cards with everything they bring; a draft with a value that does not fit is left out as a
    whole.

    A fixed number of statements per thousand. The numbers must be free (see `matching`), or the database
    refuses. A card of a merchant stays its contributor's to edit until it is published.
    """
    _require_right(actor, merchant_id)
    structure = get_structure()
    for draft in drafts:
        if draft.family_id not in structure.families:
            raise InvalidInput(_("There is no such family."), fields={"family": _("Choose a family.")})
    refused = _refuse_drafts(drafts)
    kept = [draft for index, draft in enumerate(drafts) if index not in refused]
    made = iter(_insert(kept, actor, change_set, merchant_id))
    return CreatedCards([None if index in refused else next(made) for index in range(len(drafts))], refused)


def _refuse_drafts(drafts: Sequence[CardDraft]) -> dict[int, dict[str, str]]:
    """Sentences by attribute for the drafts that cannot become a card; checked before anything is written."""
    structure = get_structure()
    levels = {scope_id: scope.level for scope_id, scope in list_scopes().items()}
    brands = find_brand_codes(
        record_texts(structure, (values for draft in drafts for values in draft.values.values()))
    )
    book = Checkbook(structure, levels, brands)
    refused: dict[int, dict[str, str]] = {}
    for index, draft in enumerate(drafts):
        errors: dict[str, str] = {}
        for layer, values in draft.values.items():
            errors |= clean_patch(structure.families[draft.family_id], layer, values, book)[1]
        if not draft.parent_id and not any(values.get("title") for values in draft.values.values()):
            errors["title"] = _("Give the product a title.")
        if errors:
            refused[index] = errors
    return refused


def _insert(
    drafts: Sequence[CardDraft], actor: Actor, change_set: ChangeSet, merchant_id: int | None
) -> list[Card]:
    now = clock.now()
    cards = Card.objects.bulk_create(
        [
            Card(
                kind=CardKind.VARIANT if draft.parent_id else draft.kind,
                parent_id=draft.parent_id,
                family_id=draft.family_id,
                contributed_by_id=merchant_id,
                created_in=change_set,
                created_at=now,
                updated_at=now,
                # The write of the first values counts it up to 1.
                version=0,
            )
            for draft in drafts
        ],
        batch_size=1000,
    )
    items = [
        LayerPatch(card.pk, layer, patch)
        for card, draft in zip(cards, drafts, strict=True)
        for layer, patch in draft.values.items()
    ]
    set_values_bulk(items, actor=actor, change_set=change_set)
    _attach(list(zip(cards, drafts, strict=True)))
    return cards


def _require_right(actor: Actor, merchant_id: int | None) -> None:
    if merchant_id is None:
        actor.require(EDIT_CARDS)
    elif not actor.is_global and merchant_id not in actor.merchant_ids:
        raise CardNotFound(_("There is no such card, or it is not yours to change."))
    elif not (
        actor.can(IMPORT_PRODUCTS, merchant_id=merchant_id)
        or actor.can(CONTRIBUTE_CARDS, merchant_id=merchant_id)
    ):
        actor.require(CONTRIBUTE_CARDS, merchant_id=merchant_id)


def _attach(kept: Sequence[tuple[Card, CardDraft]]) -> None:
    CardIdentifier.objects.bulk_create(
        [
            CardIdentifier(
                card=card,
                type=item.type,
                value=item.value[:80],
                value_norm=item.value_norm,
                brand_id=item.brand_id,
            )
            for card, draft in kept
            for item in draft.identifiers
        ],
        batch_size=1000,
    )
    CardCategory.objects.bulk_create(
        [
            CardCategory(card=card, category_id=category_id, is_main=position == 0)
            for card, draft in kept
            for position, category_id in enumerate(dict.fromkeys(draft.category_ids))
        ],
        batch_size=1000,
    )
    AssetLink.objects.bulk_create(
        [
            AssetLink(card=card, asset_uuid=uuid, position=position)
            for card, draft in kept
            for position, uuid in enumerate(dict.fromkeys(draft.asset_uuids))
        ],
        batch_size=1000,
    )


@transaction.atomic
def create_card(
    draft: CardDraft, *, actor: Actor, change_set: ChangeSet, merchant_id: int | None = None
) -> Card:
    """Make one draft card. Raises `InvalidValue` with a sentence per attribute."""
    made = create_cards([draft], actor=actor, change_set=change_set, merchant_id=merchant_id)
    card = made.cards[0]
    if card is None:
        raise InvalidValue(_("Some values do not fit. Correct the marked fields."), fields=made.refused[0])
    card.refresh_from_db()
    return card
