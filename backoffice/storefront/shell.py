"""What every storefront page wears: categories, the other views, the cart's count, information pages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from backoffice.storefront.selectors import list_footer_links
from backoffice.ui.shells import key_switch
from mms.selectors.scopes import list_store_contexts, resolve_view
from oms.selectors.carts import count_pieces
from oms.storefront.session import SESSION_KEY
from pim.selectors.catalogue import list_category_menu


def provide(request: HttpRequest) -> dict[str, Any]:
    """The shell's data; one statement at most, for buyers with a cart."""
    store = request.store  # type: ignore[attr-defined]
    host = request.get_host()
    views = [view for view in list_store_contexts() if resolve_view(host, view.base_path) == view]
    return {
        "store": store,
        "keys": key_switch(request),
        "categories": list_category_menu(store),
        "views": views,
        "cart_count": count_pieces(request.session.get(SESSION_KEY, ""), website_id=store.website_id),
        "footer_pages": list_footer_links(store.view_code),
        "portal_url": f"{settings.BASE_URL}/portal/" if settings.BASE_URL else "/portal/",
    }
