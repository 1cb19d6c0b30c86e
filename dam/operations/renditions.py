"""Publishing what browsers show: each preset of a picture, a copy of what they play; done by the worker only."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from backoffice.kernel import clock, events, jobs
from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import gettext as _
from dam.content.signatures import GIF, GLB, JPEG, MP4, PDF, PNG, WEBP
from dam.errors import FileRefused
from dam.events import RenditionsReady
from dam.models import Asset, Kind, Original, RenderState, Rendition
from dam.presets import ORIGINAL, PRESETS
from dam.rendering import client
from dam.storage import local_copy, private_storage, public_storage, put, rendition_name

RENDER_JOB = "dam.render"
LEASE = timedelta(minutes=3)
MAX_ATTEMPTS = 3
EXTENSIONS = {item.mime: item.extension for item in (JPEG, PNG, WEBP, GIF, PDF, GLB, MP4)} | {
    "image/webp": "webp"
}
IN_WORK = [RenderState.PENDING, RenderState.RUNNING]


def request_renditions(original: Original, *, actor: Actor, again: bool = False) -> None:
    """Ask the worker for the renditions of a content; nothing happens when they are there, unless `again`."""
    wanted = Original.objects.filter(pk=original.pk)
    if not again:
        wanted = wanted.filter(render_state=RenderState.NONE)
    if wanted.update(
        render_state=RenderState.PENDING, render_due_at=clock.now(), render_attempts=0, render_error=""
    ):
        jobs.enqueue_once(RENDER_JOB, actor=actor, title=_("Render pictures"))


def claim_next_original() -> Original | None:
    """Claim one original whose renditions are due, by a conditional update; None when there is none left."""
    while True:
        now = clock.now()
        due = Original.objects.filter(render_state__in=IN_WORK, render_due_at__lte=now)
        original = due.order_by("render_due_at", "id").first()
        if original is None:
            return None
        if original.render_attempts >= MAX_ATTEMPTS:
            due.filter(pk=original.pk, render_attempts=original.render_attempts).update(
                render_state=RenderState.FAILED,
                render_error=original.render_error or "The worker stopped three times at this file.",
            )
            continue
        claimed = due.filter(pk=original.pk, render_attempts=original.render_attempts).update(
            render_state=RenderState.RUNNING,
            render_due_at=now + LEASE,
            render_attempts=F("render_attempts") + 1,
        )
        if claimed:
            original.refresh_from_db()
            return original


def render_original(original: Original) -> bool:
    """Make and publish all renditions of a claimed original; safe to repeat. Returns whether it succeeded.

    Decoding and writing happen outside any transaction; the records follow in one, with `RenditionsReady`.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="dam-") as folder, _local(original) as source:
            rows = (
                _pictures(original, source, folder)
                if original.kind == Kind.IMAGE
                else _copy(original, source)
            )
    except FileRefused as error:
        _fail(original, error.message, final=True)
        return False
    except OSError as error:
        _fail(original, f"{type(error).__name__}: {error}", final=False)
        return False
    _record(original, rows)
    return True


def _local(original: Original) -> Any:
    return local_copy(private_storage(), original.file.file.name)


def _pictures(original: Original, source: str, folder: str) -> list[Rendition]:
    outputs = [
        {
            "edge": preset.edge,
            "key": {"preset": preset.code, "fingerprint": preset.fingerprint},
            "files": [
                [name, quality, str(Path(folder) / f"{preset.code}.{name}")]
                for name, quality in preset.formats
            ],
        }
        for preset in PRESETS
    ]
    rows = []
    for made in client.render(source, outputs):
        extension = {"jpeg": "jpg"}.get(made["format"], made["format"])
        name = rendition_name(original.public_key, made["preset"], made["fingerprint"], extension)
        path = Path(made["path"])
        put(public_storage(), name, path)
        rows.append(
            Rendition(
                original=original, preset=made["preset"], format=made["format"], name=name,
                width=made["width"], height=made["height"], bytes=path.stat().st_size,
            )
        )  # fmt: skip
    return rows


def _copy(original: Original, source: str) -> list[Rendition]:
    """Videos, models and public documents are shown as they are, under an address that tells nothing."""
    extension = EXTENSIONS[original.mime]
    name = rendition_name(original.public_key, ORIGINAL, original.sha256[:8], extension)
    put(public_storage(), name, Path(source))
    return [Rendition(original=original, preset=ORIGINAL, format=extension, name=name, bytes=original.bytes)]


@transaction.atomic
def _record(original: Original, rows: list[Rendition]) -> None:
    if not Original.objects.filter(pk=original.pk).exists():
        return
    Rendition.objects.filter(original=original).delete()
    Rendition.objects.bulk_create(rows)
    shown: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        shown.setdefault(row.preset, {})[row.format] = [row.name, row.width or 0, row.height or 0]
    Original.objects.filter(pk=original.pk).update(
        renditions=shown, render_state=RenderState.READY, render_error=""
    )
    uuids = Asset.objects.filter(original=original, is_private=False).values_list("uuid", flat=True)
    events.publish(RenditionsReady(asset_uuids=tuple(str(key) for key in uuids)))


def _fail(original: Original, why: str, *, final: bool) -> None:
    given_up = final or original.render_attempts >= MAX_ATTEMPTS
    Original.objects.filter(pk=original.pk).update(
        render_state=RenderState.FAILED if given_up else RenderState.PENDING,
        render_due_at=clock.now() + timedelta(seconds=10 * original.render_attempts),
        render_error=why[:1000],
    )


def count_waiting_originals() -> int:
    """How many pictures and files wait for the worker."""
    return Original.objects.filter(Q(render_state__in=IN_WORK)).count()
