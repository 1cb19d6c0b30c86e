"""The demo's categories, attributes and family."""

from django.db import transaction

from backoffice.demo.assortment import CATEGORIES, COLOUR_WORDS, MATERIAL_WORDS
from backoffice.demo.pictures import COLOURS
from mms.operations.versions import announce_change
from pim.models import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Category,
    Family,
    FamilyAttribute,
    MeasureFamily,
)
from pim.selectors.category_tree import CATEGORIES as CATEGORY_TREE
from pim.selectors.structure import STRUCTURE

FAMILY = "homeware"


@transaction.atomic
def lay_out_structure() -> str:
    """Create tree, attributes and family; returns the ref of the tree's root, the stores' assortment."""
    _family()
    announce_change(STRUCTURE)
    root = _categories()
    announce_change(CATEGORY_TREE)
    return root.ref


def _categories() -> Category:
    root: Category = Category.add_root(
        code="assortment", slug="assortment", names={"en": "Assortment", "de": "Sortiment"}
    )
    for item in CATEGORIES:
        parent = Category.objects.get(code=item.parent or "assortment")
        parent.add_child(code=item.code, slug=item.code, names={"en": item.en, "de": item.de})
    return root


def _family() -> None:
    group = AttributeGroup.objects.get(code="details")
    lengths, masses = MeasureFamily.objects.get(code="length"), MeasureFamily.objects.get(code="mass")
    colour = _attribute("colour", "select", {"en": "Colour", "de": "Farbe"}, group, is_filterable=True)
    material = _attribute(
        "material", "select", {"en": "Material", "de": "Material"}, group, is_filterable=True
    )
    sizes = [
        _attribute(code, "measure", names, group, measure_family=measure)
        for code, names, measure in (
            ("width", {"en": "Width", "de": "Breite"}, lengths),
            ("height", {"en": "Height", "de": "Höhe"}, lengths),
            ("weight", {"en": "Weight", "de": "Gewicht"}, masses),
        )
    ]
    care = _attribute(
        "care",
        "text",
        {"en": "Care", "de": "Pflege"},
        group,
        is_localisable=True,
        validation={"max_length": 200},
    )
    for position, (code, (en, de)) in enumerate(COLOUR_WORDS.items()):
        swatch = "#{:02x}{:02x}{:02x}".format(*COLOURS[code])
        AttributeOption.objects.create(
            attribute=colour, code=code, names={"en": en, "de": de}, position=position, swatch=swatch
        )
    for position, (code, (en, de)) in enumerate(MATERIAL_WORDS.items()):
        AttributeOption.objects.create(
            attribute=material, code=code, names={"en": en, "de": de}, position=position
        )
    family = Family.objects.create(code=FAMILY, names={"en": "Homeware", "de": "Wohnen und Leben"})
    system = list(Attribute.objects.filter(is_system=True).order_by("position"))
    for position, attribute in enumerate([*system, colour, material, *sizes, care]):
        FamilyAttribute.objects.create(
            family=family,
            attribute=attribute,
            position=position,
            is_required=attribute.code in {"title", "description", "colour"},
        )


def _attribute(
    code: str, type: str, names: dict[str, str], group: AttributeGroup, **flags: object
) -> Attribute:
    return Attribute.objects.create(code=code, type=type, names=names, group=group, **flags)
