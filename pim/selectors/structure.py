"""Families, attributes, options and units as one snapshot in memory.

Every write and page needs them, and they change rarely.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mms.selectors.versions import VersionedMap
from pim.models import Attribute, AttributeOption, AttributeType, Family, FamilyAttribute, Unit
from pim.models.names import name_in

STRUCTURE = "pim.structure"


def folded(text: str) -> str:
    """How spellings are compared: case and surrounding blanks do not matter."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class OptionSpec:
    id: int
    code: str
    names: Mapping[str, str]
    position: int
    swatch: str


@dataclass(frozen=True, slots=True)
class UnitSpec:
    code: str
    symbol: str
    factor: Decimal
    offset: Decimal


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """An attribute with everything a value of it is checked and shown by."""

    id: int
    code: str
    type: str
    names: Mapping[str, str]
    group_code: str
    group_names: Mapping[str, str]
    is_localisable: bool
    is_scopable: bool
    lowest_level: str
    is_filterable: bool
    is_searchable: bool
    is_shown: bool
    is_system: bool
    measure_family_id: int | None
    base_unit: str
    validation: Mapping[str, Any]
    options: Mapping[str, OptionSpec]
    # Folded code, names and aliases → option code.
    option_lookup: Mapping[str, str]
    # Folded code, symbol and aliases → unit.
    units: Mapping[str, UnitSpec]

    def name_in(self, languages: Iterable[str]) -> str:
        return name_in(self.names, languages, self.code)

    @property
    def has_options(self) -> bool:
        return self.type in (AttributeType.SELECT, AttributeType.MULTI)


@dataclass(frozen=True, slots=True)
class FamilySpec:
    id: int
    code: str
    names: Mapping[str, str]
    tax_class: str
    requirements_version: int
    # Codes in their order.
    attributes: tuple[str, ...]
    required: frozenset[str]
    axes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """The snapshot: attributes by code, families by id."""

    attributes: Mapping[str, AttributeSpec]
    families: Mapping[int, FamilySpec]

    def filterable(self) -> list[AttributeSpec]:
        return [spec for spec in self.attributes.values() if spec.is_filterable]


def _units() -> dict[int, dict[str, UnitSpec]]:
    lookup: dict[int, dict[str, UnitSpec]] = {}
    for unit in Unit.objects.all():
        spec = UnitSpec(unit.code, unit.symbol, unit.exact_factor, unit.exact_offset)
        spellings = lookup.setdefault(unit.family_id, {})
        for text in (unit.code, unit.symbol, *unit.names.values(), *unit.aliases):
            spellings.setdefault(folded(text), spec)
    return lookup


def _attribute(
    attribute: Attribute, options: list[AttributeOption], units: dict[str, UnitSpec]
) -> AttributeSpec:
    lookup: dict[str, str] = {}
    for option in options:
        for text in (option.code, *option.names.values(), *option.aliases):
            lookup.setdefault(folded(str(text)), option.code)
    group = attribute.group
    return AttributeSpec(
        id=attribute.pk,
        code=attribute.code,
        type=attribute.type,
        names=attribute.names,
        group_code=group.code if group else "",
        group_names=group.names if group else {},
        is_localisable=attribute.is_localisable,
        is_scopable=attribute.is_scopable,
        lowest_level=attribute.lowest_level,
        is_filterable=attribute.is_filterable,
        is_searchable=attribute.is_searchable,
        is_shown=attribute.is_shown,
        is_system=attribute.is_system,
        measure_family_id=attribute.measure_family_id,
        base_unit=attribute.measure_family.base_unit if attribute.measure_family else "",
        validation=attribute.validation,
        options={
            option.code: OptionSpec(option.pk, option.code, option.names, option.position, option.swatch)
            for option in options
        },
        option_lookup=lookup,
        units=units,
    )


def _load() -> Structure:
    options: dict[int, list[AttributeOption]] = {}
    for option in AttributeOption.objects.all():
        options.setdefault(option.attribute_id, []).append(option)
    units = _units()
    attributes = {
        attribute.pk: _attribute(
            attribute, options.get(attribute.pk, []), units.get(attribute.measure_family_id or 0, {})
        )
        for attribute in Attribute.objects.select_related("group", "measure_family")
    }
    members: dict[int, list[FamilyAttribute]] = {}
    for member in FamilyAttribute.objects.order_by("position", "id"):
        members.setdefault(member.family_id, []).append(member)
    families = {
        family.pk: FamilySpec(
            id=family.pk,
            code=family.code,
            names=family.names,
            tax_class=family.tax_class,
            requirements_version=family.requirements_version,
            attributes=tuple(attributes[item.attribute_id].code for item in members.get(family.pk, [])),
            required=frozenset(
                attributes[item.attribute_id].code for item in members.get(family.pk, []) if item.is_required
            ),
            axes=tuple(
                attributes[item.attribute_id].code for item in members.get(family.pk, []) if item.is_axis
            ),
        )
        for family in Family.objects.all()
    }
    return Structure({spec.code: spec for spec in attributes.values()}, families)


_structure = VersionedMap(STRUCTURE, _load)


def get_structure() -> Structure:
    """The current families and attributes, read from memory."""
    return _structure.get()
