"""Whether a patch fits its card, layer and attributes; the sentences for those that do not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backoffice.kernel.phrases import gettext as _
from pim.models import AttributeType
from pim.selectors.layers import INHERIT, Layer
from pim.selectors.scopes import LEVELS
from pim.selectors.structure import AttributeSpec, FamilySpec, Structure
from pim.selectors.value_kinds import check_value


@dataclass(frozen=True, slots=True)
class Checkbook:
    """What values are checked against: the structure, the level of each scope, the code of each brand's spelling."""

    structure: Structure
    levels: Mapping[int, str]
    brands: Mapping[str, str]


def clean_patch(
    family: FamilySpec, layer: Layer, patch: Mapping[str, Any], book: Checkbook
) -> tuple[dict[str, Any], dict[str, str]]:
    """The patch in stored form, and a sentence per attribute that does not fit."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for code, raw in patch.items():
        spec = book.structure.attributes.get(code)
        if spec is None or not (spec.is_system or code in family.attributes):
            errors[code] = _("The family of this card has no attribute “%(code)s”.") % {"code": code}
            continue
        sentence = _refuse_layer(spec, layer, book.levels)
        value: Any = INHERIT
        if not sentence and raw is not INHERIT:
            value, sentence = check_value(spec, raw)
            if not sentence and value is not None and spec.type == AttributeType.RECORD:
                value, sentence = _find_record(value, book.brands)
        if sentence:
            errors[code] = sentence
        else:
            cleaned[code] = value
    return cleaned, errors


def _find_record(text: str, brands: Mapping[str, str]) -> tuple[str | None, str]:
    code = brands.get(text)
    if code is not None:
        return code, ""
    sentence = _("There is no brand “%(name)s”. Create it first, or add it as an alias.")
    return None, sentence % {"name": text[:60]}


def record_texts(structure: Structure, patches: Iterable[Mapping[str, Any]]) -> set[str]:
    """The texts given for record attributes, to look them all up in one statement."""
    codes = [code for code, spec in structure.attributes.items() if spec.type == AttributeType.RECORD]
    found = (patch.get(code) for patch in patches for code in codes)
    return {value.strip() for value in found if isinstance(value, str) and value.strip()}


def _refuse_layer(spec: AttributeSpec, layer: Layer, levels: Mapping[int, str]) -> str:
    if layer.locale and not spec.is_localisable:
        return _("This attribute is the same in every language; set it without a language.")
    if not layer.scope_id:
        return ""
    level = levels.get(layer.scope_id)
    if level is None:
        return _("There is no such website, store or store view.")
    if not spec.is_scopable:
        return _("This attribute is the same everywhere; set it globally.")
    if LEVELS.index(level) > LEVELS.index(spec.lowest_level):
        return _("This attribute cannot be set for a single %(level)s.") % {"level": level}
    return ""
