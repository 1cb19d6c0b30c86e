"""Assets as other apps see them: one frozen record that holds all a page needs, so drawing a list reads no file."""

import uuid as uuids
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from dam.errors import AssetNotFound
from dam.models import Asset
from dam.presets import ORIGINAL

AssetKey = uuids.UUID | str
# Names of renditions whose format every browser and mail program shows.
FALLBACK_FORMAT = "jpeg"


class RenditionInfo(NamedTuple):
    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class AssetInfo:
    """`renditions` are WebP, `fallbacks` the same presets as JPEG; both are empty until the worker has been."""

    uuid: uuids.UUID
    kind: str
    mime: str
    filename: str
    title: str
    alt: str
    width: int | None
    height: int | None
    dominant_colour: str
    bytes: int
    is_private: bool
    owner_merchant_id: int | None
    # Where a video, model or public document is played or opened; for pictures the largest rendition.
    original_url: str = ""
    renditions: Mapping[str, RenditionInfo] = field(default_factory=dict)
    fallbacks: Mapping[str, RenditionInfo] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return bool(self.renditions) or bool(self.original_url)


def info_of(asset: Asset) -> AssetInfo:
    """The record of a loaded asset (`original` must have been selected); expired and private ones have no addresses."""
    original = asset.original
    shown = {} if asset.is_private or asset.is_expired else original.renditions
    renditions, fallbacks = {}, {}
    original_url = ""
    for preset, formats in shown.items():
        for name_of_format, (name, width, height) in formats.items():
            url = default_storage.url(name)
            if preset == ORIGINAL:
                original_url = url
            elif name_of_format == FALLBACK_FORMAT:
                fallbacks[preset] = RenditionInfo(url, width, height)
            else:
                renditions[preset] = RenditionInfo(url, width, height)
    if not original_url and "zoom" in fallbacks:
        original_url = fallbacks["zoom"].url
    return AssetInfo(
        uuid=asset.uuid,
        kind=asset.kind,
        mime=original.mime,
        filename=asset.filename,
        title=asset.title,
        alt=asset.alt,
        width=original.width,
        height=original.height,
        dominant_colour=original.dominant_colour,
        bytes=original.bytes,
        is_private=asset.is_private,
        owner_merchant_id=asset.owner_merchant_id,
        original_url=original_url,
        renditions=renditions,
        fallbacks=fallbacks,
    )


def get_asset_infos(keys: Iterable[AssetKey | None]) -> dict[uuids.UUID, AssetInfo]:
    """The records of many assets in one query; unknown uuids and blanks are left out."""
    wanted = {uuid for key in keys if key and (uuid := _as_uuid(key)) is not None}
    if not wanted:
        return {}
    rows = Asset.objects.filter(uuid__in=wanted).select_related("original")
    return {row.uuid: info_of(row) for row in rows}


def get_asset_info(key: AssetKey) -> AssetInfo:
    """The record of one asset. Raises `AssetNotFound`."""
    wanted = _as_uuid(key)
    found = get_asset_infos([wanted]) if wanted else {}
    if wanted is None or wanted not in found:
        raise _not_found()
    return found[wanted]


def find_asset_info(key: AssetKey | None) -> AssetInfo | None:
    """The record of one asset, or None when the uuid is blank or unknown."""
    return next(iter(get_asset_infos([key]).values()), None)


def get_asset(key: AssetKey, *, actor: Actor) -> Asset:
    """One asset the actor may see. Raises `AssetNotFound`, also for assets of other merchants."""
    wanted = _as_uuid(key)
    rows = Asset.objects.visible_to(actor).select_related("original")
    asset = rows.filter(uuid=wanted).first() if wanted else None
    if asset is None:
        raise _not_found()
    return asset


def list_assets(actor: Actor) -> QuerySet[Asset]:
    """Assets the actor may see, newest first, with `usage_count`; private documents are shown where they belong."""
    rows = Asset.objects.visible_to(actor).filter(is_private=False)
    return rows.select_related("original").annotate(usage_count=Count("usages")).order_by("-id")


def _as_uuid(key: AssetKey | None) -> uuids.UUID | None:
    if isinstance(key, uuids.UUID):
        return key
    try:
        return uuids.UUID(str(key))
    except ValueError:
        return None


def _not_found() -> AssetNotFound:
    return AssetNotFound(_("There is no such picture or file. It may have been deleted."))


class OpenedFile(NamedTuple):
    filename: str
    mime: str
    stream: Any


def open_original(key: AssetKey, *, actor: Actor) -> OpenedFile:
    """The bytes of an asset the actor may see, for an app that delivers them under its own rights."""
    asset = get_asset(key, actor=actor)
    stored = asset.original.file.file
    return OpenedFile(asset.filename, asset.original.mime, stored.storage.open(stored.name))
