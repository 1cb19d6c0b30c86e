"""The product page of a card in a store view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from mms.context import StoreContext
from pim.errors import CardMoved, CardNotFound
from pim.models import (
    AssetLink,
    AssetRole,
    Card,
    CardCategory,
    CardIdentifier,
    CardState,
    IdentifierType,
    Offer,
    OfferState,
    Slug,
)
from pim.models.names import name_in
from pim.selectors.axes import Axis, list_axes
from pim.selectors.category_tree import get_root_of, get_tree
from pim.selectors.featured import featured_order
from pim.selectors.layers import Effective, LayerMap, read_layers, resolve_for_store
from pim.selectors.menus import category_path, lineage_in_store
from pim.selectors.offers import SellableOffer, describe_offers, read_sellable, with_card_facts
from pim.selectors.scopes import locale_chain
from pim.selectors.structure import get_structure
from pim.selectors.value_texts import value_text


@dataclass(frozen=True, slots=True)
class Crumb:
    name: str
    path: str
    ref: str


@dataclass(frozen=True, slots=True)
class AttributeGroupView:
    """A heading with its attributes as (label, text)."""

    label: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """Everything a product page shows; offers best first, `featured` is the buyable one put forward."""

    card_id: int
    card_ref: str
    kind: str
    slug: str
    title: str
    brand: str
    # Cleaned HTML of a closed list of elements.
    description: str
    seo_title: str
    seo_description: str
    gtin: str
    mpn: str
    attributes: tuple[AttributeGroupView, ...]
    gallery: tuple[UUID, ...]
    videos: tuple[UUID, ...]
    models: tuple[UUID, ...]
    documents: tuple[UUID, ...]
    breadcrumbs: tuple[Crumb, ...]
    category_ids: tuple[int, ...]
    axes: tuple[Axis, ...]
    # The variant the page is about; the card itself when it has none.
    chosen_card_id: int
    chosen_ref: str
    offers: tuple[SellableOffer, ...]
    featured: SellableOffer | None
    # (view id, slug) of the same card in every view, for hreflang.
    addresses: tuple[tuple[int, str], ...]

    @property
    def is_buyable(self) -> bool:
        return self.featured is not None


def get_card_page(store: StoreContext, slug: str, *, variant: str = "") -> CardView:
    """The page at an address; `variant` is the ref of a chosen variant. At most eight statements.

    Raises `CardMoved` for a former address and `CardNotFound` for unknown or unpublished cards.
    """
    members = _find(store, slug)
    card = members[0]
    ids = [member.pk for member in members]
    layers = read_layers(ids)
    offers = describe_offers(list(with_card_facts(_listed_offers(ids))), layers, store)
    chosen: Any = _choose(members, variant, offers)
    values = resolve_for_store(chosen, layers, store)
    own = sorted((offer for offer in offers if offer.card_id == chosen.pk), key=featured_order)
    assets = _assets(chosen, card)
    return CardView(
        card_id=card.pk,
        card_ref=card.ref,
        kind=card.kind,
        slug=slug,
        title=values.text("title") or chosen.title,
        brand=chosen.brand.name if chosen.brand else (card.brand.name if card.brand else ""),
        description=values.text("description"),
        seo_title=values.text("seo-title"),
        seo_description=values.text("seo-description"),
        gtin=chosen.gtin or card.gtin or "",
        mpn=chosen.mpn or card.mpn or "",
        attributes=_attributes(chosen, values, store),
        gallery=assets[AssetRole.GALLERY],
        videos=assets[AssetRole.VIDEO],
        models=assets[AssetRole.MODEL],
        documents=assets[AssetRole.DOCUMENT],
        breadcrumbs=_breadcrumbs(card.main_category_id, store),
        category_ids=get_tree().leaf_to_root_ids(card.main_category_id),
        axes=list_axes(members[1:], chosen, layers, offers, store) if len(members) > 1 else (),
        chosen_card_id=chosen.pk,
        chosen_ref=chosen.ref,
        offers=tuple(own),
        featured=next((offer for offer in own if offer.is_buyable), None),
        addresses=tuple(Slug.objects.filter(card=card, is_current=True).values_list("view_id", "slug")),
    )


def _find(store: StoreContext, slug: str) -> list[Any]:
    """The card at an address and then its published variants, with their numbers; one statement."""
    here = Slug.objects.filter(view_id=store.view_id, slug=slug)
    variants = Card.objects.filter(parent_id__in=here.values("card_id"))
    main = CardCategory.objects.filter(card_id=OuterRef("pk"), is_main=True).values("category_id")[:1]
    own = Slug.objects.filter(card_id=OuterRef("pk"), view_id=store.view_id)
    rows: list[Any] = list(
        # By their keys: two conditions joined by OR would read every card.
        Card.objects.filter(
            pk__in=here.values("card_id").union(variants.values("pk")), state=CardState.PUBLISHED
        )
        .select_related("brand")
        .annotate(
            main_category_id=Subquery(main),
            slug_is_current=Subquery(own.filter(slug=slug).values("is_current")[:1]),
            current_slug=Subquery(own.filter(is_current=True).values("slug")[:1]),
            gtin=_number(IdentifierType.GTIN),
            mpn=_number(IdentifierType.MPN),
        )
        .order_by("pk")
    )
    card = next((row for row in rows if row.slug_is_current is not None), None)
    root = get_root_of(store)
    if card is None or (
        root is not None and root.id not in get_tree().leaf_to_root_ids(card.main_category_id)
    ):
        raise CardNotFound(_("This product is not in the catalogue any more."))
    if not card.slug_is_current:
        raise CardMoved(_("This product has another address now."), slug=card.current_slug)
    return [card, *(row for row in rows if row is not card)]


def _number(kind: IdentifierType) -> Subquery:
    rows = CardIdentifier.objects.filter(card_id=OuterRef("pk"), type=kind, is_live=True)
    return Subquery(rows.values("value_norm")[:1])


def _listed_offers(card_ids: Sequence[int]) -> QuerySet[Offer]:
    """What a product page names: offers on sale, also those sold out now."""
    return Offer.objects.filter(
        card_id__in=card_ids, state=OfferState.ACTIVE, merchant_is_selling=True
    ).order_by("pk")


def _choose(members: Sequence[Card], variant: str, offers: Sequence[SellableOffer]) -> Card:
    """The asked variant, else the one whose offer is put forward, else the first."""
    card, variants = members[0], members[1:]
    if not variants:
        return card
    asked = next((member for member in variants if member.ref == variant), None)
    if asked is not None:
        return asked
    best = min((offer for offer in offers if offer.is_buyable), key=featured_order, default=None)
    return next(
        (member for member in variants if best is not None and member.pk == best.card_id), variants[0]
    )


def _assets(chosen: Card, card: Card) -> Mapping[str, tuple[UUID, ...]]:
    """Per role, the chosen variant's own pictures before the common ones."""
    rows = AssetLink.objects.filter(card_id__in={chosen.pk, card.pk}).values_list(
        "card_id", "role", "asset_uuid", "position", "pk"
    )
    found: dict[str, list[UUID]] = {role: [] for role in AssetRole.values}
    for _card_id, role, uuid, _position, _pk in sorted(
        rows, key=lambda row: (row[0] != chosen.pk, row[3], row[4])
    ):
        if uuid not in found[role]:
            found[role].append(uuid)
    return {role: tuple(uuids) for role, uuids in found.items()}


