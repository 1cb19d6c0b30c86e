"""What the console's search box finds here."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.ui.menus import Hit, register_search
from mas.permissions import VIEW_MERCHANTS
from mas.selectors.merchants import find_merchants


def find(text: str, actor: Actor) -> list[Hit]:
    """Merchants by name, number, e-mail or legal name."""
    return [
        Hit(
            title=merchant.name,
            url=reverse("console:mas-merchant-detail", args=[merchant.ref]),
            detail=f"{merchant.ref} · {merchant.get_status_display()}",
            exact=merchant.ref.lower() == text.strip().lower(),
        )
        for merchant in find_merchants(text, actor)
    ]


register_search(_("Merchants"), "console", VIEW_MERCHANTS, find)
