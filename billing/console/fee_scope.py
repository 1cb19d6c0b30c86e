"""Where a fee rule holds, as fields of a form: shops, things and places are chosen or named, never numbered."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.ui.forms import Form
from billing.models import FeeRule
from billing.selectors.entities import get_entity, list_entities
from mas.selectors.merchants import get_merchant
from mms.selectors.scopes import list_website_names
from pim.selectors.cards import get_card, get_cards_by_id
from pim.selectors.category_lists import list_category_choices
from pim.selectors.category_tree import get_tree

ANY = [("", _("All"))]
# Chosen for a rule whose category is no longer in the tree: saving the form must not make it hold for everything.
DELETED = "deleted"


class ScopeForm(Form):
    """The fields that narrow a rule or describe a sale; empty = everywhere."""

    merchant = forms.CharField(
        label=_("Merchant"), required=False, help_text=_("Its reference, such as MER-…")
    )
    category = forms.ChoiceField(label=_("Category"), required=False, help_text=_("With all below it."))
    brand = forms.CharField(label=_("Brand"), max_length=120, required=False)
    card = forms.CharField(
        label=_("Product"), required=False, help_text=_("The reference of its card, such as CRD-…")
    )
    website = forms.ChoiceField(label=_("Website"), required=False)
    company = forms.ChoiceField(label=_("Company"), required=False)
    country = forms.CharField(label=_("Country of delivery"), max_length=2, required=False)
    currency = forms.CharField(label=_("Currency of the sale"), max_length=3, required=False)

    def __init__(self, *args: Any, deleted_category: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gone = [(DELETED, gettext("Category deleted: %(name)s") % {"name": deleted_category})]
        choices = {
            "category": [
                *(gone if deleted_category else ()),
                *list_category_choices(get_language() or "en"),
            ],
            "website": [(str(pk), name) for pk, name in list_website_names().items()],
            "company": [(row.code, row.name) for row in list_entities()],
        }
        for name, found in choices.items():
            self.fields[name].choices = [*ANY, *found]  # type: ignore[attr-defined]


def deleted_category(rule: FeeRule | None) -> str:
    """The name of a rule's category when it is no longer in the tree; empty otherwise."""
    if rule is None or rule.category_id is None or rule.category_id in get_tree().by_id:
        return ""
    return rule.category_label or str(rule.category_id)


def scope_of(data: dict[str, Any], actor: Actor, *, basis: FeeRule | None = None) -> dict[str, Any]:
    """The cleaned fields as values of a rule, its deleted category kept from `basis`. Raises `InvalidInput` at the
    field whose thing does not exist.
    """
    merchant = _named(data, "merchant", lambda ref: get_merchant(ref, actor=actor))
    card = _named(data, "card", lambda ref: get_card(ref, actor=actor))
    return {
        "merchant": merchant,
        **_category_of(data["category"], basis),
        "brand": data["brand"],
        "card_id": card.pk if card else None,
        "website_id": int(data["website"]) if data["website"] else None,
        "entity": get_entity(data["company"]) if data["company"] else None,
        "country": data["country"].upper(),
        "currency": data["currency"].upper(),
    }


def _category_of(ref: str, basis: FeeRule | None) -> dict[str, Any]:
    if ref == DELETED and basis is not None:
        return {name: getattr(basis, name) for name in ("category_id", "category_depth", "category_label")}
    node = get_tree().by_ref.get(ref) if ref else None
    return {
        "category_id": node.id if node else None,
        "category_depth": node.depth if node else 0,
        "category_label": node.name_in(get_language() or "en") if node else "",
    }


def _named(data: dict[str, Any], field: str, find: Callable[[str], Any]) -> Any:
    ref = data[field].strip()
    if not ref:
        return None
    try:
        return find(ref)
    except NotFound as error:
        raise InvalidInput(error.message, fields={field: error.message}) from error


def initial_scope(rule: FeeRule) -> dict[str, Any]:
    """Where a rule holds, as initial values of the form."""
    node = get_tree().by_id.get(rule.category_id or 0)
    card = get_cards_by_id([rule.card_id]).get(rule.card_id) if rule.card_id else None
    return {
        "merchant": rule.merchant.ref if rule.merchant else "",
        "category": DELETED if deleted_category(rule) else node.ref if node else "",
        "brand": rule.brand,
        "card": card.ref if card else "",
        "website": str(rule.website_id or ""),
        "company": rule.entity.code if rule.entity else "",
        "country": rule.country,
        "currency": rule.currency,
    }
