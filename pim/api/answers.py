"""Rows as the endpoints answer them."""

from datetime import datetime
from typing import Any

from backoffice.kernel.money import Money
from pim.models import Card, Offer, OfferPrice, Review, ReviewKind
from pim.selectors.history import read_values_as_of
from pim.selectors.layers import read_layers
from pim.selectors.offer_lists import inactive_reason
from pim.selectors.proposals import list_proposal_lines
from pim.selectors.scopes import list_scopes


def card_short(card: Card) -> dict[str, Any]:
    return {
        "ref": card.ref,
        "kind": card.kind,
        "state": card.state,
        "title": card.title,
        "family": card.family.code,
        "brand": card.brand.name if card.brand else "",
        "readiness": card.readiness,
        "version": card.version,
        "updated_at": card.updated_at,
    }


def card_detail(card: Card, as_of: datetime | None) -> dict[str, Any]:
    layers = read_values_as_of(card, as_of).layers if as_of else read_layers([card.pk])[card.pk]
    codes = {scope.id: scope.code for scope in list_scopes().values()}
    return {
        **card_short(card),
        "layers": [
            {
                "scope": codes.get(layer.scope_id, str(layer.scope_id)),
                "locale": layer.locale,
                "values": dict(values),
            }
            for layer, values in sorted(layers.items())
        ],
        "identifiers": [
            {"type": item.type, "value": item.value} for item in card.identifiers.order_by("type", "value")
        ],
        "categories": list(
            card.placements.order_by("-is_main", "pk").values_list("category__ref", flat=True)
        ),
        "assets": [str(uuid) for uuid in card.asset_links.values_list("asset_uuid", flat=True)],
        "missing": card.missing,
        "as_of": as_of,
    }


def review_short(review: Review) -> dict[str, Any]:
    names = ("ref", "kind", "state", "reason", "note", "opened_at", "closed_at")
    return {name: getattr(review, name) for name in names} | {
        "card_ref": review.card.ref if review.card else "",
        "title": review.card.title if review.card else str(review.details.get("merchant_sku", "")),
        "merchant_ref": review.merchant.ref if review.merchant else "",
    }


def review_detail(review: Review) -> dict[str, Any]:
    lines = list_proposal_lines(review, "en") if review.kind == ReviewKind.PROPOSAL else []
    return review_short(review) | {
        "lines": [
            {
                "attribute": line.code,
                "locale": line.where,
                "seen": line.seen,
                "proposed": line.proposed,
                "state": line.state,
            }
            for line in lines
        ]
    }


def offer_short(offer: Offer, price: OfferPrice | None) -> dict[str, Any]:
    names = (
        "ref", "merchant_sku", "state", "condition", "available_quantity", "lead_time_days", "min_quantity",
        "max_quantity", "pack_size", "updated_at",
    )  # fmt: skip
    return {name: getattr(offer, name) for name in names} | {
        "card_ref": offer.card.ref,
        "title": offer.card.title,
        "reason": inactive_reason(offer, has_price=price is not None),
        "price": amount_text(price.amount_minor, price.currency) if price else None,
        "currency": price.currency if price else offer.merchant.currency,
    }


def amount_text(minor: int, currency: str) -> str:
    """Major units as plain decimal text."""
    return str(Money(minor, currency)).split(" ")[0]
