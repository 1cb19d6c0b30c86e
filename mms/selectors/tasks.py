from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound
from mms.models import Task


def list_tasks() -> QuerySet[Task]:
    """Every task, the most urgent open ones first."""
    return Task.objects.select_related("owner").order_by("due_at", "id")


def list_open_tasks() -> QuerySet[Task]:
    return list_tasks().filter(closed_at=None)


def count_open_tasks() -> int:
    return Task.objects.filter(closed_at=None).count()


def count_overdue_tasks() -> int:
    return Task.objects.filter(closed_at=None, due_at__lt=clock.now()).count()


def list_open_kinds() -> list[tuple[str, int]]:
    """Kinds with open tasks and how many, the largest first."""
    rows = (
        Task.objects.filter(closed_at=None)
        .values_list("kind")
        .annotate(number=Count("id"))
        .order_by("-number")
    )
    return [(str(kind), int(number)) for kind, number in rows]


def get_task(ref: str) -> Task:
    task = Task.objects.select_related("owner").filter(ref=ref).first()
    if task is None:
        raise NotFound(_("There is no such task."))
    return task


def count_tasks_of(user_id: int | None) -> int:
    return Task.objects.filter(closed_at=None, owner_id=user_id).count() if user_id else 0
