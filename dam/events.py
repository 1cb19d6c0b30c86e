"""What DAM announces."""

from dataclasses import dataclass
from typing import ClassVar

from backoffice.kernel.events import Event


@dataclass(frozen=True, slots=True)
class AssetStored(Event):
    """A file became an asset of its owner; the renditions follow."""

    name: ClassVar[str] = "dam.asset_stored.v1"
    asset_uuid: str
    kind: str
    owner_merchant_id: int | None


@dataclass(frozen=True, slots=True)
class RenditionsReady(Event):
    """The sizes of a picture are published: every asset with this content shows them from now on."""

    name: ClassVar[str] = "dam.renditions_ready.v1"
    asset_uuids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssetDeleted(Event):
    name: ClassVar[str] = "dam.asset_deleted.v1"
    asset_uuid: str
    owner_merchant_id: int | None


@dataclass(frozen=True, slots=True)
class NamedFilesStored(Event):
    """Files whose names tell the product they belong to became assets; the catalogue links them.

    `files` are (SKU, role, position, asset uuid), in the order of the archive.
    """

    name: ClassVar[str] = "dam.named_files_stored.v1"
    archive_ref: str
    owner_merchant_id: int | None
    files: tuple[tuple[str, str, int, str], ...]
