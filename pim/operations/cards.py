"""Bringing cards into being, singly and by thousands, with their values, numbers, places and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from backoffice.kernel import clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.bulk import insert_objects, insert_rows
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _
from pim.errors import CardNotFound, InvalidValue
from pim.events import CardsChanged
from pim.models import AssetLink, Card, CardCategory, CardKind, ChangeSet
from pim.operations.facets import build_facets, replace_facets
from pim.operations.fast_columns import set_fast_columns
from pim.operations.identifiers import Identifier, brand_ids_by_code, insert_identifiers
from pim.operations.reviews import open_card_reviews
from pim.operations.value_checks import Checkbook, clean_patch, record_texts
from pim.operations.values import insert_layers, record_changes, set_values, set_values_bulk
from pim.permissions import CONTRIBUTE_CARDS, EDIT_CARDS, IMPORT_PRODUCTS
from pim.selectors.brands import find_brand_codes
from pim.selectors.layers import (
    ABSENT,
    INHERIT,
    PLAIN,
    Effective,
    Layer,
    LayerMap,
    read_layers,
    resolve_global,
)
from pim.selectors.scopes import list_scopes
from pim.selectors.structure import get_structure

__all__ = ["CardDraft", "create_card", "create_cards", "set_values", "set_values_bulk"]

WRITTEN = (
    "ref", "kind", "parent_id", "family_id", "state", "version", "title", "brand_id", "tax_class", "missing",
    "readiness", "requirements_version", "contributed_by_id", "created_in_id", "created_at", "updated_at",
)  # fmt: skip
# What a draft says per layer, in stored form.
Layers = dict[Layer, dict[str, Any]]


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
    drafts: Sequence[CardDraft],
    *,
    actor: Actor,
    change_set: ChangeSet,
    merchant_id: int | None = None,
    submit: bool = False,
) -> CreatedCards:
    """Make cards with everything they bring; a draft with a value that does not fit is left out as a whole.

    A fixed number of statements per thousand. The numbers must be free (see `matching`), or the database
    refuses. A card of a merchant stays its contributor's to edit until it is published. With `submit` they stand
    in the review queue at once. Announces `CardsChanged` (and `CardsSubmitted`).
    """
    _require_right(actor, merchant_id)
    structure = get_structure()
    for draft in drafts:
        if draft.family_id not in structure.families:
            raise InvalidInput(_("There is no such family."), fields={"family": _("Choose a family.")})
    cleaned, refused = _clean_drafts(drafts)
    kept = [(draft, cleaned[index]) for index, draft in enumerate(drafts) if index not in refused]
    cards = _build(kept, change_set, merchant_id)
    if submit:
        for card in cards:
            card.submit()
    # One insert with the copies of values in place: nothing is written twice.
    insert_objects(cards, WRITTEN)
    made = [(card, draft, layers) for card, (draft, layers) in zip(cards, kept, strict=True)]
    _store_values(made, change_set)
    _attach(made)
    if cards:
        events.publish(CardsChanged(card_ids=tuple(card.pk for card in cards)))
    if submit:
        open_card_reviews(cards)
    results = iter(cards)
    return CreatedCards(
        [None if index in refused else next(results) for index in range(len(drafts))], refused
    )


def _clean_drafts(drafts: Sequence[CardDraft]) -> tuple[list[Layers], dict[int, dict[str, str]]]:
    """The values of every draft in stored form, and sentences by attribute for those that cannot become a card."""
    structure = get_structure()
    levels = {scope_id: scope.level for scope_id, scope in list_scopes().items()}
    brands = find_brand_codes(
        record_texts(structure, (values for draft in drafts for values in draft.values.values()))
    )
    book = Checkbook(structure, levels, brands)
    cleaned: list[Layers] = []
    refused: dict[int, dict[str, str]] = {}
    for index, draft in enumerate(drafts):
        errors: dict[str, str] = {}
        layers: Layers = {}
        for layer, values in draft.values.items():
            found, sentences = clean_patch(structure.families[draft.family_id], layer, values, book)
            errors |= sentences
            # A blank in the plain layer has nothing to hide; what inherits has nothing to say.
            layers[layer] = {
                code: value
                for code, value in found.items()
                if value is not INHERIT and (value is not None or layer != PLAIN)
            }
        if not draft.parent_id and not any(values.get("title") for values in draft.values.values()):
            errors["title"] = _("Give the product a title.")
        if errors:
            refused[index] = errors
        cleaned.append({layer: values for layer, values in layers.items() if values})
    return cleaned, refused


def _build(
    kept: Sequence[tuple[CardDraft, Layers]], change_set: ChangeSet, merchant_id: int | None
) -> list[Card]:
    now, structure = clock.now(), get_structure()
    parents = {draft.parent_id for draft, _layers in kept if draft.parent_id}
    above = read_layers(parents) if parents else {}
    made: list[tuple[Card, Effective]] = []
    for draft, layers in kept:
        card = Card(
            kind=CardKind.VARIANT if draft.parent_id else draft.kind,
            parent_id=draft.parent_id,
            family_id=draft.family_id,
            contributed_by_id=merchant_id,
            created_in=change_set,
            created_at=now,
            updated_at=now,
        )
        known: dict[int, LayerMap] = {card.pk: layers}
        if draft.parent_id:
            known[draft.parent_id] = above[draft.parent_id]
        made.append((card, resolve_global(card, known)))
    brands = brand_ids_by_code({found.text("brand") for _card, found in made} - {""})
    for card, found in made:
        set_fast_columns(card, found, structure.families[card.family_id], brands)
    return [card for card, _found in made]


def _store_values(made: Sequence[tuple[Card, CardDraft, Layers]], change_set: ChangeSet) -> None:
    """The layers of new cards with their facets and their entries in the ledger."""
    attributes = get_structure().attributes
    rows = [(card, layer, values) for card, _draft, layers in made for layer, values in layers.items()]
    insert_layers((card.pk, layer, values) for card, layer, values in rows)
    replace_facets(
        (),
        [
            facet
            for card, layer, values in rows
            for code, value in values.items()
            if attributes[code].is_filterable
            for facet in build_facets(card, attributes[code], layer, value)
        ],
    )
    record_changes(
        change_set,
        (
            (card.pk, layer, {code: [ABSENT, value] for code, value in values.items()})
            for card, layer, values in rows
        ),
    )


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


def _attach(made: Sequence[tuple[Card, CardDraft, Layers]]) -> None:
    insert_identifiers([(card.pk, item) for card, draft, _layers in made for item in draft.identifiers])
    insert_rows(
        CardCategory,
        ("card_id", "category_id", "is_main"),
        [
            (card.pk, category_id, position == 0)
            for card, draft, _layers in made
            for position, category_id in enumerate(dict.fromkeys(draft.category_ids))
        ],
    )
    AssetLink.objects.bulk_create(
        [
            AssetLink(card=card, asset_uuid=uuid, position=position)
            for card, draft, _layers in made
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
