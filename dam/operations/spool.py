"""A file on its way in: on the local disk, measured and hashed once."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backoffice.kernel.phrases import gettext as _
from dam.content.limits import MAX_BYTES, MEGABYTE
from dam.errors import FileTooLarge

CHUNK = 1024 * 1024
LARGEST = max(MAX_BYTES.values())


@dataclass(frozen=True, slots=True)
class SpooledFile:
    path: Path
    bytes: int
    sha256: str
    sha1: str


Source = bytes | str | Path | Iterable[bytes]


@contextmanager
def spooled(source: Source, *, limit: int = LARGEST) -> Iterator[SpooledFile]:
    """The source (bytes, a path, or chunks such as `upload.chunks()`) as a file; memory stays constant.

    Raises `FileTooLarge` as soon as more than `limit` bytes have come.
    """
    if isinstance(source, str | Path):
        with open(source, "rb") as stream:
            yield _measured(Path(source), iter(lambda: stream.read(CHUNK), b""), limit, None)
        return
    chunks: Iterable[bytes] = (source,) if isinstance(source, bytes) else source
    handle, name = tempfile.mkstemp(prefix="dam-")
    path = Path(name)
    try:
        yield _measured(path, chunks, limit, handle)
    finally:
        path.unlink(missing_ok=True)


def _measured(path: Path, chunks: Iterable[bytes], limit: int, handle: int | None) -> SpooledFile:
    sha256, sha1, size = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), 0
    try:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise FileTooLarge(
                    _("The file is larger than %(limit)s MB. Make it smaller and send it again.")
                    % {"limit": limit // MEGABYTE}
                )
            sha256.update(chunk)
            sha1.update(chunk)
            if handle is not None:
                os.write(handle, chunk)
    finally:
        if handle is not None:
            os.close(handle)
    return SpooledFile(path, size, sha256.hexdigest(), sha1.hexdigest())
