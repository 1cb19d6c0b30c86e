"""Pictures and files of cards; DAM keeps the bytes, pim keeps which uuid stands where."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from backoffice.kernel import audit, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import gettext as _
from dam.operations.usage import drop_usage, record_usage
from pim.errors import CardNotFound
from pim.events import CardsChanged
from pim.models import AssetLink, AssetRole, Card
from pim.operations.card_rights import may_write_values


def _used_by(card: Card) -> str:
    return f"pim.card:{card.ref}"


@transaction.atomic
def link_assets(rows: Sequence[tuple[int, UUID]], *, actor: Actor, role: str = AssetRole.GALLERY) -> int:
    """Append files to cards (id, uuid); pairs that exist already stay as they are. How many were new.

    Set-based but for the note of use in DAM. Announces one `CardsChanged`.
    """
    cards = Card.objects.in_bulk({card_id for card_id, _uuid in rows})
    if any(not may_write_values(card, actor) for card in cards.values()):
        raise CardNotFound(_("There is no such card, or it is not yours to change."))
    links = AssetLink.objects.filter(card_id__in=cards, role=role)
    known = set(links.values_list("card_id", "asset_uuid"))
    last = dict(links.values_list("card_id").annotate(last=Max("position")))
    fresh = []
    for card_id, uuid in dict.fromkeys(rows):
        if card_id in cards and (card_id, uuid) not in known:
            last[card_id] = last.get(card_id, -1) + 1
            fresh.append(AssetLink(card_id=card_id, asset_uuid=uuid, role=role, position=last[card_id]))
    AssetLink.objects.bulk_create(fresh, batch_size=1000)
    for link in fresh:
        record_usage(link.asset_uuid, used_by=_used_by(cards[link.card_id]))
    if fresh:
        events.publish(CardsChanged(card_ids=tuple(sorted({link.card_id for link in fresh}))))
    return len(fresh)


@transaction.atomic
def unlink_asset(card: Card, uuid: UUID, *, actor: Actor) -> None:
    """Take a file from a card; safe to repeat. The file itself stays in DAM."""
    if not may_write_values(card, actor):
        raise CardNotFound(_("There is no such card, or it is not yours to change."))
    deleted, _per_model = AssetLink.objects.filter(card=card, asset_uuid=uuid).delete()
    if deleted:
        drop_usage(uuid, used_by=_used_by(card))
        audit.record(
            "pim.card.asset_removed", actor=actor, subject=card, changes={"asset": [str(uuid), None]}
        )
        events.publish(CardsChanged(card_ids=(card.pk,)))


@transaction.atomic
def order_assets(card: Card, uuids: Sequence[UUID], *, actor: Actor) -> None:
    """Put the gallery into this order; the first becomes the main picture. Unnamed ones follow."""
    if not may_write_values(card, actor):
        raise CardNotFound(_("There is no such card, or it is not yours to change."))
    wanted = {uuid: position for position, uuid in enumerate(uuids)}
    links = sorted(
        AssetLink.objects.select_for_update().filter(card=card, role=AssetRole.GALLERY),
        key=lambda link: (wanted.get(link.asset_uuid, len(wanted)), link.position, link.pk),
    )
    for position, link in enumerate(links):
        link.position = position
    AssetLink.objects.bulk_update(links, ["position"])
    events.publish(CardsChanged(card_ids=(card.pk,)))
