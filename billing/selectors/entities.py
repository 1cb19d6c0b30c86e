"""The operator's legal entities."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from billing.models import LegalEntity


def list_entities() -> QuerySet[LegalEntity]:
    return LegalEntity.objects.order_by("name", "id")


def get_entity(code: str) -> LegalEntity:
    """One entity. Raises `NotFound`."""
    entity = LegalEntity.objects.filter(code=code).first()
    if entity is None:
        raise NotFound(_("There is no such legal entity."))
    return entity


def get_entity_by_id(entity_id: int) -> LegalEntity:
    entity = LegalEntity.objects.filter(pk=entity_id).first()
    if entity is None:
        raise NotFound(_("There is no such legal entity."))
    return entity
