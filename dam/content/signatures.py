"""Recognise the accepted kinds by their first bytes; everything else is refused."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from backoffice.kernel.phrases import gettext as _
from dam.content.limits import MAX_BYTES, MEGABYTE
from dam.errors import FileBroken, FileTooLarge, FileTypeRefused

HEAD_BYTES = 4096
MP4_BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
}
GLB_JSON_CHUNK = 0x4E4F534A


@dataclass(frozen=True, slots=True)
class FileType:
    kind: str
    mime: str
    extension: str


JPEG = FileType("image", "image/jpeg", "jpg")
PNG = FileType("image", "image/png", "png")
WEBP = FileType("image", "image/webp", "webp")
GIF = FileType("image", "image/gif", "gif")
PDF = FileType("document", "application/pdf", "pdf")
GLB = FileType("model", "model/gltf-binary", "glb")
MP4 = FileType("video", "video/mp4", "mp4")

_BY_PREFIX = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-1.", PDF),
    (b"%PDF-2.", PDF),
)
_EXTENSIONS = {
    "jpg": "image", "jpeg": "image", "jfif": "image", "png": "image", "webp": "image", "gif": "image",
    "pdf": "document", "glb": "model", "mp4": "video", "m4v": "video",
}  # fmt: skip


def recognise(stream: BinaryIO, *, size: int, filename: str) -> FileType:
    """The type of the content, within its limit of bytes. Raises a `FileRefused` that tells what to send instead.

    A picture named as another picture format is taken for what it is; a page named `.png` or a video named `.pdf` is
    refused.
    """
    if size == 0:
        raise FileBroken(_("“%(name)s” is empty. Check the file and send it again.") % {"name": filename})
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    found = _match(head)
    if found is None:
        raise FileTypeRefused(_explain(head, filename))
    named = _EXTENSIONS.get(filename.rpartition(".")[2].lower())
    if named is not None and named != found.kind:
        raise FileTypeRefused(
            _("“%(name)s” is named like another kind of file than it contains (%(mime)s). Rename it.")
            % {"name": filename, "mime": found.mime}
        )
    limit = MAX_BYTES[found.kind]
    if size > limit:
        raise FileTooLarge(
            _("“%(name)s” has %(size)s MB; at most %(limit)s MB are accepted for this kind of file.")
            % {"name": filename, "size": -(-size // MEGABYTE), "limit": limit // MEGABYTE}
        )
    if found is GLB:
        _check_glb(head, size, filename)
    if found is PDF:
        _check_pdf(stream, size, filename)
    return found


def _match(head: bytes) -> FileType | None:
    for prefix, found in _BY_PREFIX:
        if head.startswith(prefix):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[:4] == b"glTF":
        return GLB
    if head[4:8] == b"ftyp" and head[8:12] in MP4_BRANDS:
        return MP4
    return None


def _explain(head: bytes, filename: str) -> str:
    start = head.lstrip()[:200].lower()
    values = {"name": filename}
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in head.lower()):
        return _("“%(name)s” is an SVG drawing. Export it as PNG or WebP and send that.") % values
    if start.startswith((b"<!doctype html", b"<html")) or b"<script" in start:
        return (
            _("“%(name)s” is a web page, not a picture. Download the picture itself and send that.") % values
        )
    if start.startswith(b"pk"):
        return _("“%(name)s” is a ZIP file. Use the ZIP upload to send many pictures at once.") % values
    return (
        _("“%(name)s” is not a kind of file that is accepted. Send JPEG, PNG, WebP, GIF, PDF, MP4 or GLB.")
        % values
    )


def _check_glb(head: bytes, size: int, filename: str) -> None:
    """glTF 2.0 section 4.4: 12 byte header with version and total length, then a JSON chunk first."""
    broken = FileBroken(
        _("“%(name)s” is not a complete glTF 2.0 binary. Export it again.") % {"name": filename}
    )
    if len(head) < 20:
        raise broken
    version, length, _chunk_length, chunk_type = struct.unpack("<IIII", head[4:20])
    if version != 2 or length != size or chunk_type != GLB_JSON_CHUNK:
        raise broken


def _check_pdf(stream: BinaryIO, size: int, filename: str) -> None:
    stream.seek(max(0, size - 2048))
    if b"%%EOF" not in stream.read(2048):
        raise FileBroken(_("“%(name)s” is cut off: the end of the PDF is missing.") % {"name": filename})
