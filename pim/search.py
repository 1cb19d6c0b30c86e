"""What the search boxes of console and portal find here."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.ui import badges
from backoffice.ui.menus import Hit, register_search
from pim.permissions import VIEW_CATALOGUE, VIEW_OFFERS
from pim.selectors.cards import list_cards
from pim.selectors.identifiers import normalise_name
from pim.selectors.offers import list_offers

SHOWN = 8


def find_cards(text: str, actor: Actor) -> Iterator[Hit]:
    """Cards by ref, title or number."""
    norm = normalise_name(text)
    wanted = Q(ref__iexact=text) | Q(title__icontains=text)
    if norm:
        wanted |= Q(identifiers__value_norm=norm) | Q(identifiers__value_norm=norm.zfill(14))
    for card in list_cards(actor).filter(wanted).distinct()[:SHOWN]:
        url = reverse("console:pim-card-detail", args=[card.ref])
        badge = badges.badge(card.state, "pim.Card")
        yield Hit(card.title or card.ref, url, card.family.name, badge, exact=card.ref == text.upper())


def find_offers(text: str, actor: Actor) -> Iterator[Hit]:
    """A merchant's offers by SKU, ref or product."""
    wanted = Q(ref__iexact=text) | Q(merchant_sku__icontains=text) | Q(card__title__icontains=text)
    for offer in list_offers(actor).filter(wanted)[:SHOWN]:
        url = reverse("portal:pim-offer-detail", args=[offer.ref])
        yield Hit(offer.card.title or offer.ref, url, offer.merchant_sku, exact=offer.merchant_sku == text)


register_search(_("Cards"), "console", VIEW_CATALOGUE, find_cards)
register_search(_("Offers"), "portal", VIEW_OFFERS, find_offers)
