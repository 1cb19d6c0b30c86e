"""Copies of values in columns of the card, for back-office lists: title, brand, readiness."""

from collections.abc import Mapping, Sequence
from typing import Any

from pim.models import Brand, Card
from pim.selectors.layers import Effective, Layer, read_layers, resolve_global
from pim.selectors.structure import FamilySpec, Structure

COLUMNS = ["version", "updated_at", "title", "brand", "missing", "readiness", "requirements_version"]


def refresh_fast_columns(
    cards: Sequence[Card], layers: dict[int, dict[Layer, dict[str, Any]]], structure: Structure
) -> None:
    """Recompute the copies of these cards from their layers (parents' layers are read when needed) and store them."""
    if not cards:
        return
    parents = {card.parent_id for card in cards if card.parent_id and card.parent_id not in layers}
    known: Mapping[int, Any] = {**layers, **read_layers(parents)} if parents else layers
    effective = {card.pk: resolve_global(card, known) for card in cards}
    brands = _brand_ids({found.text("brand") for found in effective.values()} - {""})
    for card in cards:
        found = effective[card.pk]
        card.title = found.text("title")[:250]
        card.brand_id = brands.get(found.text("brand"))
        _set_readiness(card, found, structure.families[card.family_id])
    Card.objects.bulk_create(
        cards, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=COLUMNS
    )


def _set_readiness(card: Card, found: Effective, family: FamilySpec) -> None:
    card.missing = sorted(code for code in family.required if code not in found.values)
    total = len(family.required)
    card.readiness = 100 if not total else (total - len(card.missing)) * 100 // total
    card.requirements_version = family.requirements_version


def _brand_ids(codes: set[str]) -> dict[str, int]:
    return dict(Brand.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
