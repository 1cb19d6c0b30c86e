"""Where bytes lie: originals in private storage under their sha256, renditions in public storage under random keys."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.core.files.storage import Storage, default_storage, storages

from backoffice.kernel.refs import new_token

ORIGINALS = "orig"
RENDITIONS = "r"
ARCHIVES = "inbox"
CHUNK = 1024 * 1024


def private_storage() -> Storage:
    return storages["private"]


def original_name(sha256: str) -> str:
    """`orig/ab/abcdef…`: the user's file name lives in the database only, so it can never be a path."""
    return f"{ORIGINALS}/{sha256[:2]}/{sha256}"


def rendition_name(public_key: str, preset: str, fingerprint: str, extension: str) -> str:
    """`r/ab/<key>/card-1a2b3c4d.webp`: never used for other content, so it may be cached for ever."""
    return f"{RENDITIONS}/{public_key[:2].lower()}/{public_key}/{preset}-{fingerprint}.{extension}"


def keep_original(sha256: str, source: Path, size: int) -> str:
    """Put the bytes at their address unless they are there; a half-written file of a killed process is replaced."""
    storage, name = private_storage(), original_name(sha256)
    if storage.exists(name):
        if storage.size(name) == size:
            return name
        storage.delete(name)
    put(storage, name, source)
    return name


def put(storage: Storage, name: str, source: Path) -> None:
    """Store the file under exactly this name; on a local disk it appears complete or not at all."""
    try:
        target = Path(storage.path(name))
    except NotImplementedError:
        with source.open("rb") as stream:
            storage.save(name, File(stream))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.{new_token()}")
    with source.open("rb") as reader, half.open("wb") as writer:
        while chunk := reader.read(CHUNK):
            writer.write(chunk)
    half.replace(target)


@contextmanager
def local_copy(storage: Storage, name: str) -> Iterator[str]:
    """A path that the decoding child can open: the file itself on a local disk, a temporary copy otherwise."""
    try:
        path = storage.path(name)
    except NotImplementedError:
        path = ""
    if path:
        yield path
        return
    handle, path = tempfile.mkstemp(prefix="dam-")
    try:
        with storage.open(name) as reader, os.fdopen(handle, "wb") as writer:
            while chunk := reader.read(CHUNK):
                writer.write(chunk)
        yield path
    finally:
        Path(path).unlink(missing_ok=True)


def list_names(storage: Storage, folder: str) -> Iterator[str]:
    """Every file below `folder`, as names of the storage."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{file}" for file in files)
    for inner in folders:
        yield from list_names(storage, f"{folder}/{inner}")


def delete_quietly(storage: Storage, names: list[str]) -> None:
    """Remove files whose records are gone; what is left after a crash is found by the orphan scan."""
    for name in names:
        storage.delete(name)


def public_storage() -> Storage:
    return default_storage
