"""Changing what can be known about products: families, attributes, options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from mms.operations.versions import announce_change
from pim.models import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    AttributeType,
    CardFacet,
    CardLayer,
    Family,
    FamilyAttribute,
)
from pim.operations.facets import FacetRow, build_facets, replace_facets
from pim.permissions import EDIT_STRUCTURE
from pim.selectors.layers import Layer
from pim.selectors.structure import STRUCTURE, get_structure


def _record(action: str, subject: Any, actor: Actor) -> None:
    announce_change(STRUCTURE)
    audit.record(action, actor=actor, subject=subject)


def _check_names(names: Mapping[str, str]) -> dict[str, str]:
    found = {language: name.strip() for language, name in names.items() if name and name.strip()}
    if not found:
        sentence = _("Give a name in at least one language.")
        raise InvalidInput(sentence, fields={"name_en": sentence})
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeTerms:
    """What a form says about an attribute; code and type are fixed once values exist."""

    code: str
    names: Mapping[str, str]
    type: str
    group: AttributeGroup | None = None
    is_localisable: bool = False
    is_scopable: bool = False
    lowest_level: str = "view"
    is_filterable: bool = False
    is_searchable: bool = False
    is_shown: bool = True
    measure_family_id: int | None = None
    validation: Mapping[str, Any] | None = None


@transaction.atomic
def save_attribute(attribute: Attribute | None, terms: AttributeTerms, *, actor: Actor) -> Attribute:
    """Create or change an attribute; usable at once. Raises `InvalidInput`, `StateRefused`.

    The type of an attribute that has values cannot change. A filter switched on is built from the existing values here.
    """
    actor.require(EDIT_STRUCTURE)
    names = _check_names(terms.names)
    if terms.type == AttributeType.MEASURE and terms.measure_family_id is None:
        sentence = _("Choose what is measured.")
        raise InvalidInput(sentence, fields={"measure_family": sentence})
    if Attribute.objects.filter(code=terms.code).exclude(pk=attribute.pk if attribute else 0).exists():
        sentence = _("Another attribute has this code.")
        raise InvalidInput(sentence, fields={"code": sentence})
    was_filterable = attribute is not None and attribute.is_filterable
    if attribute is None:
        attribute = Attribute(code=terms.code, type=terms.type, position=Attribute.objects.count())
    elif attribute.type != terms.type or attribute.code != terms.code:
        if attribute.is_system or CardLayer.objects.filter(values__has_key=attribute.code).exists():
            raise StateRefused(_("Products have values of this attribute, so its code and type stay."))
        attribute.code, attribute.type = terms.code, terms.type
    attribute.names = names
    for name in (
        "group", "is_localisable", "is_scopable", "lowest_level", "is_filterable", "is_searchable", "is_shown",
        "measure_family_id",
    ):  # fmt: skip
        setattr(attribute, name, getattr(terms, name))
    attribute.validation = {
        key: value for key, value in (terms.validation or {}).items() if value not in (None, "")
    }
    attribute.save()
    _record("pim.attribute.saved", attribute, actor)
    if was_filterable != attribute.is_filterable:
        rebuild_facets(attribute)
    return attribute


def rebuild_facets(attribute: Attribute) -> None:
    """Write the facet rows of one attribute anew from the layers."""
    CardFacet.objects.filter(attribute=attribute).delete()
    spec = get_structure().attributes[attribute.code]
    if not spec.is_filterable:
        return
    layers = CardLayer.objects.filter(values__has_key=attribute.code).select_related("card").order_by("pk")
    batch: list[FacetRow] = []
    for row in layers.iterator(chunk_size=1000):
        batch += build_facets(row.card, spec, Layer(row.scope_id, row.locale), row.values[attribute.code])
        if len(batch) >= 2000:
            replace_facets((), batch)
            batch = []
    replace_facets((), batch)


@transaction.atomic
def save_options(attribute: Attribute, lines: Sequence[Mapping[str, Any]], *, actor: Actor) -> None:
    """Bring the options of a select attribute to `lines` ({code, names, swatch, aliases} in order).

    An option that products use cannot be dropped: it stays and `InvalidInput` names it.
    """
    actor.require(EDIT_STRUCTURE)
    wanted = {str(line["code"]): line for line in lines}
    known = {option.code: option for option in attribute.options.all()}
    gone = [option for code, option in known.items() if code not in wanted]
    used = CardFacet.objects.filter(option__in=gone).values_list("option__code", flat=True).distinct()
    layers_use = [code for code in (option.code for option in gone) if _is_option_used(attribute, code)]
    if set(used) | set(layers_use):
        names = ", ".join(sorted(set(used) | set(layers_use)))
        sentence = _("Products use %(names)s, so they cannot be dropped.") % {"names": names}
        raise InvalidInput(sentence, fields={"options": sentence})
    AttributeOption.objects.filter(pk__in=[option.pk for option in gone]).delete()
    for position, (code, line) in enumerate(wanted.items()):
        AttributeOption.objects.update_or_create(
            attribute=attribute,
            code=code,
            defaults={
                "names": _check_names(line["names"]),
                "swatch": line.get("swatch", ""),
                "aliases": list(line.get("aliases", [])),
                "position": position,
            },
        )
    _record("pim.attribute.options_saved", attribute, actor)


def _is_option_used(attribute: Attribute, code: str) -> bool:
    layers = CardLayer.objects.filter(values__has_key=attribute.code)
    if attribute.type == AttributeType.SELECT:
        return layers.filter(**{f"values__{attribute.code}": code}).exists()
    return any(
        code in (values.get(attribute.code) or []) for values in layers.values_list("values", flat=True)
    )


@transaction.atomic
def save_family(
    family: Family | None,
    *,
    code: str,
    names: Mapping[str, str],
    tax_class: str,
    members: Sequence[tuple[Attribute, bool, bool]],
    actor: Actor,
) -> Family:
    """Create or change a family: `members` are (attribute, is required, is axis) in order. Raises `InvalidInput`.

    Readiness of its cards is recomputed by the next write of each; lists show the stored one until then.
    """
    actor.require(EDIT_STRUCTURE)
    if Family.objects.filter(code=code).exclude(pk=family.pk if family else 0).exists():
        sentence = _("Another family has this code.")
        raise InvalidInput(sentence, fields={"code": sentence})
    family = family or Family()
    family.code, family.names, family.tax_class = code, _check_names(names), tax_class
    before = (
        set()
        if family.pk is None
        else set(family.members.filter(is_required=True).values_list("attribute_id", flat=True))
    )
    after = {attribute.pk for attribute, is_required, _axis in members if is_required}
    if before != after:
        family.requirements_version += 1
    family.save()
    family.members.exclude(attribute__in=[attribute for attribute, _required, _axis in members]).delete()
    for position, (attribute, is_required, is_axis) in enumerate(members):
        FamilyAttribute.objects.update_or_create(
            family=family,
            attribute=attribute,
            defaults={"position": position, "is_required": is_required, "is_axis": is_axis},
        )
    _record("pim.family.saved", family, actor)
    return family


def ensure_option(attribute: Attribute, code: str, names: Mapping[str, str]) -> AttributeOption:
    """An option of this code, made when missing; for imports whose profile may create options."""
    option, is_new = AttributeOption.objects.get_or_create(
        attribute=attribute, code=code, defaults={"names": dict(names), "position": attribute.options.count()}
    )
    if is_new:
        announce_change(STRUCTURE)
    return option
