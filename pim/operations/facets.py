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
# Option, number, text: one of them is set, or none.
Content = tuple[int | None, int | None, str]
FacetRow = tuple[int, int, int, int, str, int | None, int | None, str]


def to_micro(number: str | int | Decimal) -> int:
    """A number as the facet index holds it: integer millionths, rounded towards zero beyond the sixth decimal."""
    return int(Decimal(number) * FACET_SCALE)


def build_facets(card: Card, spec: AttributeSpec, layer: Layer, value: Any) -> list[FacetRow]:
    """The facet rows of one stored value; a blank outside the plain layer is a row that hides wider values."""
    if not spec.is_filterable or (value is None and layer == Layer()):
        return []
    start = (card.pk, card.shown_card_id, spec.id, layer.scope_id, layer.locale)
    return [(*start, *content) for content in _contents(spec, value)]


def _contents(spec: AttributeSpec, value: Any) -> list[Content]:
    """Option, number and text of each row of a value."""
    if value is None:
        return [(None, None, "")]
    if spec.type == AttributeType.SELECT:
        return [(spec.options[value].id, None, "")]
    if spec.type == AttributeType.MULTI:
        return [(spec.options[code].id, None, "") for code in value]
    if spec.type in (AttributeType.INTEGER, AttributeType.DECIMAL):
        return [(None, to_micro(value), "")]
    if spec.type == AttributeType.MEASURE:
        return [(None, to_micro(value[2]), "")]
    if spec.type == AttributeType.BOOLEAN:
        return [(None, FACET_SCALE if value else 0, "")]
    if spec.type in TEXT_TYPES:
        return [(None, None, value[:60])]
    return []


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
