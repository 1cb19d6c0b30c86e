"""The indexable copies of filterable values, written in the transaction of their layer."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from backoffice.kernel.bulk import insert_rows
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
COLUMNS = (
    "card_id", "shown_card_id", "attribute_id", "scope_id", "locale", "option_id", "number_micro", "text",
)  # fmt: skip
FacetRow = tuple[int, int, int, int, str, int | None, int | None, str]


def to_micro(number: str | int | Decimal) -> int:
    """A number as the facet index holds it: integer millionths, rounded towards zero beyond the sixth decimal."""
    return int(Decimal(number) * FACET_SCALE)


def build_facets(card: Card, spec: AttributeSpec, layer: Layer, value: Any) -> list[FacetRow]:
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


def _row(
    card: Card,
    spec: AttributeSpec,
    layer: Layer,
    *,
    option_id: int | None = None,
    number_micro: int | None = None,
    text: str = "",
) -> FacetRow:
    shown_id = card.shown_card_id
    return (card.pk, shown_id, spec.id, layer.scope_id, layer.locale, option_id, number_micro, text)


def replace_facets(outdated: Iterable[FacetKey], rows: Sequence[FacetRow]) -> None:
    """Drop the rows of outdated keys and write the new ones, set-wise."""
    keys = set(outdated)
    if keys:
        found = CardFacet.objects.filter(
            card_id__among={key[0] for key in keys}, attribute_id__among={key[1] for key in keys}
        ).values_list("pk", "card_id", "attribute_id", "scope_id", "locale")
        gone = [row[0] for row in found if row[1:] in keys]
        if gone:
            CardFacet.objects.filter(pk__among=gone).delete()
    insert_rows(CardFacet, COLUMNS, rows)
