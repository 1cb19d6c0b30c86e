"""Tables of DAM; private to the app."""

from dam.models.archives import Archive, ArchiveEntry, SourceAddress
from dam.models.assets import Asset, AssetUsage
from dam.models.originals import Kind, Original, RenderState, Rendition
from dam.models.owners import Owner

__all__ = [
    "Archive",
    "ArchiveEntry",
    "Asset",
    "AssetUsage",
    "Kind",
    "Original",
    "Owner",
    "RenderState",
    "Rendition",
    "SourceAddress",
]
