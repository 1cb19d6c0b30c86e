"""Category trees and which cards stand where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from backoffice.kernel import audit, events
from backoffice.kernel.actors import Actor, system_actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from backoffice.kernel.jobs import enqueue
from backoffice.kernel.phrases import gettext as _
from mms.operations.versions import announce_change
from pim.errors import CardNotFound, CategoryNotFound
from pim.events import CardsChanged
from pim.models import Card, CardCategory, Category
from pim.operations.card_rights import may_write_values
from pim.permissions import EDIT_STRUCTURE
from pim.selectors.category_tree import CATEGORIES
from pim.selectors.listings import REBUILD_LISTINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryTerms:
    names: Mapping[str, str]
    slug: str = ""
    code: str = ""
    descriptions: Mapping[str, str] | None = None
    google_taxonomy_id: int | None = None
    is_visible: bool = True


def _find(ref: str) -> Category:
    category: Category | None = Category.objects.filter(ref=ref).first()
    if category is None:
        raise CategoryNotFound(_("There is no such category."))
    return category


def _clean(terms: CategoryTerms, category: Category | None) -> tuple[dict[str, str], str, str]:
    names = {language: name.strip() for language, name in terms.names.items() if name and name.strip()}
    if not names:
        sentence = _("Give a name in at least one language.")
        raise InvalidInput(sentence, fields={"name_en": sentence})
    first = names.get("en") or next(iter(names.values()))
    slug = slugify(terms.slug or first)[:120]
    if not slug:
        sentence = _("Give an address of letters and digits.")
        raise InvalidInput(sentence, fields={"slug": sentence})
    code = terms.code or (category.code if category else slug)
    if Category.objects.filter(code=code).exclude(pk=category.pk if category else 0).exists():
        if terms.code:
            sentence = _("Another category has this code.")
            raise InvalidInput(sentence, fields={"code": sentence})
        code = f"{code}-{Category.objects.count() + 1}"
    return names, slug, code


def _refuse_taken_slug(siblings: Iterable[Category], slug: str) -> None:
    if any(sibling.slug == slug for sibling in siblings):
        sentence = _("A category beside it has this address.")
        raise InvalidInput(sentence, fields={"slug": sentence})


@transaction.atomic
def create_category(parent_ref: str, terms: CategoryTerms, *, actor: Actor) -> Category:
    """Add a category below another, or a tree of its own when `parent_ref` is empty. Raises `InvalidInput`."""
    actor.require(EDIT_STRUCTURE)
    names, slug, code = _clean(terms, None)
    fields = {
        "names": names,
        "slug": slug,
        "code": code,
        "descriptions": dict(terms.descriptions or {}),
        "google_taxonomy_id": terms.google_taxonomy_id,
        "is_visible": terms.is_visible,
    }
    if parent_ref:
        parent = _find(parent_ref)
        _refuse_taken_slug(parent.get_children(), slug)
        category: Category = parent.add_child(**fields)
    else:
        _refuse_taken_slug(Category.get_root_nodes(), slug)
        category = Category.add_root(**fields)
    announce_change(CATEGORIES)
    audit.record("pim.category.created", actor=actor, subject=category)
    return category


@transaction.atomic
def change_category(ref: str, terms: CategoryTerms, *, actor: Actor) -> Category:
    """Change names, address, mapping or visibility of a category. Raises `InvalidInput`."""
    actor.require(EDIT_STRUCTURE)
    category = _find(ref)
    category.names, slug, category.code = _clean(terms, category)
    _refuse_taken_slug((item for item in category.get_siblings() if item.pk != category.pk), slug)
    category.slug = slug
    category.descriptions = dict(terms.descriptions or {})
    category.google_taxonomy_id, category.is_visible = terms.google_taxonomy_id, terms.is_visible
    category.save()
    announce_change(CATEGORIES)
    audit.record("pim.category.changed", actor=actor, subject=category)
    return category


@transaction.atomic
def move_category(ref: str, *, target_ref: str, actor: Actor) -> Category:
    """Hang a category with all below it under another (empty = make it a tree of its own); lists follow by a job."""
    actor.require(EDIT_STRUCTURE)
    category = _find(ref)
    if target_ref:
        target = _find(target_ref)
        if target.path.startswith(category.path):
            sentence = _("A category cannot move below itself.")
            raise InvalidInput(sentence, fields={"target": sentence})
        _refuse_taken_slug(target.get_children(), category.slug)
        category.move(target, pos="last-child")
    else:
        category.move(Category.get_last_root_node(), pos="last-sibling")
    announce_change(CATEGORIES)
    category = _find(ref)
    audit.record("pim.category.moved", actor=actor, subject=category)
    enqueue(
        REBUILD_LISTINGS,
        {},
        actor=system_actor("categories"),
        title=_("Rebuild lists after a moved category"),
    )
    return category


@transaction.atomic
def delete_category(ref: str, *, actor: Actor) -> None:
    """Delete an empty category. Raises `StateRefused` while cards or categories are in it."""
    actor.require(EDIT_STRUCTURE)
    category = _find(ref)
    if category.numchild or CardCategory.objects.filter(category=category).exists():
        raise StateRefused(_("Move the products and categories out of it first."))
    audit.record("pim.category.deleted", actor=actor, subject=category)
    category.delete()
    announce_change(CATEGORIES)


@transaction.atomic
def place_card(card: Card, category_refs: Sequence[str], *, actor: Actor) -> None:
    """Put a card into exactly these categories, the first being the main one. Announces `CardsChanged`."""
    if not may_write_values(card, actor):
        raise CardNotFound(_("There is no such card, or it is not yours to change."))
    refs = list(dict.fromkeys(category_refs))
    found = {category.ref: category for category in Category.objects.filter(ref__in=refs)}
    if len(found) != len(refs):
        raise CategoryNotFound(_("There is no such category."))
    before = list(card.placements.order_by("-is_main", "pk").values_list("category__ref", flat=True))
    if before == refs:
        return
    card.placements.all().delete()
    CardCategory.objects.bulk_create(
        [
            CardCategory(card=card, category=found[ref], is_main=position == 0)
            for position, ref in enumerate(refs)
        ]
    )
    audit.record("pim.card.placed", actor=actor, subject=card, changes={"categories": [before, refs]})
    events.publish(CardsChanged(card_ids=(card.pk,)))
