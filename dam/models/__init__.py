"""Tables of DAM; private to the app."""

from dam.models.assets import Asset, AssetUsage
from dam.models.originals import Kind, Original, RenderState, Rendition

__all__ = ["Asset", "AssetUsage", "Kind", "Original", "RenderState", "Rendition"]
