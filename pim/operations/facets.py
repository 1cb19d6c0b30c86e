"""The indexable copies of filterable values, written in the transaction of their layer."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pim.models import FACET_SCALE, AttributeType, Card, CardFacet
from pim.selectors.layers import Layer
from pim.selectors.structure import AttributeSpec

TEXT_TYPES = {
    AttributeType.TEXT,
    AttributeType.RECORD,
    AttributeType.IDENTIFIER,
    AttributeType.DATE,
    AttributeType.URL,
}
# (card, attribute, scope, locale)
FacetKey = tuple[int, int, int, str]


def to_micro(number: str | int | Decimal) -> int:
    """A number as the facet index holds it: integer millionths, rounded towards zero beyond the sixth decimal."""
    return int(Decimal(number) * FACET_SCALE)


def build_facets(card: Card, spec: AttributeSpec, layer: Layer, value: Any) -> list[CardFacet]:
    """The facet rows of one stored value; a blank outside the plain layer is a row that hides wider values."""
    if not spec.is_filterable:
        return []
    if value is None:
        return [] if layer == Layer() else [_row(card, spec, layer)]
    if spec.type == AttributeType.SELECT:
        return [_row(card, spec, layer, option_id=spec.options[value].id)]
    if spec.type == AttributeType.MULTI:
        return [_row(card, spec, layer, option_id=spec.options[code].id) for code in value]
    if spec.type in (AttributeType.INTEGER, AttributeType.DECIMAL):
        return [_row(card, spec, layer, number_micro=to_micro(value))]
    if spec.type == AttributeType.MEASURE:
        return [_row(card, spec, layer, number_micro=to_micro(value[2]))]
    if spec.type == AttributeType.BOOLEAN:
        return [_row(card, spec, layer, number_micro=FACET_SCALE if value else 0)]
    if spec.type in TEXT_TYPES:
        return [_row(card, spec, layer, text=value[:60])]
    return []


def _row(card: Card, spec: AttributeSpec, layer: Layer, **content: Any) -> CardFacet:
    return CardFacet(
        card_id=card.pk,
        shown_card_id=card.shown_card_id,
        attribute_id=spec.id,
        scope_id=layer.scope_id,
        locale=layer.locale,
        **content,
    )


def replace_facets(outdated: Iterable[FacetKey], rows: list[CardFacet]) -> None:
    """Drop the rows of outdated keys and write the new ones, set-wise."""
    keys = set(outdated)
    if keys:
        found = CardFacet.objects.filter(
            card_id__in={key[0] for key in keys}, attribute_id__in={key[1] for key in keys}
        ).values_list("pk", "card_id", "attribute_id", "scope_id", "locale")
        gone = [row[0] for row in found if row[1:] in keys]
        if gone:
            CardFacet.objects.filter(pk__in=gone).delete()
    CardFacet.objects.bulk_create(rows, batch_size=2000)
