"""Reads about contents and their files."""

from collections.abc import Iterator
from datetime import datetime

from dam.models import Original, RenderState, Rendition


def has_due_originals(moment: datetime) -> bool:
    """Whether a content waits for its renditions, or was claimed by a worker that died."""
    return Original.objects.filter(
        render_state__in=[RenderState.PENDING, RenderState.RUNNING], render_due_at__lte=moment
    ).exists()


def iterate_original_names() -> Iterator[str]:
    """The storage name of every original."""
    return Original.objects.order_by("id").values_list("file__file", flat=True).iterator(chunk_size=2000)


def iterate_rendition_names() -> Iterator[str]:
    """The storage name of every rendition."""
    return Rendition.objects.order_by("id").values_list("name", flat=True).iterator(chunk_size=2000)
