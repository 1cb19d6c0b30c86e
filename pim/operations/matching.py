"""The matching ladder: merchant SKU → GTIN → brand + MPN → new card, set-wise for a chunk of rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from backoffice.kernel.errors import DomainError
from pim.models import IdentifierType, Offer
from pim.operations.identifiers import Identifier, brand_ids_by_code, find_holders, read_identifier
from pim.selectors.brands import find_brand_codes


@dataclass(frozen=True, slots=True)
class MatchRow:
    """What a feed says about the identity of one row."""

    merchant_sku: str
    gtin: str = ""
    brand: str = ""
    mpn: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a row belongs.

    `by` is "sku", "gtin", "mpn", "new", "conflict" (numbers point to several cards, see `conflicting_card_ids`) or
    "invalid" (see `error`). Rows that are new and share a number have the same `new_key`: they are one card.
    """

    by: str
    card_id: int | None = None
    offer_id: int | None = None
    new_key: str = ""
    identifiers: tuple[Identifier, ...] = ()
    conflicting_card_ids: tuple[int, ...] = ()
    field: str = ""
    error: str = ""


def match_rows(rows: Sequence[MatchRow], *, merchant_id: int) -> list[Match]:
    """Find the card of every row, in order; at most five statements whatever their number. Nothing is written.

    Two numbers of a row that point to two cards are never decided here: the row is a conflict for the review queue.
    """
    codes = find_brand_codes({row.brand.strip() for row in rows if row.brand.strip() and row.mpn.strip()})
    brand_ids = brand_ids_by_code(set(codes.values())) if codes else {}
    read = [_read(row, brand_ids.get(codes.get(row.brand.strip(), ""))) for row in rows]
    holders = find_holders({item for found, _field, _error in read for item in found})
    skus = {row.merchant_sku.strip() for row in rows if row.merchant_sku.strip()}
    offers = {
        sku: (pk, card_id)
        for sku, pk, card_id in Offer.objects.filter(
            merchant_id=merchant_id, merchant_sku__among=skus
        ).values_list("merchant_sku", "pk", "card_id")
    }
    return [
        Match("invalid", field=field, error=error)
        if error
        else _decide(row, found, holders, offers.get(row.merchant_sku.strip()))
        for row, (found, field, error) in zip(rows, read, strict=True)
    ]


def _read(row: MatchRow, brand_id: int | None) -> tuple[tuple[Identifier, ...], str, str]:
    found: list[Identifier] = []
    for field, text in ((IdentifierType.GTIN, row.gtin), (IdentifierType.MPN, row.mpn)):
        # Without a known brand a manufacturer's number says nothing.
        if not text.strip() or (field == IdentifierType.MPN and brand_id is None):
            continue
        try:
            found.append(read_identifier(field, text, brand_id))
        except DomainError as error:
            return (), str(field), str(error)
    return tuple(found), "", ""


def _decide(
    row: MatchRow,
    identifiers: tuple[Identifier, ...],
    holders: dict[Identifier, int],
    offer: tuple[int, int] | None,
) -> Match:
    hits = [(item.type, holders[item]) for item in identifiers if item in holders]
    cards = {card_id for _type, card_id in hits} | ({offer[1]} if offer else set())
    if len(cards) > 1:
        return Match("conflict", identifiers=identifiers, conflicting_card_ids=tuple(sorted(cards)))
    if offer:
        return Match("sku", card_id=offer[1], offer_id=offer[0], identifiers=identifiers)
    if hits:
        return Match(hits[0][0], card_id=hits[0][1], identifiers=identifiers)
    return Match("new", new_key=_new_key(row, identifiers), identifiers=identifiers)


def _new_key(row: MatchRow, identifiers: tuple[Identifier, ...]) -> str:
    if not identifiers:
        return f"sku:{row.merchant_sku.strip()}"
    first = identifiers[0]
    return f"{first.type}:{first.brand_id or ''}:{first.value_norm}"
