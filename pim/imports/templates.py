"""Our own table: one per family, with the columns every row needs and those of the family."""

import csv
import io

from django.utils.translation import gettext as _
from openpyxl import Workbook

from backoffice.kernel.errors import NotFound
from pim.imports.mapping.fields import IMAGE
from pim.models import AttributeType
from pim.selectors.structure import AttributeSpec, FamilySpec, get_structure

COLUMNS = (
    "sku", "gtin", "brand", "mpn", "title", "description", "family", "category", "price", "list_price", "currency",
    "stock", "lead_time_days", "condition", "group",
)  # fmt: skip
PICTURES = 3
EXAMPLES = {
    "sku": "CHAIR-1",
    "gtin": "4006381333931",
    "brand": "",
    "title": "Oak chair",
    "description": "A chair of solid oak.",
    "price": "149.90",
    "currency": "EUR",
    "stock": "12",
    "lead_time_days": "2",
    "condition": "new",
}


def get_template_rows(family_code: str, currency: str) -> list[list[str]]:
    """Header and one example row of the template of a family. Raises `NotFound`."""
    structure = get_structure()
    family = next((item for item in structure.families.values() if item.code == family_code), None)
    if family is None:
        raise NotFound(_("There is no such family."))
    own = [structure.attributes[code] for code in family.attributes if code not in COLUMNS]
    header = [
        *COLUMNS,
        *(f"{IMAGE}_{number}" for number in range(1, PICTURES + 1)),
        *(spec.code for spec in own),
    ]
    values = EXAMPLES | {"family": family.code, "currency": currency}
    return [
        header,
        [values.get(name, "") for name in header[: len(header) - len(own)]] + [_hint(spec) for spec in own],
    ]


def _hint(spec: AttributeSpec) -> str:
    if spec.has_options:
        return next(iter(spec.options), "")
    return {
        AttributeType.INTEGER: "1",
        AttributeType.DECIMAL: "1.5",
        AttributeType.MEASURE: f"10 {spec.base_unit}",
        AttributeType.BOOLEAN: "yes",
        AttributeType.DATE: "2026-03-01",
    }.get(AttributeType(spec.type), "")


def template_csv(family_code: str, currency: str) -> bytes:
    """The template as CSV with a byte order mark, so that spreadsheets read its letters."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(get_template_rows(family_code, currency))
    return buffer.getvalue().encode("utf-8-sig")


def template_xlsx(family_code: str, currency: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(family_code[:31])
    for row in get_template_rows(family_code, currency):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def list_families() -> list[FamilySpec]:
    """Families to choose a template of, by code."""
    return sorted(get_structure().families.values(), key=lambda family: family.code)
