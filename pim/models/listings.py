from django.db import models
from django.db.models import Q

from pim.models.cards import Card


class CardListing(models.Model):
    """A published card as one store view lists it: a rebuildable projection, never a source.

    Kept fresh by deferred subscribers; only cards that are shown on their own (no variants) have rows.
    """

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="listings")
    view_id = models.BigIntegerField()
    title = models.CharField(max_length=250)
    slug = models.CharField(max_length=160)
    brand = models.ForeignKey("pim.Brand", on_delete=models.PROTECT, null=True)
    main_category = models.ForeignKey("pim.Category", on_delete=models.PROTECT, null=True)
    asset_uuid = models.UUIDField(null=True)
    # The lowest price of a buyable offer, in the view's currency; null = nobody sells it now.
    price_from_minor = models.BigIntegerField(null=True)
    list_price_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    offer_count = models.PositiveIntegerField(default=0)
    merchant_count = models.PositiveIntegerField(default=0)
    variant_count = models.PositiveIntegerField(default=0)
    in_stock = models.BooleanField(default=False)
    # The one best offer, for "add to cart" from a list.
    featured_offer_ref = models.CharField(max_length=24, blank=True)
    published_at = models.DateTimeField()
    # What the search index is built from: title, brand, identifiers, searchable values.
    search_text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["view_id", "card"], name="pim_listing_once_per_view")]
        indexes = [
            models.Index(fields=["view_id", "-in_stock", "-published_at", "-id"], name="pim_listing_newest"),
            models.Index(fields=["view_id", "price_from_minor", "id"], name="pim_listing_price"),
            models.Index(fields=["view_id", "title", "id"], name="pim_listing_title"),
            models.Index(
                fields=["view_id", "brand"], condition=Q(brand__isnull=False), name="pim_listing_brand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} @{self.view_id}"


class ListingMerchant(models.Model):
    """Which merchants sell a listed card in a view: serves merchant pages and the merchant filter."""

    listing = models.ForeignKey(CardListing, on_delete=models.CASCADE, related_name="sellers")
    merchant_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant_id", "listing"], name="pim_listing_merchant_once")
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.listing_id}"


class ListingSearch(models.Model):
    """The full text of a listing: an FTS5 table on SQLite, tsvector on PostgreSQL (see 0003_listing_search)."""

    # FTS5 knows its rows by rowid only, so the key is called that on both engines.
    listing = models.OneToOneField(
        CardListing, on_delete=models.DO_NOTHING, primary_key=True, db_column="rowid", related_name="search"
    )
    document = models.TextField()

    class Meta:
        managed = False
        db_table = "pim_listing_search"

    def __str__(self) -> str:
        return str(self.pk)
