"""Where assets are shown."""

from dam.models import Asset, AssetUsage
from dam.storage import public_storage


def list_usages(asset: Asset) -> list[AssetUsage]:
    """The places that show an asset, oldest first."""
    return list(AssetUsage.objects.filter(asset=asset).order_by("id"))


def list_renditions(asset: Asset) -> list[tuple[str, str, str, int, int, int]]:
    """(preset, format, url, width, height, bytes) of what is published, smallest first; none for private assets."""
    if asset.is_private or asset.is_expired:
        return []
    storage = public_storage()
    rows = asset.original.rendition_rows.order_by("width", "format")
    return [
        (row.preset, row.format, storage.url(row.name), row.width or 0, row.height or 0, row.bytes)
        for row in rows
    ]
