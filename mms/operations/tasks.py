"""Things that wait for a person: the operator's inbox, and what merchants have to do in time."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import Conflict, NotFound
from mms.models import Task
from mms.permissions import VIEW_TASKS


class TaskDetails(TypedDict, total=False):
    """What a task may say besides: the arguments of its page, whose merchant it is about and does it, until when."""

    url_args: Sequence[str | int]
    merchant_id: int | None
    for_merchant: bool
    due_at: datetime | None


@transaction.atomic
def open_task(
    *,
    kind: str,
    title: str,
    url_name: str,
    subject_ref: str,
    **details: Unpack[TaskDetails],
) -> Task:
    """Ask for a person's attention; while a task of this kind about this subject is open, it is returned as it is.

    `url_name` with `url_args` is the page where the work is done, e.g. `console:mas-merchant-detail`.
    """
    open_tasks = Task.objects.filter(kind=kind, subject_ref=subject_ref, closed_at=None)
    found = open_tasks.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Task.objects.create(
                kind=kind,
                title=title,
                url_name=url_name,
                url_args=list(details.get("url_args", ())),
                merchant_id=details.get("merchant_id"),
                for_merchant=details.get("for_merchant", False),
                subject_ref=subject_ref,
                due_at=details.get("due_at"),
            )
    except IntegrityError:
        return open_tasks.get()


@transaction.atomic
def close_tasks(kind: str, subject_ref: str, *, actor: Actor | None = None) -> int:
    """The work is done: close the open task of this kind about this subject; returns how many were open."""
    return Task.objects.filter(kind=kind, subject_ref=subject_ref, closed_at=None).update(
        closed_at=clock.now(), closed_by_label=actor.label if actor else ""
    )


def _get_open(ref: str, actor: Actor) -> Task:
    actor.require(VIEW_TASKS)
    task = Task.objects.select_for_update(of=("self",)).filter(ref=ref, for_merchant=False).first()
    if task is None:
        raise NotFound(_("There is no such task."))
    if not task.is_open:
        raise Conflict(_("This task was closed in the meantime."))
    return task


@transaction.atomic
def claim_task(ref: str, *, actor: Actor) -> Task:
    """Take a task, also from a colleague; one's own stays one's own. Raises `NotFound`, `Conflict` when closed."""
    task = _get_open(ref, actor)
    if task.owner_id != actor.user_id:
        old = str(task.owner) if task.owner else ""
        task.owner_id = actor.user_id
        task.save(update_fields=["owner"])
        audit.record("mms.task.claimed", actor=actor, subject=task, changes={"owner": [old, actor.label]})
    return task


@transaction.atomic
def release_task(ref: str, *, actor: Actor) -> Task:
    """Give a task back to everybody. Raises `NotFound`, `Conflict` when closed."""
    task = _get_open(ref, actor)
    if task.owner_id is not None:
        task.owner = None
        task.save(update_fields=["owner"])
        audit.record("mms.task.released", actor=actor, subject=task)
    return task


@transaction.atomic
def close_task(ref: str, *, actor: Actor) -> Task:
    """Close a task by hand, when nothing is left to do. Raises `NotFound`, `Conflict` when closed already."""
    task = _get_open(ref, actor)
    task.closed_at, task.closed_by_label = clock.now(), actor.label
    task.save(update_fields=["closed_at", "closed_by_label"])
    audit.record("mms.task.closed", actor=actor, subject=task)
    return task
