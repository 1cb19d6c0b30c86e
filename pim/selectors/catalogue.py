"""The catalogue as buyers see it: lists with facets, search, product pages, menus. A fixed number of
statements each.
"""

from pim.selectors.browsing import SORTS, CardPage, CardTile, browse_cards
from pim.selectors.card_pages import CardView, get_card_page, list_offers_of_card
from pim.selectors.facets import Facet, FacetChoice
from pim.selectors.menus import MenuNode, find_category_by_path, list_category_menu
from pim.selectors.merchant_catalogue import get_merchant_catalogue, list_merchant_ids_of_cards

__all__ = [
    "SORTS",
    "CardPage",
    "CardTile",
    "CardView",
    "Facet",
    "FacetChoice",
    "MenuNode",
    "browse_cards",
    "find_category_by_path",
    "get_card_page",
    "get_merchant_catalogue",
    "list_category_menu",
    "list_merchant_ids_of_cards",
    "list_offers_of_card",
]
