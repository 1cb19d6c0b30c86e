"""Category menus and addresses, read from memory."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mms.context import StoreContext
from pim.errors import CategoryNotFound
from pim.selectors.category_tree import CategoryNode, get_root_of, get_tree


@dataclass(frozen=True, slots=True)
class MenuNode:
    """A category as a menu shows it; `path` is its address below the store's root ("garden/tools")."""

    ref: str
    name: str
    slug: str
    path: str
    asset_uuid: str
    children: tuple["MenuNode", ...] = ()


def list_category_menu(store: StoreContext, depth: int = 2) -> list[MenuNode]:
    """The visible categories below the store's root, `depth` levels deep; no statement."""
    root = get_root_of(store)
    return [_node(child, store, "", depth) for child in get_tree().children(root) if child.is_visible]


def _node(node: CategoryNode, store: StoreContext, prefix: str, depth: int) -> MenuNode:
    path = f"{prefix}{node.slug}"
    children = get_tree().children(node) if depth > 1 else []
    return MenuNode(
        ref=node.ref,
        name=node.name_in(store.language),
        slug=node.slug,
        path=path,
        asset_uuid=node.asset_uuid,
        children=tuple(_node(child, store, f"{path}/", depth - 1) for child in children if child.is_visible),
    )


def category_path(node: CategoryNode, store: StoreContext) -> str:
    """The address of a category below the store's root."""
    return "/".join(item.slug for item in lineage_in_store(node, store))


def lineage_in_store(node: CategoryNode, store: StoreContext) -> list[CategoryNode]:
    """The category and those above it, without the store's root and what lies above that."""
    root = get_root_of(store)
    lineage = get_tree().lineage(node)
    if root is None:
        return lineage
    return [item for item in lineage if item.path.startswith(root.path) and item.path != root.path]


def find_category_by_path(store: StoreContext, path: str) -> CategoryNode:
    """The visible category at an address such as "garden/tools". Raises `CategoryNotFound`."""
    node = get_root_of(store)
    for slug in path.strip("/").split("/"):
        children = [child for child in get_tree().children(node) if child.slug == slug and child.is_visible]
        if not children:
            raise CategoryNotFound(_("There is no such category."))
        node = children[0]
    if node is None:
        raise CategoryNotFound(_("There is no such category."))
    return node


def find_category_by_slug(store: StoreContext, slug: str) -> CategoryNode | None:
    """The store's category with this last part of its address, the highest first; None when it has none."""
    root = get_root_of(store)
    nodes = list(get_tree().descendants(root) if root else get_tree().by_id.values())
    named = [node for node in nodes if node.slug == slug and node.is_visible]
    return min(named, key=lambda node: node.depth, default=None)
