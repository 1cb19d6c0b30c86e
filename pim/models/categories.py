from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from backoffice.kernel.refs import new_ref
from pim.models.names import name_in


def new_category_ref() -> str:
    return new_ref("CAT")


class Category(MP_Node):
    """A node of a category tree; a root is a tree of its own, a store's assortment hangs under one node."""

    ref = models.CharField(max_length=24, unique=True, default=new_category_ref, editable=False)
    # Stable key for imports and seeds, unique over all trees.
    code = models.SlugField(_("code"), max_length=120, unique=True)
    slug = models.SlugField(_("address"), max_length=120)
    names = models.JSONField(_("names"), default=dict)
    descriptions = models.JSONField(_("descriptions"), default=dict, blank=True)
    google_taxonomy_id = models.PositiveIntegerField(_("Google product category"), null=True, blank=True)
    asset_uuid = models.UUIDField(_("picture"), null=True, blank=True)
    is_visible = models.BooleanField(_("visible"), default=True)

    node_order_by: ClassVar[list[str]] = []

    class Meta:
        verbose_name_plural = "categories"
        indexes = [models.Index(fields=["slug"], name="pim_category_slug")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.name_in([get_language() or "en", "en"])

    def name_in(self, languages: list[str] | tuple[str, ...]) -> str:
        return name_in(self.names, languages, self.code)

    def ancestor_paths(self) -> list[str]:
        """The paths from the root down to this node, computed without a query."""
        return [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
