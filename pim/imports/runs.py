"""What people do with imports: send a file, map it, check it, apply it, undo it."""

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction

from backoffice.kernel import audit, clock, jobs
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from backoffice.kernel.phrases import gettext as _
from backoffice.kernel.refs import new_token
from pim.imports.access import find_profile_for, get_import, remember_actor
from pim.imports.errors import ImportNotFound, unreadable
from pim.imports.formats.reading import Dialect, detect, read_header
from pim.imports.mapping.definition import Definition, check_definition, header_fingerprint
from pim.imports.mapping.proposals import is_template, propose
from pim.imports.shopify_reader import is_shopify
from pim.models import FeedFormat, ImportRow, ImportRun, ImportState, MappingProfile
from pim.permissions import IMPORT_PRODUCTS

CHECK_JOB = "pim.import_check"
APPLY_JOB = "pim.import_apply"
PICTURES_JOB = "pim.import_pictures"
FOLDER = "feeds"
MAX_BYTES = 500 * 1024 * 1024
# From these states a file may be mapped and checked (again).
OPEN_STATES = (
    ImportState.RECEIVED, ImportState.PREVIEWED, ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED,
)  # fmt: skip


def receive_import(
    chunks: Iterable[bytes], *, filename: str, merchant_id: int, currency: str, actor: Actor
) -> ImportRun:
    """Keep a product file as it came and find out what it is; a known kind gets its mapping at once.

    Raises `FileUnreadable` with a sentence for what cannot be a table. Nothing is read into the catalogue yet.
    """
    require_import_right(actor, merchant_id)
    with tempfile.TemporaryDirectory(prefix="pim-") as folder:
        path = Path(folder) / "feed"
        digest, size = _write(path, chunks)
        dialect = detect(path)
        header = read_header(path, dialect)
        with path.open("rb") as stream:
            stored_as = storages["private"].save(f"{FOLDER}/{new_token()}", File(stream))
    with transaction.atomic():
        feed_format = _format_of(header)
        profile = (
            find_profile_for(header, merchant_id=merchant_id) if feed_format == FeedFormat.CUSTOM else None
        )
        definition = (
            Definition.from_json(profile.definition)
            if profile
            else _first_guess(feed_format, header, currency)
        )
        run = ImportRun.objects.create(
            merchant_id=merchant_id,
            format=feed_format,
            filename=_clean_name(filename),
            stored_as=stored_as,
            sha256=digest,
            bytes=size,
            dialect=dialect.as_json(),
            header=header,
            definition=definition.as_json(),
            profile=profile,
            started_by=remember_actor(actor),
            created_by_label=actor.label,
        )
        audit.record("pim.import.received", actor=actor, subject=run, note=run.filename)
    return run


def require_import_right(actor: Actor, merchant_id: int) -> None:
    """The right to import for this merchant; strangers get "not found"."""
    if not actor.is_global and merchant_id not in actor.merchant_ids:
        raise ImportNotFound(_("There is no such import."))
    actor.require(IMPORT_PRODUCTS, merchant_id=merchant_id)


def _write(path: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as stream:
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise unreadable("too_large", _("The file is larger than 500 MB. Split it."))
            digest.update(chunk)
            stream.write(chunk)
    return digest.hexdigest(), size


def _clean_name(filename: str) -> str:
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable()).strip()[-200:] or "file"


def _format_of(header: list[str]) -> str:
    if is_shopify(header):
        return FeedFormat.SHOPIFY
    return FeedFormat.TEMPLATE if is_template(header) else FeedFormat.CUSTOM


def _first_guess(feed_format: str, header: list[str], currency: str) -> Definition:
    if feed_format == FeedFormat.SHOPIFY:
        return Definition(currency=currency, create_brands=True)
    return propose(header, currency=currency)


@transaction.atomic
def map_import(ref: str, definition: Definition, *, save_as: str = "", actor: Actor) -> ImportRun:
    """Set how the file is read; `save_as` keeps it as a profile that is proposed for the same columns next time.

    Raises `MappingIncomplete`. What was checked before is forgotten.
    """
    run = _lock(ref, actor)
    _require_open(run)
    if run.format != FeedFormat.SHOPIFY:
        check_definition(definition, run.header)
    run.definition = definition.as_json()
    if save_as:
        run.profile = save_profile(run.merchant_id, save_as, run.header, definition, feed_format=run.format)
    run.state, run.error = ImportState.RECEIVED, ""
    run.save(update_fields=["definition", "profile", "state", "error"])
    return run