def _attributes(card: Card, values: Effective, store: StoreContext) -> tuple[AttributeGroupView, ...]:
    structure = get_structure()
    languages = locale_chain(store.language)
    groups: dict[str, list[tuple[str, str]]] = {}
    for code in structure.families[card.family_id].attributes:
        spec = structure.attributes[code]
        if not spec.is_shown or spec.code == "brand" or code not in values.values:
            continue
        text = value_text(spec, values.values[code], store.language, store.country)
        heading = name_in(spec.group_names, languages, _("Details"))
        groups.setdefault(heading, []).append((spec.name_in(languages), text))
    return tuple(AttributeGroupView(label, tuple(lines)) for label, lines in groups.items())


def _breadcrumbs(category_id: int | None, store: StoreContext) -> tuple[Crumb, ...]:
    node = get_tree().by_id.get(category_id or 0)
    if node is None:
        return ()
    return tuple(
        Crumb(item.name_in(store.language), category_path(item, store), item.ref)
        for item in lineage_in_store(node, store)
    )


def list_offers_of_card(card_id: int, store: StoreContext) -> list[SellableOffer]:
    """All offers on a card and its variants as this view sells them, best first; three statements."""
    offers = Offer.objects.filter(
        Q(card_id=card_id) | Q(card__parent_id=card_id), state=OfferState.ACTIVE, merchant_is_selling=True
    )
    return sorted(read_sellable(offers, store), key=featured_order)


__all__ = ["AttributeGroupView", "CardView", "Crumb", "LayerMap", "get_card_page", "list_offers_of_card"]
