"""The values a row says about its product, checked against the family it belongs to."""

from typing import Any

from backoffice.kernel.errors import DomainError
from backoffice.kernel.phrases import gettext as _
from pim.imports.errors import problem
from pim.imports.items import Checked
from pim.imports.mapping.definition import Definition
from pim.imports.mapping.fields import ATTRIBUTE
from pim.imports.vocabulary import Vocabulary
from pim.models import AttributeType
from pim.operations.value_checks import Checkbook, clean_patch
from pim.selectors.layers import PLAIN, Layer
from pim.selectors.structure import AttributeSpec, FamilySpec, folded
from pim.selectors.units import convert, find_unit
from pim.selectors.value_kinds import plain_decimal, read_number

GLOBAL_LEVELS = {0: "global"}
PRODUCT_TEXTS = ("title", "description", "brand")
CODES = {
    AttributeType.SELECT: "unknown_option",
    AttributeType.MULTI: "unknown_option",
    AttributeType.RECORD: "unknown_brand",
    AttributeType.INTEGER: "bad_number",
    AttributeType.DECIMAL: "bad_number",
    AttributeType.MEASURE: "bad_number",
}


class ValueReader:
    """Reads values of rows; `family` is the card's own when the row was matched, else the mapped one."""

    def __init__(self, definition: Definition, words: Vocabulary) -> None:
        self.definition = definition
        self.words = words

    def read(self, checked: Checked, family: FamilySpec) -> None:
        """Fill `checked.values` (stored form by attribute), its problems, and the shared product of a group."""
        patch: dict[str, Any] = {}
        item = checked.item
        for target, text in item.fields.items():
            code = target.removeprefix(ATTRIBUTE)
            if code == target and code not in PRODUCT_TEXTS:
                continue
            self._add(checked, family, patch, code, (item.column_of(target), text))
        for name, text in item.options:
            self._add_option(checked, family, patch, name, text)
        cleaned = self._clean(checked, family, patch)
        if item.group:
            axes = {*family.axes, *self._option_codes(checked, family)}
            checked.parent = {code: value for code, value in cleaned.items() if code not in axes}
            cleaned = {code: value for code, value in cleaned.items() if code in axes}
            if not cleaned:
                cleaned = self._own_title(checked)
        checked.values = cleaned

    def _option_codes(self, checked: Checked, family: FamilySpec) -> set[str]:
        found = (self.find_attribute(name, family) for name, _text in checked.item.options)
        return {spec.code for spec in found if spec is not None}

    def _own_title(self, checked: Checked) -> dict[str, Any]:
        """Nothing in the family tells the variants apart, so their titles do."""
        title = str(checked.parent.get("title") or "")
        words = " / ".join(text for _name, text in checked.item.options)
        text = f"{title} – {words}" if title and words else words or title
        return {"title": text[:250]} if text else {}

    def find_attribute(self, name: str, family: FamilySpec) -> AttributeSpec | None:
        """An attribute of the family by its code or any of its names."""
        wanted = folded(name)
        for code in family.attributes:
            spec = self.words.structure.attributes[code]
            if wanted == folded(code) or wanted in {folded(str(label)) for label in spec.names.values()}:
                return spec
        return None

    def _add_option(
        self, checked: Checked, family: FamilySpec, patch: dict[str, Any], name: str, text: str
    ) -> None:
        spec = self.find_attribute(name, family)
        if spec is not None and spec.code not in patch:
            self._add(checked, family, patch, spec.code, (name, text))

    def _add(
        self, checked: Checked, family: FamilySpec, patch: dict[str, Any], code: str, cell: tuple[str, str]
    ) -> None:
        """Put one cell (column, text) into the patch, or say why it stays out."""
        spec = self.words.structure.attributes.get(code)
        column, text = cell
        if not text:
            if self.definition.empty == "clear":
                patch[code] = None
            return
        if spec is None or not (spec.is_system or code in family.attributes):
            sentence = _("The family has no attribute “%(code)s”; the value is left out.") % {"code": code}
            checked.warnings.append(problem("not_in_family", column, text, sentence))
            return
        limit = int(spec.validation.get("max_length") or 0)
        if limit and len(text) > limit and spec.type == AttributeType.TEXT:
            sentence = _("The text has %(length)s characters; at most %(limit)s fit.")
            checked.errors.append(
                problem("text_too_long", column, text, sentence % {"length": len(text), "limit": limit})
            )
            return
        try:
            patch[code] = self._measure(spec, text) if spec.type == AttributeType.MEASURE else text
        except DomainError as error:
            checked.errors.append(problem("bad_number", column, text, str(error)))

    def _measure(self, spec: AttributeSpec, text: str) -> Any:
        """`40 cm>in` becomes inches; `40` alone is in the attribute's base unit."""
        amount, _blank, unit = text.partition(" ")
        if not unit:
            return [amount, spec.base_unit]
        source, arrow, target = unit.partition(">")
        if not arrow:
            return [amount, source]
        new = convert(read_number(amount), find_unit(spec, source), find_unit(spec, target))
        return [plain_decimal(round(new, 3)), target]

    def _clean(self, checked: Checked, family: FamilySpec, patch: dict[str, Any]) -> dict[str, Any]:
        attributes = self.words.structure.attributes
        patch = dict(patch)
        brand = patch.get("brand")
        waits = brand is not None and self.definition.create_brands and str(brand) not in self.words.brands
        if waits:
            # Made when the import is applied; until then the text stands for it.
            del patch["brand"]
        if self.definition.create_options:
            for code, text in list(patch.items()):
                spec = attributes[code]
                if spec.has_options and text is not None and folded(str(text)) not in spec.option_lookup:
                    checked.new_options[code] = str(patch.pop(code))
        book = Checkbook(self.words.structure, GLOBAL_LEVELS, self.words.brands)
        cleaned, errors = clean_patch(family, PLAIN, patch, book)
        for code, sentence in errors.items():
            kind = (
                CODES.get(AttributeType(attributes[code].type), "invalid_value") if code in attributes else ""
            )
            target = code if code in checked.item.columns else ATTRIBUTE + code
            value = checked.item.fields.get(target, str(patch.get(code) or ""))
            checked.errors.append(
                problem(kind or "invalid_value", checked.item.column_of(target), value, sentence)
            )
        if waits:
            cleaned["brand"] = str(brand)
        return cleaned

    def layers(self, values: dict[str, Any]) -> dict[Layer, dict[str, Any]]:
        """Values by the layer they belong to: texts that differ by language go to the file's language."""
        found: dict[Layer, dict[str, Any]] = {}
        for code, value in values.items():
            spec = self.words.structure.attributes.get(code)
            localised = spec is not None and spec.is_localisable and self.definition.locale
            layer = Layer(0, self.definition.locale) if localised else PLAIN
            found.setdefault(layer, {})[code] = value
        return found
