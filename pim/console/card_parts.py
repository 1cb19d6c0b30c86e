"""The parts of a card that the card page and the review page both show."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from backoffice.kernel.actors import Actor
from dam.selectors.assets import get_asset_infos
from mms.context import StoreContext
from mms.selectors.scopes import list_store_contexts
from pim.models import Card, CardKind
from pim.permissions import EDIT_CARDS
from pim.selectors.cards import list_value_lines
from pim.selectors.category_tree import get_tree
from pim.selectors.offer_lists import with_shown_states
from pim.selectors.offers import list_offers


def chosen_store(request: HttpRequest) -> StoreContext | None:
    """The store view whose eyes the page looks through (`?view=`), None = the global reader."""
    wanted = request.GET.get("view", "")
    return next((store for store in list_store_contexts() if store.view_code == wanted), None)


def card_parts(card: Card, actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """Values with provenance, pictures, numbers, categories, offers and variants of a card."""
    store = chosen_store(request)
    links = list(card.asset_links.all())
    infos = get_asset_infos([link.asset_uuid for link in links])
    tree = get_tree()
    language = get_language() or "en"
    paths = [
        " › ".join(node.name_in(language) for node in tree.lineage(tree.by_id[placement.category_id]))
        for placement in card.placements.order_by("-is_main", "pk")
        if placement.category_id in tree.by_id
    ]
    return {
        "lines": list_value_lines(card, language=language, store=store),
        "stores": list_store_contexts(),
        "chosen_view": store.view_code if store else "",
        "pictures": [infos[link.asset_uuid] for link in links if link.asset_uuid in infos],
        "identifiers": list(card.identifiers.select_related("brand").order_by("type", "value")),
        "category_paths": paths,
        "offers": with_shown_states(list_offers(actor).filter(card=card)[:50]),
        "variants": list(card.variants.order_by("pk")[:100]) if card.kind == CardKind.PARENT else [],
        "can_edit": actor.can(EDIT_CARDS),
    }
