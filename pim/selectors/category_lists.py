"""Categories as choices and with how many cards they hold."""

from django.db.models import Count

from pim.models import CardCategory, Category
from pim.selectors.category_tree import STEP, get_category_node, get_tree


def list_category_choices(language: str) -> list[tuple[str, str]]:
    """(ref, indented name) of every category in tree order."""
    nodes = sorted(get_tree().by_id.values(), key=lambda node: node.path)
    return [(node.ref, f"{'– ' * (node.depth - 1)}{node.name_in(language)}") for node in nodes]


def get_category(ref: str) -> Category:
    """The stored category; what is only read comes from the tree in memory. Raises `CategoryNotFound`."""
    found: Category = Category.objects.get(pk=get_category_node(ref).id)
    return found


def count_cards_below() -> dict[str, int]:
    """How many placements each category and those below it have, by path; one statement."""
    counts: dict[str, int] = {}
    rows = CardCategory.objects.order_by().values_list("category__path").annotate(n=Count("pk"))
    for path, count in rows:
        for end in range(STEP, len(path) + 1, STEP):
            counts[path[:end]] = counts.get(path[:end], 0) + count
    return counts
