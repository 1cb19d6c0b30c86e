"""Families, attributes and measures as rows, for the pages that manage them."""

from django.db.models import Count, QuerySet

from pim.models import Attribute, AttributeGroup, Family, MeasureFamily, Unit


def list_families() -> QuerySet[Family]:
    """Families with how many attributes and cards each has."""
    return Family.objects.annotate(
        attribute_count=Count("members", distinct=True), card_count=Count("cards", distinct=True)
    ).order_by("code")


def find_family(code: str) -> Family | None:
    return Family.objects.filter(code=code).first()


def list_attributes() -> QuerySet[Attribute]:
    return Attribute.objects.select_related("group").order_by("position", "code")


def find_attribute(code: str) -> Attribute | None:
    return Attribute.objects.filter(code=code).prefetch_related("options").first()


def list_attribute_groups() -> QuerySet[AttributeGroup]:
    return AttributeGroup.objects.all()


def list_measure_choices() -> list[tuple[str, str]]:
    return [(str(measure.pk), measure.name) for measure in MeasureFamily.objects.all()]


def list_units() -> QuerySet[Unit]:
    """Units by measure."""
    return Unit.objects.select_related("family").order_by("family__code", "id")
