"""The projection that lists and search read: one row per published card and store view, rebuilt from the sources."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models.functions import Coalesce

from mms.context import StoreContext
from mms.selectors.scopes import list_store_contexts
from pim.models import Card, CardListing, ListingMerchant
from pim.operations.listing_facts import CardFacts, read_card_facts
from pim.operations.listing_rows import ListingRow, build_row
from pim.operations.search_index import forget_texts, index_texts
from pim.operations.slugs import ensure_slugs

CHUNK = 300
COLUMNS = [
    "title", "slug", "brand", "main_category", "asset_uuid", "price_from_minor", "list_price_minor", "currency",
    "offer_count", "merchant_count", "variant_count", "in_stock", "featured_offer_ref", "published_at", "search_text",
]  # fmt: skip


def refresh_listings(card_ids: Iterable[int]) -> int:
    """Bring the listings of these cards (variants count for their parent) in line with their sources in every
    open view.

    Idempotent; safe to run twice at once. Returns how many rows the cards have now.
    """
    shown = set(
        Card.objects.filter(pk__in=list(card_ids)).values_list(Coalesce("parent_id", "pk"), flat=True)
    )
    ids = sorted(shown)
    return sum(_refresh(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


@transaction.atomic
def _refresh(shown_ids: Sequence[int]) -> int:
    # Two refreshes of a card must not overtake each other.
    list(
        Card.objects.select_for_update().filter(pk__in=shown_ids).order_by("pk").values_list("pk", flat=True)
    )
    facts = read_card_facts(shown_ids)
    stores = list_store_contexts()
    if any((card.pk, store.view_id) not in facts.slugs for card in facts.cards for store in stores):
        # A view opened after these cards were published.
        ensure_slugs(facts.cards)
        facts = read_card_facts(shown_ids)
    kept: list[int] = []
    for store in stores:
        kept += _write_view(facts, store)
    gone = list(
        CardListing.objects.filter(card_id__in=shown_ids).exclude(pk__in=kept).values_list("pk", flat=True)
    )
    if gone:
        forget_texts(gone)
        CardListing.objects.filter(pk__in=gone).delete()
    return len(kept)


def _write_view(facts: CardFacts, store: StoreContext) -> list[int]:
    rows = [row for row in (build_row(facts, card, store) for card in facts.cards) if row is not None]
    if not rows:
        return []
    CardListing.objects.bulk_create(
        [row.listing for row in rows],
        batch_size=300,
        update_conflicts=True,
        unique_fields=["view_id", "card"],
        update_fields=COLUMNS,
    )
    ids = dict(
        CardListing.objects.filter(
            view_id=store.view_id, card_id__in=[row.listing.card_id for row in rows]
        ).values_list("card_id", "pk")
    )
    _write_sellers(rows, ids)
    index_texts([(ids[row.listing.card_id], row.listing.search_text) for row in rows], store.language)
    return list(ids.values())


def _write_sellers(rows: Sequence[ListingRow], ids: dict[int, int]) -> None:
    wanted = {(ids[row.listing.card_id], merchant_id) for row in rows for merchant_id in row.merchant_ids}
    stored = {
        (listing_id, merchant_id): pk
        for pk, listing_id, merchant_id in ListingMerchant.objects.filter(
            listing_id__in=ids.values()
        ).values_list("pk", "listing_id", "merchant_id")
    }
    gone = [pk for key, pk in stored.items() if key not in wanted]
    if gone:
        ListingMerchant.objects.filter(pk__in=gone).delete()
    ListingMerchant.objects.bulk_create(
        [ListingMerchant(listing_id=key[0], merchant_id=key[1]) for key in sorted(wanted - set(stored))],
        batch_size=2000,
        ignore_conflicts=True,
    )
