"""Copies of values in columns of the card, for back-office lists: title, brand, readiness."""

from collections.abc import Mapping, Sequence
from typing import Any

from backoffice.kernel.bulk import update_rows
from pim.models import Card
from pim.operations.identifiers import brand_ids_by_code
from pim.selectors.layers import Effective, Layer, read_layers, resolve_global
from pim.selectors.structure import FamilySpec, Structure

COLUMNS = ["version", "updated_at", "title", "brand_id", "missing", "readiness", "requirements_version"]


def refresh_fast_columns(
    cards: Sequence[Card], layers: dict[int, dict[Layer, dict[str, Any]]], structure: Structure
) -> None:
    """Recompute the copies of these cards from their layers (parents' layers are read when needed) and store them."""
    if not cards:
        return
    parents = {card.parent_id for card in cards if card.parent_id and card.parent_id not in layers}
    known: Mapping[int, Any] = {**layers, **read_layers(parents)} if parents else layers
    effective = {card.pk: resolve_global(card, known) for card in cards}
    brands = brand_ids_by_code({found.text("brand") for found in effective.values()} - {""})
    for card in cards:
        set_fast_columns(card, effective[card.pk], structure.families[card.family_id], brands)
    update_rows(Card, COLUMNS, [(card.pk, *(getattr(card, name) for name in COLUMNS)) for card in cards])


def set_fast_columns(card: Card, found: Effective, family: FamilySpec, brands: Mapping[str, int]) -> None:
    """Put the copies into a card that is about to be stored; `brands` has the ids of the brands by code."""
    card.title = found.text("title")[:250]
    card.brand_id = brands.get(found.text("brand"))
    _set_readiness(card, found, family)


def _set_readiness(card: Card, found: Effective, family: FamilySpec) -> None:
    card.missing = sorted(code for code in family.required if code not in found.values)
    total = len(family.required)
    card.readiness = 100 if not total else (total - len(card.missing)) * 100 // total
    card.requirements_version = family.requirements_version
