"""Pictures and files for tests, drawn on the spot."""

import io
import json
import struct
import zipfile
from typing import Any

from django.db import models
from PIL import Image, ImageDraw

from backoffice.kernel.actors import system_actor
from dam.models import Archive
from dam.operations.assets import store_asset
from dam.selectors.assets import AssetInfo
from tests.isolation.objects import Shared


def picture_bytes(
    colour: tuple[int, ...] = (200, 30, 40),
    *,
    size: tuple[int, int] = (400, 300),
    format: str = "JPEG",
    exif: Image.Exif | None = None,
) -> bytes:
    """One picture: a plain ground of `colour` with a lighter square in it."""
    image = Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour)
    edge = min(size) // 4
    ImageDraw.Draw(image).rectangle((edge, edge, 2 * edge, 2 * edge), fill=(240, 240, 240))
    buffer = io.BytesIO()
    values: dict[str, Any] = {"exif": exif} if exif is not None else {}
    image.save(buffer, format, **values)
    return buffer.getvalue()


def picture_with_gps(*, orientation: int = 1) -> bytes:
    """A JPEG that tells where it was taken and which way up it is."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCameraMaker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    return picture_bytes(size=(600, 300), exif=exif)


def pdf_bytes() -> bytes:
    return b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


def glb_bytes() -> bytes:
    content = json.dumps({"asset": {"version": "2.0"}}).encode()
    content += b" " * (-len(content) % 4)
    chunk = struct.pack("<II", len(content), 0x4E4F534A) + content
    return b"glTF" + struct.pack("<II", 2, 12 + len(chunk)) + chunk


def mp4_bytes() -> bytes:
    return struct.pack(">I", 24) + b"ftypisom" + b"\x00\x00\x02\x00isomiso2" + struct.pack(">I", 8) + b"mdat"


def zip_bytes(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def stored_picture(owner_merchant_id: int | None = None, **values: Any) -> AssetInfo:
    """An asset whose renditions are still to be made by the worker."""
    return store_asset(
        picture_bytes(**values),
        filename="chair.jpg",
        owner_merchant_id=owner_merchant_id,
        actor=system_actor(),
    )


def isolation_objects(merchant: models.Model) -> dict[str, Any]:
    """One picture and one ZIP upload of a merchant, for the isolation sweep."""
    picture = stored_picture(merchant.pk, colour=(1, 2, 3))
    archive = Archive.objects.create(owner_merchant_id=merchant.pk, filename="of-the-victim.zip")
    return {
        "dam-asset": picture.uuid,
        "dam-archive": archive.ref,
        "/assets": picture.uuid,
        "media-file": Shared("r/no/such/file.webp"),
    }
