"""Querysets that know who may see their rows."""

from collections.abc import Mapping
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from backoffice.kernel.actors import Actor

M = TypeVar("M", bound=models.Model, covariant=True)


class VisibleQuerySet(models.QuerySet[M]):
    """`visible_to(actor)`: everything for global actors, the rows of the actor's merchants and places otherwise.

    `merchant_path` names the column or path that holds the merchant's id, e.g. `order__merchant_id`; empty for rows
    that no merchant sees. Rows that belong to a website or store name those by `place_paths`, and by `place_grant` the
    right that opens them there.
    """

    merchant_path = "merchant_id"
    place_paths: ClassVar[Mapping[str, str]] = {}
    place_grant = ""

    def visible_to(self, actor: Actor) -> Self:
        # Another right held everywhere does not open the rows of places that one does not look after.
        by_place = bool(self.place_grant and actor.place_grants) and self.place_grant not in actor.grants
        if actor.is_global and not by_place:
            return self
        condition = Q()
        if self.merchant_path and actor.merchant_ids:
            condition |= Q((f"{self.merchant_path}__in", sorted(actor.merchant_ids)))
        for kind, path in self.place_paths.items():
            if ids := actor.places(kind, self.place_grant):
                condition |= Q((f"{path}__in", sorted(ids)))
        return self.filter(condition) if condition else self.none()
