from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pim.models.names import name_in


class AttributeType(models.TextChoices):
    TEXT = "text", _("Text")
    RICH = "rich", _("Formatted text")
    INTEGER = "integer", _("Whole number")
    DECIMAL = "decimal", _("Decimal number")
    MEASURE = "measure", _("Number with unit")
    PRICE = "price", _("Prices by currency")
    BOOLEAN = "boolean", _("Yes or no")
    DATE = "date", _("Date")
    SELECT = "select", _("One option")
    MULTI = "multi", _("Several options")
    RECORD = "record", _("Record (brand)")
    MEDIA = "media", _("Picture or video")
    FILE = "file", _("Document")
    IDENTIFIER = "identifier", _("Identifier")
    URL = "url", _("Web address")


class ScopeLevel(models.TextChoices):
    """The levels a value can be set at, widest first."""

    GLOBAL = "global", _("Global")
    WEBSITE = "website", _("Website")
    STORE = "store", _("Store")
    VIEW = "view", _("Store view")


class TaxClass(models.TextChoices):
    STANDARD = "standard", _("Standard rate")
    REDUCED = "reduced", _("Reduced rate")
    ZERO = "zero", _("Zero rate")


class Named(models.Model):
    """Something with a stable code and a name per language."""

    code = models.SlugField(_("code"), max_length=60)
    names = models.JSONField(_("names"), default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.name_in([get_language() or "en", "en"])

    def name_in(self, languages: list[str] | tuple[str, ...]) -> str:
        return name_in(self.names, languages, self.code)


class AttributeGroup(Named):
    """A heading under which attributes stand together on forms and product pages."""

    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["code"], name="pim_attribute_group_code")]


class Attribute(Named):
    """One thing that can be known about a card; usable at once in every family, without a schema change."""

    type = models.CharField(_("type"), max_length=12, choices=AttributeType.choices)
    group = models.ForeignKey(
        AttributeGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attributes",
        verbose_name=_("group"),
    )
    is_localisable = models.BooleanField(_("differs by language"), default=False)
    is_scopable = models.BooleanField(_("differs by website, store or store view"), default=False)
    lowest_level = models.CharField(
        _("lowest level"), max_length=8, choices=ScopeLevel.choices, default=ScopeLevel.VIEW
    )
    is_filterable = models.BooleanField(_("buyers can filter by it"), default=False)
    is_searchable = models.BooleanField(_("found by search"), default=False)
    is_shown = models.BooleanField(_("shown on the product page"), default=True)
    measure_family = models.ForeignKey(
        "pim.MeasureFamily", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("measure")
    )
    # {"min", "max", "max_length", "pattern", "decimals"}; numbers as text.
    validation = models.JSONField(_("validation"), default=dict, blank=True)
    # Attributes that the code relies on (title, description, brand …) keep their code and type.
    is_system = models.BooleanField(default=False, editable=False)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["code"], name="pim_attribute_code")]

    @property
    def has_options(self) -> bool:
        return self.type in (AttributeType.SELECT, AttributeType.MULTI)


class AttributeOption(Named):
    """One choice of a select attribute, with names per language, a swatch and the spellings imports may send."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveIntegerField(_("position"), default=0)
    swatch = models.CharField(_("colour swatch"), max_length=7, blank=True)
    aliases = models.JSONField(_("other spellings"), default=list, blank=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["attribute", "code"], name="pim_option_code")]


class Family(Named):
    """What kind of thing a card is: fixes its attributes, their order, and which of them must be filled."""

    tax_class = models.CharField(
        _("tax class"), max_length=10, choices=TaxClass.choices, default=TaxClass.STANDARD
    )
    attributes = models.ManyToManyField(Attribute, through="pim.FamilyAttribute", related_name="families")
    # Raised whenever the set of required attributes changes, so stored readiness is known to be stale.
    requirements_version = models.PositiveIntegerField(default=1, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "families"
        constraints = [models.UniqueConstraint(fields=["code"], name="pim_family_code")]


class FamilyAttribute(models.Model):
    """An attribute's place in a family."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="members")
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="memberships")
    position = models.PositiveIntegerField(_("position"), default=0)
    is_required = models.BooleanField(_("must be filled"), default=False)
    # Variants of one parent differ by their axes (colour, size).
    is_axis = models.BooleanField(_("variants differ by it"), default=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["family", "attribute"], name="pim_family_attribute_once")
        ]

    def __str__(self) -> str:
        return f"{self.family_id}/{self.attribute_id}"
