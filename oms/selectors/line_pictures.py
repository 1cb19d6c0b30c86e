"""The pictures beside lines of carts and orders."""

from collections.abc import Iterable
from uuid import UUID

from dam.selectors.assets import AssetInfo, get_asset_infos


def pictures_by_offer(pairs: Iterable[tuple[str, UUID | None]]) -> dict[str, AssetInfo | None]:
    """Pictures of lines `(offer ref, asset)` by offer ref, in one statement."""
    wanted = {offer_ref: uuid for offer_ref, uuid in pairs if uuid}
    found = get_asset_infos(set(wanted.values())) if wanted else {}
    return {offer_ref: found.get(uuid) for offer_ref, uuid in wanted.items()}
