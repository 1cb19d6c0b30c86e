"""What can be wrong with a file, told so that the sender can mend it."""

from backoffice.kernel.errors import InvalidInput, NotFound, StateRefused


class AssetNotFound(NotFound):
    code = "asset_not_found"


class FileRefused(InvalidInput):
    """The content is not one of the accepted kinds, or is broken, too large or unsafe."""

    code = "file_refused"


class FileTypeRefused(FileRefused):
    code = "file_type_refused"


class FileTooLarge(FileRefused):
    code = "file_too_large"


class PictureTooLarge(FileRefused):
    code = "picture_too_large"


class FileBroken(FileRefused):
    code = "file_broken"


class ArchiveRefused(FileRefused):
    code = "archive_refused"


class AssetInUse(StateRefused):
    code = "asset_in_use"


class LinkExpired(NotFound):
    code = "link_expired"


class ArchiveNotFound(NotFound):
    code = "archive_not_found"
