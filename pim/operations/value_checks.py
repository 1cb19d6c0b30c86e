"""Whether a patch fits its card, layer and attributes; the sentences for those that do not."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from pim.selectors.layers import INHERIT, Layer
from pim.selectors.scopes import LEVELS
from pim.selectors.structure import AttributeSpec, FamilySpec, Structure
from pim.selectors.value_kinds import check_value


def clean_patch(
    family: FamilySpec,
    layer: Layer,
    patch: Mapping[str, Any],
    structure: Structure,
    levels: Mapping[int, str],
) -> tuple[dict[str, Any], dict[str, str]]:
    """The patch in stored form, and a sentence per attribute that does not fit."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for code, raw in patch.items():
        spec = structure.attributes.get(code)
        if spec is None or not (spec.is_system or code in family.attributes):
            errors[code] = _("The family of this card has no attribute “%(code)s”.") % {"code": code}
            continue
        refusal = _refuse_layer(spec, layer, levels)
        if refusal:
            errors[code] = refusal
        elif raw is INHERIT:
            cleaned[code] = INHERIT
        else:
            value, sentence = check_value(spec, raw)
            if sentence:
                errors[code] = sentence
            else:
                cleaned[code] = value
    return cleaned, errors


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
