"""Opening change sets: every write of values names one, so that it has an author and can be undone as a whole."""

from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import clipped
from pim.models import ChangeSet


def open_change_set(
    actor: Actor,
    *,
    source: str,
    merchant_id: int | None = None,
    job_ref: str = "",
    note: str = "",
    undoes: ChangeSet | None = None,
) -> ChangeSet:
    """Start recording what one act changes together; `source` is a `ChangeSource`."""
    return ChangeSet.objects.create(
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        merchant_id=merchant_id,
        source=source,
        job_ref=job_ref,
        note=clipped(note, 250),
        undoes=undoes,
    )
