"""Reads of ZIP uploads and their reports."""

from collections.abc import Iterator

from django.db.models import Count, Q, QuerySet

from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import gettext as _
from dam.errors import ArchiveNotFound
from dam.models import Archive, ArchiveEntry


def list_archives(actor: Actor) -> QuerySet[Archive]:
    """ZIP uploads the actor may see, newest first, with how many files were stored and refused."""
    return (
        Archive.objects.visible_to(actor)
        .annotate(
            stored_count=Count("entries", filter=Q(entries__error="")),
            refused_count=Count("entries", filter=~Q(entries__error="")),
        )
        .order_by("-id")
    )


def get_archive(ref: str, *, actor: Actor) -> Archive:
    """One upload. Raises `ArchiveNotFound`, also for those of other merchants."""
    archive = Archive.objects.visible_to(actor).filter(ref=ref).first()
    if archive is None:
        raise ArchiveNotFound(_("There is no such upload."))
    return archive


def find_archive_by_id(archive_id: int) -> Archive | None:
    return Archive.objects.filter(pk=archive_id).first()


def list_entries(archive: Archive) -> QuerySet[ArchiveEntry]:
    """The report, refused files first, with the number of places that show each file by now."""
    rows = ArchiveEntry.objects.filter(archive=archive).select_related("asset__original")
    return rows.annotate(usage_count=Count("asset__usages")).order_by("-error", "number")


def iterate_archive_names() -> Iterator[str]:
    """Storage names of the ZIP files that are not yet taken apart."""
    return Archive.objects.exclude(stored_as="").values_list("stored_as", flat=True).iterator(chunk_size=2000)
