"""What every installation starts with (run on post_migrate): attributes the code relies on, a general family, measures.

Safe to repeat; what people changed since stays.
"""

from typing import Any, Final

from mms.operations.versions import announce_change
from pim.models import Attribute, AttributeGroup, Family, FamilyAttribute, MeasureFamily, Unit
from pim.selectors.structure import STRUCTURE

GENERAL = "general"

GROUPS: Final = [
    ("basics", {"en": "Basics", "de": "Grunddaten"}),
    ("details", {"en": "Details", "de": "Details"}),
    ("search-engines", {"en": "Search engines", "de": "Suchmaschinen"}),
]

# (code, type, names, flags)
SYSTEM_ATTRIBUTES: Final[list[tuple[str, str, str, dict[str, str], dict[str, Any]]]] = [
    (
        "title",
        "text",
        "basics",
        {"en": "Title", "de": "Titel"},
        {
            "is_localisable": True,
            "is_scopable": True,
            "is_searchable": True,
            "is_shown": False,
            "validation": {"max_length": 250},
        },
    ),
    (
        "description",
        "rich",
        "basics",
        {"en": "Description", "de": "Beschreibung"},
        {"is_localisable": True, "is_scopable": True, "is_searchable": True, "is_shown": False},
    ),
    (
        "brand",
        "record",
        "basics",
        {"en": "Brand", "de": "Marke"},
        {"is_filterable": True, "is_searchable": True},
    ),
    (
        "seo-title",
        "text",
        "search-engines",
        {"en": "Title for search engines", "de": "Titel für Suchmaschinen"},
        {"is_localisable": True, "is_scopable": True, "is_shown": False, "validation": {"max_length": 120}},
    ),
    (
        "seo-description",
        "text",
        "search-engines",
        {"en": "Description for search engines", "de": "Beschreibung für Suchmaschinen"},
        {"is_localisable": True, "is_scopable": True, "is_shown": False, "validation": {"max_length": 320}},
    ),
]

# measure → (names, base unit, [(code, symbol, factor, offset, aliases)]); factors are exact by definition
# (SI, NIST SP 811).
MEASURES: Final[dict[str, tuple[dict[str, str], str, list[tuple[str, str, str, str, list[str]]]]]] = {
    "length": (
        {"en": "Length", "de": "Länge"},
        "millimetre",
        [
            ("millimetre", "mm", "1", "0", ["millimeter", "millimeters", "millimetres"]),
            ("centimetre", "cm", "10", "0", ["centimeter", "centimeters", "centimetres"]),
            ("metre", "m", "1000", "0", ["meter", "meters", "metres"]),
            ("inch", "in", "25.4", "0", ["inches", "zoll", '"', "″"]),
            ("foot", "ft", "304.8", "0", ["feet", "'", "′"]),
            ("yard", "yd", "914.4", "0", ["yards"]),
        ],
    ),
    "mass": (
        {"en": "Mass", "de": "Gewicht"},
        "gram",
        [
            ("gram", "g", "1", "0", ["grams", "gramm"]),
            ("kilogram", "kg", "1000", "0", ["kilograms", "kilogramm", "kilo"]),
            ("ounce", "oz", "28.349523125", "0", ["ounces", "unze"]),
            ("pound", "lb", "453.59237", "0", ["pounds", "lbs", "pfund"]),
        ],
    ),
    "volume": (
        {"en": "Volume", "de": "Volumen"},
        "millilitre",
        [
            ("millilitre", "ml", "1", "0", ["milliliter", "milliliters", "millilitres"]),
            ("litre", "l", "1000", "0", ["liter", "liters", "litres"]),
            ("us-fluid-ounce", "fl oz", "29.5735295625", "0", ["floz", "fluid ounce"]),
            ("us-gallon", "gal", "3785.411784", "0", ["gallon", "gallons"]),
        ],
    ),
    "area": (
        {"en": "Area", "de": "Fläche"},
        "square-metre",
        [
            ("square-centimetre", "cm²", "0.0001", "0", ["cm2", "sq cm"]),
            ("square-metre", "m²", "1", "0", ["m2", "sq m", "sqm"]),
            ("square-foot", "ft²", "0.09290304", "0", ["ft2", "sq ft", "sqft"]),
        ],
    ),
    "power": (
        {"en": "Power", "de": "Leistung"},
        "watt",
        [("watt", "W", "1", "0", ["watts"]), ("kilowatt", "kW", "1000", "0", ["kilowatts"])],
    ),
    "temperature": (
        {"en": "Temperature", "de": "Temperatur"},
        "celsius",
        [
            ("celsius", "°C", "1", "0", ["c", "degrees celsius"]),
            ("kelvin", "K", "1", "-273.15", []),
        ],
    ),
    "duration": (
        {"en": "Duration", "de": "Dauer"},
        "minute",
        [("minute", "min", "1", "0", ["minutes"]), ("hour", "h", "60", "0", ["hours", "stunden"])],
    ),
}


def seed_structure() -> None:
    """Make what is missing; called after every migration."""
    groups = {}
    for position, (code, names) in enumerate(GROUPS):
        groups[code], _made = AttributeGroup.objects.get_or_create(
            code=code, defaults={"names": names, "position": position}
        )
    family, _made = Family.objects.get_or_create(
        code=GENERAL, defaults={"names": {"en": "General merchandise", "de": "Allgemeines"}}
    )
    for position, (code, type, group, names, flags) in enumerate(SYSTEM_ATTRIBUTES):
        attribute, is_new = Attribute.objects.get_or_create(
            code=code,
            defaults={
                "type": type,
                "names": names,
                "group": groups[group],
                "position": position,
                "is_system": True,
                **flags,
            },
        )
        if is_new:
            FamilyAttribute.objects.get_or_create(
                family=family,
                attribute=attribute,
                defaults={"position": position, "is_required": code in ("title", "description")},
            )
    _seed_measures()
    announce_change(STRUCTURE)


def _seed_measures() -> None:
    for code, (names, base_unit, units) in MEASURES.items():
        measure, _made = MeasureFamily.objects.get_or_create(
            code=code, defaults={"names": names, "base_unit": base_unit}
        )
        for unit_code, symbol, factor, offset, aliases in units:
            Unit.objects.get_or_create(
                code=unit_code,
                defaults={
                    "family": measure,
                    "names": {"en": unit_code.replace("-", " ")},
                    "symbol": symbol,
                    "factor": factor,
                    "offset": offset,
                    "aliases": aliases,
                },
            )
