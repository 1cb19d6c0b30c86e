"""ZIP files are looked at before anything is taken out of them."""

import zipfile
from pathlib import PurePosixPath

from backoffice.kernel.phrases import gettext as _
from dam.content.limits import ARCHIVE_MAX_BYTES, ARCHIVE_MAX_ENTRIES, ARCHIVE_MAX_RATIO, MEGABYTE
from dam.errors import ArchiveRefused

IGNORED_NAMES = {"thumbs.db", ".ds_store", "desktop.ini"}
ENCRYPTED = 0x1


def list_members(path: str) -> list[zipfile.ZipInfo]:
    """The files of a ZIP in their order, without folders and the litter of operating systems.

    Raises `ArchiveRefused` for broken, encrypted, overfull archives and for bombs.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ArchiveRefused(_("The ZIP file is broken. Pack it again and send it once more.")) from error
    if len(members) > ARCHIVE_MAX_ENTRIES:
        raise ArchiveRefused(
            _("The ZIP file holds %(count)s files; at most %(limit)s are accepted. Split it.")
            % {"count": len(members), "limit": ARCHIVE_MAX_ENTRIES}
        )
    files = [member for member in members if not member.is_dir() and not _is_litter(member.filename)]
    if any(member.flag_bits & ENCRYPTED for member in files):
        raise ArchiveRefused(_("The ZIP file is protected by a password. Pack it without one."))
    if sum(member.file_size for member in files) > ARCHIVE_MAX_BYTES:
        raise ArchiveRefused(
            _("The ZIP file unpacks to more than %(limit)s MB. Split it.")
            % {"limit": ARCHIVE_MAX_BYTES // MEGABYTE}
        )
    for member in files:
        if (
            member.file_size > ARCHIVE_MAX_RATIO * max(member.compress_size, 1)
            and member.file_size > MEGABYTE
        ):
            raise ArchiveRefused(
                _("“%(name)s” in the ZIP file unpacks to far more than a picture does.")
                % {"name": member.filename[:100]}
            )
    if not files:
        raise ArchiveRefused(_("The ZIP file is empty."))
    return files


def _is_litter(name: str) -> bool:
    path = PurePosixPath(name)
    return "__MACOSX" in path.parts or path.name.lower() in IGNORED_NAMES or path.name.startswith("._")
