"""Builders of cards, offers and their structure; rows as they are, without running the operations."""

from itertools import count
from typing import Any

from mas.models import Merchant
from mms.selectors import versions
from pim.models import (
    Attribute,
    AttributeOption,
    Brand,
    BrandAlias,
    Card,
    CardCategory,
    CardIdentifier,
    CardKind,
    CardLayer,
    CardState,
    Category,
    Change,
    ChangeSet,
    Family,
    FamilyAttribute,
    ImportRun,
    MeasureFamily,
    Offer,
    OfferPrice,
    Review,
)
from tests.factories import mas
from tests.isolation.objects import Shared

_numbers = count(1)


def attribute(type: str = "text", **fields: Any) -> Attribute:
    fields.setdefault("code", f"attribute-{next(_numbers)}")
    fields.setdefault("names", {"en": fields["code"].replace("-", " ").capitalize()})
    versions.forget()
    return Attribute.objects.create(type=type, **fields)


def option(attribute: Attribute, code: str, **fields: Any) -> AttributeOption:
    fields.setdefault("names", {"en": code.capitalize()})
    versions.forget()
    return AttributeOption.objects.create(attribute=attribute, code=code, **fields)


def family(
    *attributes: Attribute, required: tuple[str, ...] = (), axes: tuple[str, ...] = (), **fields: Any
) -> Family:
    fields.setdefault("code", f"family-{next(_numbers)}")
    fields.setdefault("names", {"en": fields["code"].capitalize()})
    versions.forget()
    made = Family.objects.create(**fields)
    FamilyAttribute.objects.bulk_create(
        FamilyAttribute(
            family=made,
            attribute=item,
            position=position,
            is_required=item.code in required,
            is_axis=item.code in axes,
        )
        for position, item in enumerate(attributes)
    )
    return made


def category(parent: Category | None = None, **fields: Any) -> Category:
    number = next(_numbers)
    fields.setdefault("code", f"category-{number}")
    fields.setdefault("slug", fields["code"])
    fields.setdefault("names", {"en": f"Category {number}"})
    versions.forget()
    if parent is None:
        return Category.add_root(**fields)
    # The in-memory parent may not know its children.
    return Category.objects.get(pk=parent.pk).add_child(**fields)


def brand(name: str = "", **fields: Any) -> Brand:
    name = name or f"Brand {next(_numbers)}"
    made = Brand.objects.create(name=name, code=name.lower().replace(" ", "-"), **fields)
    BrandAlias.objects.create(brand=made, name_norm="".join(filter(str.isalnum, name.upper())))
    return made


def change_set(source: str = "form", **fields: Any) -> ChangeSet:
    return ChangeSet.objects.create(
        actor_kind="system", actor_id="tests", actor_label="Tests", source=source, **fields
    )


def card(state: str = CardState.PUBLISHED, **fields: Any) -> Card:
    """A card with a title in its global layer; `values` adds more, `category` places it, `gtin` identifies it."""
    number = next(_numbers)
    title = fields.setdefault("title", f"Card {number}")
    values = {"title": title, **fields.pop("values", {})}
    placed, gtin = fields.pop("category", None), fields.pop("gtin", None)
    if "family" not in fields:
        fields["family"] = family()
    if fields.get("parent"):
        fields.setdefault("kind", CardKind.VARIANT)
    made = Card.objects.create(state=state, **fields)
    CardLayer.objects.create(card=made, values=values)
    if placed:
        CardCategory.objects.create(card=made, category=placed, is_main=True)
    if gtin:
        CardIdentifier.objects.create(card=made, type="gtin", value=gtin, value_norm=gtin.zfill(14))
    return made


def offer(
    card: Card | None = None, merchant: Merchant | None = None, *, price: int | None = 1000, **fields: Any
) -> Offer:
    """An active offer with stock 10 and one open-ended EUR price (minor units; None = no price)."""
    fields.setdefault("merchant_sku", f"SKU-{next(_numbers)}")
    fields.setdefault("available_quantity", 10)
    currency = fields.pop("currency", "EUR")
    made = Offer.objects.create(
        card=card or globals()["card"](), merchant=merchant or mas.merchant(), **fields
    )
    if price is not None:
        OfferPrice.objects.create(offer=made, currency=currency, amount_minor=price)
    return made


def isolation_objects(of: Merchant) -> dict[str, Any]:
    """One of everything product information keeps for a merchant, for the isolation sweep."""
    shape = attribute("select")
    option(shape, "round")
    kind = family(shape)
    place = category()
    maker = brand()
    own = card("rejected", family=kind, category=place, contributed_by=of)
    sold = offer(merchant=of)
    review = Review.objects.create(
        kind="new_card", state="rejected", card=own, merchant=of, reason="pictures"
    )
    source = change_set(merchant_id=of.pk)
    change = Change.objects.create(change_set=source, card=own, patch={"title": ["Old", own.title]})
    feed = ImportRun.objects.create(
        merchant=of,
        format="template",
        filename="of-the-victim.csv",
        stored_as="feeds/of-the-victim",
        sha256="0" * 64,
        bytes=1,
        header=["sku", "price"],
        dialect={"kind": "csv", "encoding": "utf-8", "delimiter": ","},
        started_by={"kind": "user", "id": "1", "label": "Victim"},
    )
    return {
        "pim-import": feed.ref,
        "pim-import-template": {"family": Shared("general"), "kind": Shared("csv")},
        "pim-card": own.ref,
        "pim-card-create_form": Shared(kind.code),
        "pim-identifier": own.ref,
        "pim-offer": sold.ref,
        "pim-review": review.ref,
        "pim-change": {"ref": own.ref, "change_id": change.pk, "code": Shared("title")},
        "pim-change_set": source.ref,
        "pim-family": Shared(kind.code),
        "pim-attribute": Shared(shape.code),
        "pim-category": Shared(place.ref),
        "pim-brand": Shared(maker.ref),
        "/cards": own.ref,
        "/offers": sold.ref,
        "/reviews": review.ref,
        "slug": Shared("no-such-card"),
        "pim-merchant": Shared(of.slug),
    }


def measure(code: str) -> MeasureFamily:
    """A measure that every installation has."""
    return MeasureFamily.objects.get(code=code)
