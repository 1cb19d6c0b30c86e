"""Offers as buyers may buy them, and as their merchants see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.actors import Actor
from mms.context import StoreContext
from pim.errors import OfferNotFound
from pim.models import AssetLink, CardCategory, CardState, Offer, OfferState
from pim.selectors.category_tree import get_root_of, get_tree
from pim.selectors.featured import featured_order
from pim.selectors.layers import Effective, LayerMap, read_layers, resolve_for_store
from pim.selectors.prices import PriceRow, read_prices, resolve_price
from pim.selectors.structure import get_structure

REASONS = {
    "not_for_sale": gettext_lazy("The merchant does not sell this now."),
    "merchant_not_selling": gettext_lazy("The merchant takes no orders now."),
    "card_hidden": gettext_lazy("This product is not in the catalogue."),
    "not_in_this_store": gettext_lazy("This product is not sold in this store."),
    "no_price": gettext_lazy("There is no price in this currency."),
    "rate_missing": gettext_lazy("The price cannot be converted into this currency."),
    "out_of_stock": gettext_lazy("Out of stock."),
}


@dataclass(frozen=True, slots=True)
class SellableOffer:
    """An offer as one store view sells it now; `is_buyable` is False with a `reason` (key of `REASONS`)."""

    offer_id: int
    offer_ref: str
    merchant_id: int
    merchant_ref: str
    merchant_name: str
    merchant_slug: str
    card_id: int
    card_ref: str
    title: str
    merchant_sku: str
    # Per piece as shown, for the asked quantity's tier.
    unit_price_minor: int
    list_price_minor: int | None
    currency: str
    tax_class: str
    # Leaf → root.
    category_ids: tuple[int, ...]
    brand: str
    asset_uuid: UUID | None
    min_quantity: int
    max_quantity: int | None
    pack_size: int
    lead_time_days: int
    condition: str
    available_quantity: int
    is_buyable: bool
    reason: str
    # What is there now; the rest of `available_quantity` is sold before it arrives.
    in_stock_quantity: int = 0
    restocked_on: date | None = None
    shown_card_id: int = 0
    prices: tuple[PriceRow, ...] = ()

    @property
    def reason_text(self) -> str:
        return str(REASONS.get(self.reason, ""))

    def preorder_on(self, quantity: int) -> date | None:
        """The day when this many pieces are expected; None when they are there, or nobody knows."""
        return self.restocked_on if quantity > self.in_stock_quantity else None

    @property
    def is_preorder(self) -> bool:
        """Whether even the smallest quantity has to arrive first."""
        return self.is_buyable and self.preorder_on(self.min_quantity) is not None

    def for_quantity(self, quantity: int, store: StoreContext) -> "SellableOffer":
        """The same offer at the tier that `quantity` reaches; no statement."""
        price = resolve_price(self.prices, store, quantity=quantity)
        if not price.is_given:
            return self
        return replace(self, unit_price_minor=price.amount_minor, list_price_minor=price.list_amount_minor)


def get_sellable_offers(offer_refs: Collection[str], store: StoreContext) -> dict[str, SellableOffer]:
    """Offers by ref as this view sells them now, buyable or not; unknown refs are left out. Three statements."""
    return {
        found.offer_ref: found
        for found in read_sellable(Offer.objects.filter(ref__in=list(offer_refs)), store)
    }


def get_sellable_offers_by_id(offer_ids: Collection[int], store: StoreContext) -> dict[int, SellableOffer]:
    """`get_sellable_offers` for those who hold ids."""
    return {
        found.offer_id: found for found in read_sellable(Offer.objects.filter(pk__in=list(offer_ids)), store)
    }


def read_sellable(offers: QuerySet[Offer], store: StoreContext) -> list[SellableOffer]:
    """The offers of a queryset as this view sells them now: offers, values, prices."""
    rows = list(with_card_facts(offers))
    cards = {row.card_id: row.card for row in rows}
    layers = (
        read_layers({*cards, *(card.parent_id for card in cards.values() if card.parent_id)}) if cards else {}
    )
    return describe_offers(rows, layers, store)


def list_sellable_of_cards(card_ids: Collection[int], store: StoreContext) -> dict[int, list[SellableOffer]]:
    """The offers of each card that can be bought in this view now, the featured one first; three statements."""
    found: dict[int, list[SellableOffer]] = {}
    for offer in read_sellable(Offer.objects.filter(card_id__in=list(card_ids)), store):
        if offer.is_buyable:
            found.setdefault(offer.card_id, []).append(offer)
    return {card_id: sorted(offers, key=featured_order) for card_id, offers in found.items()}


def describe_offers(
    rows: Sequence[Offer], layers: Mapping[int, LayerMap], store: StoreContext
) -> list[SellableOffer]:
    """Rows of `with_card_facts` as this view sells them, given the layers of their cards; one statement for prices."""
    values = {row.card_id: resolve_for_store(row.card, layers, store) for row in rows}
    prices = read_prices([row.pk for row in rows]) if rows else {}
    return [_sellable(row, values[row.card_id], prices[row.pk], store) for row in rows]


def with_card_facts(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Adds card, brand, merchant, main picture and main category in the same statement."""
    return offers.select_related("card", "card__brand", "merchant").annotate(
        asset_uuid=Coalesce(_picture("card_id"), _picture("card__parent_id")),
        main_category_id=Coalesce(_category("card_id"), _category("card__parent_id")),
    )


