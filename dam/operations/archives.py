"""Many files at once: a ZIP whose names tell the products."""

import zipfile
from pathlib import PurePosixPath

from django.db import transaction

from backoffice.kernel import audit, events, jobs
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import DomainError
from backoffice.kernel.phrases import clipped
from backoffice.kernel.phrases import gettext as _
from backoffice.kernel.refs import new_token
from dam.content.archives import list_members
from dam.content.names import parse_name
from dam.events import NamedFilesStored
from dam.models import Archive, ArchiveEntry, Asset
from dam.operations.assets import clean_filename, store_asset
from dam.operations.spool import CHUNK, Source, spooled
from dam.permissions import MANAGE_ASSETS
from dam.storage import ARCHIVES, delete_quietly, private_storage, put

UNPACK_JOB = "dam.unpack"


def store_zip(source: Source, *, filename: str, owner_merchant_id: int | None, actor: Actor) -> Archive:
    """Take a ZIP in and unpack it by a job; files become assets; `NamedFilesStored` tells their products.

    Raises `ArchiveRefused` at once for what must not be unpacked; single files that are refused are in the report.
    """
    actor.require(MANAGE_ASSETS, merchant_id=owner_merchant_id)
    with spooled(source) as file:
        count = len(list_members(str(file.path)))
        name = f"{ARCHIVES}/{new_token()}.zip"
        put(private_storage(), name, file.path)
    filename = clean_filename(filename)
    with transaction.atomic():
        archive = Archive.objects.create(
            owner_merchant_id=owner_merchant_id,
            filename=filename,
            stored_as=name,
            created_by_label=actor.label,
        )
        job = jobs.enqueue(
            UNPACK_JOB,
            {"archive_id": archive.pk, "total": count},
            actor=actor,
            title=_("Unpack %(name)s") % {"name": filename},
            merchant_id=owner_merchant_id,
        )
        archive.job_ref = job.ref
        archive.save(update_fields=["job_ref"])
        audit.record("dam.archive.received", actor=actor, subject=archive, note=filename)
    return archive


def take_out(
    archive: Archive, path: str, member: zipfile.ZipInfo, number: int, *, actor: Actor
) -> ArchiveEntry:
    """Store one file of the archive; returns its line of the report, not yet saved. Safe to repeat."""
    filename = clean_filename(PurePosixPath(member.filename).name)
    named = parse_name(filename)
    entry = ArchiveEntry(archive=archive, number=number, name=filename, sku=named.sku)
    entry.role, entry.position = named.role, named.position
    try:
        with zipfile.ZipFile(path) as opened, opened.open(member) as stream:
            info = store_asset(
                iter(lambda: stream.read(CHUNK), b""),
                filename=filename,
                owner_merchant_id=archive.owner_merchant_id,
                actor=actor,
            )
        entry.asset = Asset.objects.get(uuid=info.uuid)
    except DomainError as error:
        entry.error = clipped(error.message, 400)
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError) as error:
        entry.error = _("The file cannot be taken out of the ZIP: %(why)s") % {"why": str(error)[:200]}
    return entry


def record_entries(archive: Archive, entries: list[ArchiveEntry]) -> None:
    """Write a chunk of the report and announce its files, in the caller's transaction."""
    ArchiveEntry.objects.bulk_create(entries, ignore_conflicts=True)
    files = tuple(
        (entry.sku, entry.role, entry.position, str(entry.asset.uuid))
        for entry in entries
        if entry.asset is not None
    )
    if files:
        events.publish(
            NamedFilesStored(archive.ref, owner_merchant_id=archive.owner_merchant_id, files=files)
        )


@transaction.atomic
def close_archive(archive: Archive) -> None:
    """Forget the ZIP itself; what was in it lives on as assets and report."""
    name = archive.stored_as
    Archive.objects.filter(pk=archive.pk).update(stored_as="")
    transaction.on_commit(lambda: delete_quietly(private_storage(), [name]))
