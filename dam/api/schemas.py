"""Assets as programs see them."""

from typing import Any, ClassVar
from uuid import UUID

from backoffice.ui.endpoints import StrictSchema


class RenditionOut(StrictSchema):
    """One published size; the address never changes its content."""

    url: str
    width: int
    height: int
    example: ClassVar[dict[str, Any]] = {
        "url": "/media/r/ab/abX/card-1a2b3c4d.webp",
        "width": 320,
        "height": 240,
    }


class AssetOut(StrictSchema):
    """A file; `renditions` are empty until the worker has made them, usually within seconds."""

    uuid: UUID
    kind: str
    mime: str
    filename: str
    title: str
    alt: str
    width: int | None
    height: int | None
    dominant_colour: str
    bytes: int
    renditions: dict[str, RenditionOut]
    fallbacks: dict[str, RenditionOut]
    example: ClassVar[dict[str, Any]] = {
        "uuid": "5f0c2c9e-8a1d-4a53-9c55-0d6c8f6f7b11",
        "kind": "image",
        "mime": "image/jpeg",
        "filename": "CHAIR-1.jpg",
        "title": "CHAIR 1",
        "alt": "A red chair with four legs",
        "width": 1600,
        "height": 1200,
        "dominant_colour": "#c81e28",
        "bytes": 184220,
        "renditions": {"card": RenditionOut.example},
        "fallbacks": {"card": RenditionOut.example | {"url": "/media/r/ab/abX/card-1a2b3c4d.jpg"}},
    }
