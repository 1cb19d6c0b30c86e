"""The category trees in memory: breadcrumbs, subtrees and fee paths without a query per page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mms.context import StoreContext
from mms.selectors.versions import VersionedMap
from pim.errors import CategoryNotFound
from pim.models import Category
from pim.models.names import name_in
from pim.selectors.scopes import locale_chain

CATEGORIES = "pim.categories"
STEP = int(Category.steplen)


@dataclass(frozen=True, slots=True)
class CategoryNode:
    id: int
    ref: str
    code: str
    slug: str
    path: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    is_visible: bool
    asset_uuid: str
    google_taxonomy_id: int | None

    @property
    def depth(self) -> int:
        return len(self.path) // STEP

    def name_in(self, language: str) -> str:
        return name_in(self.names, locale_chain(language), self.code)

    def description_in(self, language: str) -> str:
        return name_in(self.descriptions, locale_chain(language))


class CategoryTree:
    """All nodes, found by id, ref, slug or path."""

    def __init__(self, nodes: list[CategoryNode]) -> None:
        self.by_id = {node.id: node for node in nodes}
        self.by_ref = {node.ref: node for node in nodes}
        self.by_code = {node.code: node for node in nodes}
        self.by_path = {node.path: node for node in nodes}
        self._children: dict[str, list[CategoryNode]] = {}
        for node in nodes:
            self._children.setdefault(node.path[:-STEP], []).append(node)

    def children(self, node: CategoryNode | None = None) -> list[CategoryNode]:
        return self._children.get(node.path if node else "", [])

    def lineage(self, node: CategoryNode) -> list[CategoryNode]:
        """From the root down to the node itself."""
        ends = range(STEP, len(node.path) + 1, STEP)
        return [self.by_path[node.path[:end]] for end in ends if node.path[:end] in self.by_path]

    def leaf_to_root_ids(self, category_id: int | None) -> tuple[int, ...]:
        """The ids from a category up to its root; the order in which fees look for a rule."""
        node = self.by_id.get(category_id or 0)
        return tuple(item.id for item in reversed(self.lineage(node))) if node else ()

    def descendants(self, node: CategoryNode) -> Iterator[CategoryNode]:
        for child in self.children(node):
            yield child
            yield from self.descendants(child)


def _load() -> CategoryTree:
    return CategoryTree(
        [
            CategoryNode(
                id=row.pk,
                ref=row.ref,
                code=row.code,
                slug=row.slug,
                path=row.path,
                names=row.names,
                descriptions=row.descriptions,
                is_visible=row.is_visible,
                asset_uuid=str(row.asset_uuid or ""),
                google_taxonomy_id=row.google_taxonomy_id,
            )
            for row in Category.objects.order_by("path")
        ]
    )


_tree = VersionedMap(CATEGORIES, _load)


def get_tree() -> CategoryTree:
    """The current trees, read from memory."""
    return _tree.get()


def get_root_of(store: StoreContext) -> CategoryNode | None:
    """The category a store's assortment hangs under; None = everything."""
    return get_tree().by_ref.get(store.root_category_ref) if store.root_category_ref else None


def get_category_node(ref: str) -> CategoryNode:
    """One category. Raises `CategoryNotFound`."""
    node = get_tree().by_ref.get(ref)
    if node is None:
        raise CategoryNotFound(_("There is no such category."))
    return node
