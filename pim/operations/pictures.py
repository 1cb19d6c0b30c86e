"""Pictures that merchants' files bring: linked to the cards the merchant contributed, never to those of others."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from backoffice.kernel import events
from dam.operations.usage import record_usages
from pim.events import CardsChanged
from pim.models import AssetLink, AssetRole, Card, Offer

# A named file's place in the gallery counts before pictures that came without one.
NamedFiles = Sequence[tuple[str, str, int, str]]


@transaction.atomic
def link_pictures(
    pictures: Mapping[int, Sequence[UUID]], *, merchant_id: int, role: str = AssetRole.GALLERY
) -> int:
    """Add pictures to cards (by id) behind those they have; how many were new. Announces `CardsChanged`.

    Set-based and safe to repeat: a picture already linked stays where it is. Cards
    that somebody else brought in are left out.
    """
    own = set(
        Card.objects.filter(pk__in=list(pictures), contributed_by_id=merchant_id).values_list("pk", flat=True)
    )
    pictures = {card_id: uuids for card_id, uuids in pictures.items() if card_id in own}
    placed = []
    tails = dict(
        AssetLink.objects.filter(card_id__in=list(pictures), role=role)
        .values_list("card_id")
        .annotate(Max("position"))
    )
    for card_id, uuids in pictures.items():
        start = tails.get(card_id, -1) + 1
        placed += [(card_id, uuid, role, start + offset) for offset, uuid in enumerate(dict.fromkeys(uuids))]
    return _link(placed)


@transaction.atomic
def link_named_files(files: NamedFiles, *, merchant_id: int) -> int:
    """Link files named by SKU to the cards behind this merchant's offers that it contributed; how many were new.

    Pictures of a variant go to the variant; a SKU that is not offered (yet) shows as a miss in the upload's report.
    """
    cards = dict(
        Offer.objects.filter(
            merchant_id=merchant_id,
            merchant_sku__in={sku for sku, _role, _position, _uuid in files},
            card__contributed_by_id=merchant_id,
        ).values_list("merchant_sku", "card_id")
    )
    known_roles = set(AssetRole.values)
    return _link(
        [
            (cards[sku], UUID(uuid), role if role in known_roles else AssetRole.GALLERY, position)
            for sku, role, position, uuid in files
            if sku in cards
        ]
    )


def _link(placed: Sequence[tuple[int, UUID, str, int]]) -> int:
    if not placed:
        return 0
    card_ids = {card_id for card_id, _uuid, _role, _position in placed}
    known = set(AssetLink.objects.filter(card_id__in=card_ids).values_list("card_id", "asset_uuid", "role"))
    fresh = [item for item in placed if (item[0], item[1], str(item[2])) not in known]
    AssetLink.objects.bulk_create(
        [
            AssetLink(card_id=card_id, asset_uuid=uuid, role=role, position=position)
            for card_id, uuid, role, position in fresh
        ],
        ignore_conflicts=True,
    )
    refs = dict(Card.objects.filter(pk__in=card_ids).values_list("pk", "ref"))
    record_usages([(uuid, f"pim.card:{refs[card_id]}") for card_id, uuid, _role, _position in fresh])
    if fresh:
        events.publish(CardsChanged(card_ids=tuple(sorted({item[0] for item in fresh}))))
    return len(fresh)
