"""The two-way comparison of storage and database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.storage import Storage

from backoffice.kernel import clock
from dam.selectors.archives import iterate_archive_names
from dam.selectors.originals import iterate_original_names, iterate_rendition_names
from dam.storage import ARCHIVES, ORIGINALS, RENDITIONS, list_names, private_storage, public_storage

# A file is written before its record; younger ones may belong to a transaction that is still open.
GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Orphans:
    """Names with a record but no file, and names with a file (older than the grace) but no record."""

    missing_files: tuple[str, ...]
    stray_private: tuple[str, ...]
    stray_public: tuple[str, ...]


def find_orphans() -> Orphans:
    """Compare both storages with the records; reads names only, no contents."""
    missing_originals, stray_originals = _compare(private_storage(), ORIGINALS, iterate_original_names())
    missing_renditions, stray_renditions = _compare(public_storage(), RENDITIONS, iterate_rendition_names())
    missing_archives, stray_archives = _compare(private_storage(), ARCHIVES, iterate_archive_names())
    return Orphans(
        missing_files=(*missing_originals, *missing_renditions, *missing_archives),
        stray_private=(*stray_originals, *stray_archives),
        stray_public=tuple(stray_renditions),
    )


def find_broken_pairs() -> Iterator[str]:
    """One sentence per file without record or record without file."""
    orphans = find_orphans()
    for name in orphans.missing_files:
        yield f"the file {name} is missing"
    for name in (*orphans.stray_private, *orphans.stray_public):
        yield f"the file {name} has no record"


def _compare(storage: Storage, folder: str, recorded: Iterable[str]) -> tuple[list[str], list[str]]:
    stored = set(list_names(storage, folder))
    missing = []
    for name in recorded:
        if name in stored:
            stored.discard(name)
        # Stored or deleted while we looked: ask again before calling it missing.
        elif not storage.exists(name):
            missing.append(name)
    before = clock.now() - GRACE
    strays = [
        name for name in sorted(stored) if storage.exists(name) and storage.get_modified_time(name) < before
    ]
    return missing, strays