def save_profile(
    merchant_id: int | None,
    name: str,
    header: list[str],
    definition: Definition,
    *,
    feed_format: str = FeedFormat.CUSTOM,
) -> MappingProfile:
    """Create a profile or replace the one of the same name."""
    profile = MappingProfile.objects.filter(merchant=merchant_id, name=name[:120]).first()
    if profile is None:
        profile = MappingProfile(merchant_id=merchant_id, name=name[:120])
    profile.definition = definition.as_json()
    profile.header_sha256 = header_fingerprint(header)
    profile.format, profile.updated_at = feed_format, clock.now()
    profile.save()
    return profile


@transaction.atomic
def check_import(ref: str, *, actor: Actor) -> ImportRun:
    """Start the dry run by a job: every row is read, checked, matched and compared; nothing in the catalogue changes.

    Starting it again (after a rate was entered, a mapping mended) begins anew from the kept file.
    """
    run = _lock(ref, actor)
    _require_open(run)
    if run.format != FeedFormat.SHOPIFY:
        check_definition(Definition.from_json(run.definition), run.header)
    ImportRow.objects.filter(run=run).delete()
    run.state, run.error = ImportState.CHECKING, ""
    run.row_count, run.preview_counts, run.counts, run.change_set = 0, {}, {}, None
    run.started_by = remember_actor(actor)
    run.job_ref = _enqueue(CHECK_JOB, run, actor, _("Check %(name)s") % {"name": run.filename})
    run.save()
    return run


@transaction.atomic
def apply_import(ref: str, *, actor: Actor) -> ImportRun:
    """Write what the dry run showed, by a job in chunks; a row that has become impossible meanwhile fails alone."""
    run = _lock(ref, actor)
    if run.state in (ImportState.APPLYING, ImportState.DONE):
        return run
    if run.state not in (ImportState.PREVIEWED, ImportState.CANCELLED):
        raise StateRefused(_("Check the file first; then it can be applied."))
    if run.state == ImportState.CANCELLED and not run.preview_counts:
        raise StateRefused(_("The check was cancelled. Check the file again first."))
    run.state, run.error, run.finished_at = ImportState.APPLYING, "", None
    run.started_by = remember_actor(actor)
    run.job_ref = _enqueue(APPLY_JOB, run, actor, _("Import %(name)s") % {"name": run.filename})
    run.save(update_fields=["state", "error", "finished_at", "started_by", "job_ref"])
    audit.record("pim.import.applied", actor=actor, subject=run, note=run.filename)
    return run


@transaction.atomic
def cancel_import(ref: str, *, actor: Actor) -> ImportRun:
    """Stop a running check or import after its current chunk; what was applied stays and can be undone."""
    run = _lock(ref, actor)
    if not run.is_running:
        raise StateRefused(_("This import is not running."))
    job = jobs.cancel_job(run.job_ref, actor=actor)
    if job.is_finished:
        run.state, run.finished_at = ImportState.CANCELLED, clock.now()
        run.save(update_fields=["state", "finished_at"])
    return run


def _enqueue(kind: str, run: ImportRun, actor: Actor, title: str) -> str:
    job = jobs.enqueue(kind, {"run_id": run.pk}, actor=actor, title=title, merchant_id=run.merchant_id)
    return job.ref


def _lock(ref: str, actor: Actor) -> ImportRun:
    run = get_import(ref, actor=actor)
    require_import_right(actor, run.merchant_id)
    return ImportRun.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=run.pk)


def _require_open(run: ImportRun) -> None:
    if run.state not in OPEN_STATES:
        raise StateRefused(_("This import is running or was undone. Send the file again."))


def dialect_of(run: ImportRun) -> Dialect:
    """How the kept file is read."""
    if not run.dialect:
        raise InvalidInput(_("This import has no file."))
    return Dialect.from_json(run.dialect)