def _picture(path: str) -> Subquery:
    links = AssetLink.objects.filter(card_id=OuterRef(path), role="gallery").order_by("position", "id")
    return Subquery(links.values("asset_uuid")[:1])


def _category(path: str) -> Subquery:
    return Subquery(
        CardCategory.objects.filter(card_id=OuterRef(path), is_main=True).values("category_id")[:1]
    )


def _sellable(row: Any, values: Effective, prices: list[PriceRow], store: StoreContext) -> SellableOffer:
    card, merchant = row.card, row.merchant
    price = resolve_price(prices, store, quantity=row.min_quantity)
    category_ids = get_tree().leaf_to_root_ids(row.main_category_id)
    reason = _refusal(row, category_ids, store) or price.reason
    available = row.quantity_in(store.store_id)
    if not reason and available < row.min_quantity:
        reason = "out_of_stock"
    return SellableOffer(
        offer_id=row.pk,
        offer_ref=row.ref,
        merchant_id=merchant.pk,
        merchant_ref=merchant.ref,
        merchant_name=merchant.name,
        merchant_slug=merchant.slug,
        card_id=card.pk,
        card_ref=card.ref,
        title=values.text("title") or card.title,
        merchant_sku=row.merchant_sku,
        unit_price_minor=price.amount_minor,
        list_price_minor=price.list_amount_minor,
        currency=store.currency,
        tax_class=card.tax_class or get_structure().families[card.family_id].tax_class,
        category_ids=category_ids,
        brand=card.brand.name if card.brand else "",
        asset_uuid=row.asset_uuid,
        min_quantity=row.min_quantity,
        max_quantity=row.max_quantity,
        pack_size=row.pack_size,
        lead_time_days=row.lead_time_days,
        condition=row.condition,
        available_quantity=max(available, 0),
        in_stock_quantity=row.in_stock_quantity,
        restocked_on=row.restocked_on,
        is_buyable=not reason,
        reason=reason,
        shown_card_id=card.shown_card_id,
        prices=tuple(prices),
    )


def _refusal(row: Any, category_ids: tuple[int, ...], store: StoreContext) -> str:
    if row.state != OfferState.ACTIVE:
        return "not_for_sale"
    if not row.merchant_is_selling:
        return "merchant_not_selling"
    if row.card.state != CardState.PUBLISHED:
        return "card_hidden"
    root = get_root_of(store)
    if root is not None and root.id not in category_ids:
        return "not_in_this_store"
    return ""


def list_offers(actor: Actor, *, merchant_id: int | None = None) -> QuerySet[Offer]:
    """The offers an actor may see, of one merchant when given; newest first."""
    offers = Offer.objects.visible_to(actor).select_related("card", "merchant").order_by("-pk")
    return offers if merchant_id is None else offers.filter(merchant_id=merchant_id)


def count_active_offers(merchant_ids: Collection[int]) -> dict[int, int]:
    """How many active offers each of these merchants has, in one statement; those without any are left out."""
    rows = Offer.objects.filter(merchant_id__in=merchant_ids, state=OfferState.ACTIVE).order_by()
    return dict(rows.values_list("merchant_id").annotate(n=Count("pk")))


def get_offer(ref: str, *, actor: Actor, merchant_id: int | None = None) -> Offer:
    """One offer the actor may see (of the given merchant). Raises `OfferNotFound`."""
    offer = list_offers(actor, merchant_id=merchant_id).filter(ref=ref).first()
    if offer is None:
        raise OfferNotFound(_("There is no such offer."))
    return offer
