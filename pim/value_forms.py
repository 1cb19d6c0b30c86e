"""A form for the values of one layer of a card, built from its family; the operation checks what is typed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backoffice.ui.forms import Form
from pim.models import AttributeType
from pim.models.names import name_in
from pim.selectors.layers import INHERIT, PLAIN, Layer
from pim.selectors.scopes import LEVELS, locale_chain
from pim.selectors.structure import AttributeSpec, FamilySpec, Structure, get_structure

# Files hang on cards as links, not as typed values.
WITHOUT_FIELD = (AttributeType.MEDIA, AttributeType.FILE)


class Place(NamedTuple):
    """Where values are edited: the layer, and the level of its scope."""

    layer: Layer = PLAIN
    level: str = "global"


GLOBAL = Place()


def fields_of_layer(family: FamilySpec, place: Place) -> list[AttributeSpec]:
    """The attributes that can be set in a layer: localisable ones for a language, scopable ones for a
    narrower scope.
    """
    structure, (layer, level) = get_structure(), place
    codes = [
        code
        for code, spec in structure.attributes.items()
        if spec.is_system and code not in family.attributes
    ]
    found = [structure.attributes[code] for code in [*codes, *family.attributes]]
    return [
        spec
        for spec in found
        if spec.type not in WITHOUT_FIELD
        and (not layer.locale or spec.is_localisable)
        and (
            not layer.scope_id
            or (spec.is_scopable and LEVELS.index(level) <= LEVELS.index(spec.lowest_level))
        )
    ]


class ValueForm(Form):
    """One field per attribute; `patch()` holds only what the person really changed."""

    def __init__(
        self,
        *args: Any,
        family: FamilySpec,
        place: Place = GLOBAL,
        stored: Mapping[str, Any] | None = None,
        shown_through: Mapping[str, str] | None = None,
        must_have_title: bool = True,
        **kwargs: Any,
    ) -> None:
        layer = place.layer
        self.specs = fields_of_layer(family, place)
        self.stored = dict(stored or {})
        initial = {spec.code: typed_value(spec, self.stored.get(spec.code)) for spec in self.specs}
        super().__init__(*args, **{**kwargs, "initial": {**initial, **kwargs.get("initial", {})}})
        for spec in self.specs:
            field = build_field(spec, is_required=layer == PLAIN and spec.code in family.required)
            field.required = must_have_title and layer == PLAIN and spec.code == "title"
            inherited = (shown_through or {}).get(spec.code)
            if inherited and layer != PLAIN:
                field.help_text = _("Empty shows: %(value)s") % {"value": inherited[:200]}
            self.fields[spec.code] = field
        self.groups = _group(self.specs, get_structure())

    def grouped_fields(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Attributes under the headings of their groups."""
        return [(legend, [self[name] for name in names]) for legend, names in self.groups]

    def patch(self) -> dict[str, Any]:
        """Attribute → value for the fields that differ from what is stored; an emptied field inherits again."""
        changes: dict[str, Any] = {}
        for spec in self.specs:
            value = self.cleaned_data.get(spec.code)
            if value == typed_value(spec, self.stored.get(spec.code)):
                continue
            if value in (None, "", []):
                changes[spec.code] = INHERIT
            else:
                changes[spec.code] = _read(spec, value)
        return changes


def _group(specs: Sequence[AttributeSpec], structure: Structure) -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups: dict[str, list[str]] = {}
    languages = locale_chain(get_language() or "en")
    for spec in specs:
        groups.setdefault(name_in(spec.group_names, languages, _("Details")), []).append(spec.code)
    return tuple((label, tuple(codes)) for label, codes in groups.items())


def typed_value(spec: AttributeSpec, value: Any) -> Any:
    """A stored value as it stands in the form."""
    if value is None:
        return [] if spec.type == AttributeType.MULTI else ""
    if spec.type == AttributeType.MEASURE:
        unit = next((unit.symbol for unit in spec.units.values() if unit.code == value[1]), value[1])
        return f"{value[0]} {unit}"
    if spec.type == AttributeType.PRICE:
        return ", ".join(f"{amount} {currency}" for amount, currency in value)
    if spec.type == AttributeType.BOOLEAN:
        return "1" if value else "0"
    return list(value) if spec.type == AttributeType.MULTI else str(value)


def _read(spec: AttributeSpec, value: Any) -> Any:
    if spec.type == AttributeType.PRICE:
        return [part.split()[:2] for part in str(value).split(",") if part.strip()]
    return value


def build_field(spec: AttributeSpec, *, is_required: bool) -> forms.Field:
    """The input for an attribute; `is_required` only marks it, because drafts may be saved with gaps."""
    languages = locale_chain(get_language() or "en")
    label = spec.name_in(languages)
    help_text = _("Needed before the product is complete.") if is_required else ""
    options: dict[str, Any] = {"label": label, "required": False, "help_text": help_text}
    if spec.has_options:
        choices = [
            (option.code, name_in(option.names, languages, option.code)) for option in spec.options.values()
        ]
        if spec.type == AttributeType.MULTI:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)
        return forms.ChoiceField(choices=[("", "—"), *choices], **options)
    if spec.type == AttributeType.BOOLEAN:
        return forms.ChoiceField(choices=[("", "—"), ("1", _("Yes")), ("0", _("No"))], **options)
    if spec.type == AttributeType.RICH:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 6}), **options)
    if spec.type == AttributeType.DATE:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **options)
    if spec.type == AttributeType.MEASURE:
        symbols = ", ".join(dict.fromkeys(unit.symbol for unit in spec.units.values()))
        options["help_text"] = _("A number and a unit: %(units)s.") % {"units": symbols}
    if spec.type == AttributeType.PRICE:
        options["help_text"] = _("Amounts with currency, such as 12.50 EUR, 14 USD.")
    return forms.CharField(**options)
