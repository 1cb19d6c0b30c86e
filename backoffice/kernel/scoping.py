"""Querysets that know who may see their rows."""

from typing import Any, Self, TypeVar

from django.db import models

from backoffice.kernel.actors import Actor

M = TypeVar("M", bound=models.Model, covariant=True)


class VisibleQuerySet(models.QuerySet[M]):
    """`visible_to(actor)`: everything for global actors, the actor's merchants' rows otherwise.

    `merchant_path` names the column or path that holds the merchant's id, e.g. `order__merchant_id`.
    """

    merchant_path = "merchant_id"

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_global:
            return self
        if not actor.merchant_ids:
            return self.none()
        condition: dict[str, Any] = {f"{self.merchant_path}__in": sorted(actor.merchant_ids)}
        return self.filter(**condition)
