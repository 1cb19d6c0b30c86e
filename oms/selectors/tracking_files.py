"""Files of tracking numbers and what became of their rows."""

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from oms.models import TrackingFile, TrackingRow


def get_tracking_file(ref: str, *, actor: Actor) -> TrackingFile:
    """One file; raises `NotFound` for strangers and unknown refs alike."""
    found: TrackingFile | None = TrackingFile.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such file."))
    return found


def list_rows(file: TrackingFile) -> QuerySet[TrackingRow]:
    return TrackingRow.objects.filter(file=file).order_by("number")


def count_rows(file: TrackingFile) -> dict[str, int]:
    """Rows per state."""
    return dict(TrackingRow.objects.filter(file=file).order_by().values_list("state").annotate(n=Count("pk")))
