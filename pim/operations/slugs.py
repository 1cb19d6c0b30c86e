"""Addresses of cards per store view; former ones stay and redirect."""

from collections.abc import Sequence

from django.utils.text import slugify

from mms.context import StoreContext
from mms.selectors.scopes import list_store_contexts
from pim.models import Card, Slug
from pim.selectors.layers import read_layers, resolve_for_store


def ensure_slugs(cards: Sequence[Card]) -> None:
    """Give every card that has none an address in each open view, made from its title there; set-wise per view.

    An address once given stays when the title changes, because links point to it.
    """
    if not cards:
        return
    layers = read_layers([card.pk for card in cards])
    for store in list_store_contexts():
        known = set(
            Slug.objects.filter(view_id=store.view_id, card__in=cards, is_current=True).values_list(
                "card_id", flat=True
            )
        )
        missing = [card for card in cards if card.pk not in known]
        if missing:
            bases = {
                card.pk: _base(card, resolve_for_store(card, layers, store).text("title")) for card in missing
            }
            _insert(missing, bases, store)


def _base(card: Card, title: str) -> str:
    return slugify(title or card.title)[:120].strip("-") or card.ref.lower()


def _insert(cards: Sequence[Card], bases: dict[int, str], store: StoreContext) -> None:
    wanted = set(bases.values())
    taken = set(Slug.objects.filter(view_id=store.view_id, slug__in=wanted).values_list("slug", flat=True))
    rows = []
    for card in cards:
        slug = bases[card.pk]
        if slug in taken:
            # The ref's tail makes it unique and stays the same in every view.
            slug = f"{slug}-{card.ref.rpartition('-')[2].lower()}"
        taken.add(slug)
        rows.append(Slug(view_id=store.view_id, slug=slug, card=card))
    Slug.objects.bulk_create(rows, batch_size=1000)
