"""Keeping bytes: one filer record and one file per content."""

from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from filer.models import File, Image

from backoffice.kernel import clock
from dam.models import Kind, Original
from dam.operations.spool import SpooledFile
from dam.storage import keep_original


def keep(file: SpooledFile, *, filename: str, facts: dict[str, Any]) -> Original:
    """The original with this content, made if it is new (then `facts` must hold what the check found).

    Call it in a transaction. The bytes are written before the record, so a record always has its file.
    """
    found = Original.objects.filter(sha256=file.sha256).first()
    if found is not None:
        return found
    name = keep_original(file.sha256, file.path, file.bytes)
    try:
        with transaction.atomic():
            record = _filer_record(file, name, filename, facts)
            original = Original.objects.create(sha256=file.sha256, bytes=file.bytes, file=record, **facts)
    except IntegrityError:
        # The same content came in twice at once: the other one's record stands.
        return Original.objects.get(sha256=file.sha256)
    transaction.on_commit(partial(_keep_again, file))
    return original


def _filer_record(file: SpooledFile, name: str, filename: str, facts: dict[str, Any]) -> File:
    # Size and sha1 are given, so filer does not read the file again.
    values: dict[str, Any] = {
        "file": name,
        "is_public": False,
        "original_filename": filename,
        "name": filename,
        "mime_type": facts["mime"],
        "_file_size": file.bytes,
        "sha1": file.sha1,
    }
    if facts["kind"] == Kind.IMAGE:
        record: File = Image(**values, _width=facts["width"], _height=facts["height"], date_taken=clock.now())
    else:
        record = File(**values)
    record.save()
    return record


def _keep_again(file: SpooledFile) -> None:
    """Write the bytes once more if a deletion of the same content removed them between our look and our commit."""
    if file.path.exists():
        keep_original(file.sha256, file.path, file.bytes)
