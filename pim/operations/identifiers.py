"""Giving cards their numbers; one live card per number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.bulk import insert_rows
from backoffice.kernel.phrases import gettext as _
from pim.errors import CardNotFound, IdentifierTaken, InvalidIdentifier
from pim.models import Brand, Card, CardIdentifier, IdentifierType
from pim.operations.card_rights import may_write_values
from pim.selectors.identifiers import normalise_gtin, normalise_mpn


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number in its compared form, with the text it came from."""

    type: str
    value: str
    value_norm: str
    brand_id: int | None = None


def read_identifier(type: str, text: str, brand_id: int | None = None) -> Identifier:
    """Check and normalise a number. Raises `InvalidIdentifier`."""
    text = text.strip()
    if type == IdentifierType.GTIN:
        return Identifier(type, text, normalise_gtin(text))
    if type == IdentifierType.MPN and brand_id is None:
        raise InvalidIdentifier(_("A manufacturer's number needs the brand beside it."))
    return Identifier(type, text, normalise_mpn(text), brand_id if type == IdentifierType.MPN else None)


def find_holders(identifiers: Iterable[Identifier]) -> dict[Identifier, int]:
    """The live card of each number that has one, in one statement."""
    wanted = list(identifiers)
    if not wanted:
        return {}
    rows = CardIdentifier.objects.filter(is_live=True, value_norm__among={item.value_norm for item in wanted})
    held: dict[tuple[str, str, int | None], int] = {
        (type, norm, brand_id): card_id
        for type, norm, brand_id, card_id in rows.values_list("type", "value_norm", "brand_id", "card_id")
    }
    found = {}
    for item in wanted:
        card_id = held.get((item.type, item.value_norm, item.brand_id))
        if card_id is not None:
            found[item] = card_id
    return found


def store_identifiers(rows: Sequence[tuple[int, Identifier]]) -> list[tuple[int, Identifier]]:
    """Add numbers to cards set-wise; pairs whose number another live card holds come back and are not stored."""
    holders = find_holders({item for _card, item in rows})
    refused, fresh = [], {}
    for card_id, item in rows:
        holder = holders.setdefault(item, card_id)
        if holder != card_id:
            refused.append((card_id, item))
        else:
            fresh[card_id, item] = item
    known = set(
        CardIdentifier.objects.filter(card_id__among={card_id for card_id, _item in fresh}).values_list(
            "card_id", "type", "value_norm"
        )
    )
    insert_identifiers(
        [key for key in fresh if (key[0], key[1].type, key[1].value_norm) not in known],
    )
    return refused


def insert_identifiers(rows: Sequence[tuple[int, Identifier]]) -> None:
    """Write numbers that are known to be free."""
    insert_rows(
        CardIdentifier,
        ("card_id", "type", "value", "value_norm", "brand_id", "is_live"),
        [
            (card_id, str(item.type), item.value[:80], item.value_norm, item.brand_id, True)
            for card_id, item in rows
        ],
    )


@transaction.atomic
def add_identifier(card: Card, *, type: str, value: str, actor: Actor) -> None:
    """Give one card a number; safe to repeat. Raises `InvalidIdentifier`, `IdentifierTaken`."""
    if not may_write_values(card, actor):
        raise CardNotFound(_("There is no such card, or it is not yours to change."))
    item = read_identifier(type, value, card.brand_id)
    if store_identifiers([(card.pk, item)]):
        holder = Card.objects.get(pk=find_holders([item])[item])
        raise IdentifierTaken(
            _("%(value)s already belongs to %(title)s (%(ref)s).")
            % {"value": item.value, "title": holder, "ref": holder.ref},
            ref=holder.ref,
        )
    audit.record("pim.card.identifier_added", actor=actor, subject=card, changes={type: [None, item.value]})


@transaction.atomic
def remove_identifier(card: Card, *, type: str, value_norm: str, actor: Actor) -> None:
    """Take a number from a card; it becomes free. Safe to repeat."""
    if not may_write_values(card, actor):
        raise CardNotFound(_("There is no such card, or it is not yours to change."))
    found = CardIdentifier.objects.filter(card=card, type=type, value_norm=value_norm).first()
    if found is not None:
        found.delete()
        audit.record(
            "pim.card.identifier_removed", actor=actor, subject=card, changes={type: [found.value, None]}
        )


def set_identifiers_live(card_ids: Sequence[int], is_live: bool) -> None:
    """Free the numbers of cards that left the catalogue, or take them back."""
    CardIdentifier.objects.filter(card_id__in=card_ids).exclude(is_live=is_live).update(is_live=is_live)


def brand_ids_by_code(codes: Iterable[str]) -> dict[str, int]:
    wanted = set(codes)
    return dict(Brand.objects.filter(code__in=wanted).values_list("code", "pk")) if wanted else {}
