from collections.abc import Iterable

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound
from mms.models import Task


def _of_operators() -> QuerySet[Task]:
    return Task.objects.filter(for_merchant=False)


def list_tasks() -> QuerySet[Task]:
    """Every task of the operator, the most urgent open ones first."""
    return _of_operators().select_related("owner").order_by("due_at", "id")


def list_tasks_for_merchant(merchant_id: int, kinds: Iterable[str]) -> QuerySet[Task]:
    """What this merchant has to do of these kinds, the most urgent first."""
    rows = Task.objects.filter(merchant_id=merchant_id, for_merchant=True, closed_at=None)
    return rows.filter(kind__in=list(kinds)).order_by("due_at", "id")


def list_open_tasks() -> QuerySet[Task]:
    return list_tasks().filter(closed_at=None)


def list_overdue_tasks() -> QuerySet[Task]:
    return list_open_tasks().filter(due_at__lt=clock.now())


def list_open_kinds() -> list[tuple[str, int]]:
    """Kinds with open tasks and how many, the largest first."""
    rows = (
        _of_operators()
        .filter(closed_at=None)
        .values_list("kind")
        .annotate(number=Count("id"))
        .order_by("-number")
    )
    return [(str(kind), int(number)) for kind, number in rows]


def get_task(ref: str) -> Task:
    task = list_tasks().filter(ref=ref).first()
    if task is None:
        raise NotFound(_("There is no such task."))
    return task


def list_tasks_of(user_id: int | None) -> QuerySet[Task]:
    """The open tasks a person took."""
    return list_open_tasks().filter(owner_id=user_id) if user_id else Task.objects.none()
