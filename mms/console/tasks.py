from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.kernel import clock
from backoffice.ui.badges import state_label
from backoffice.ui.filters import ChoiceFilter, FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.pages import ActionPage, BulkAction, ConsolePage, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from mms.models import Task
from mms.operations.tasks import claim_task, close_task, release_task
from mms.permissions import VIEW_TASKS
from mms.selectors.tasks import (
    list_open_kinds,
    list_open_tasks,
    list_overdue_tasks,
    list_tasks,
    list_tasks_of,
)


def kind_label(kind: str) -> str:
    """The words an app registered for it; without any `mas.merchant_review` reads "Merchant review"."""
    label = state_label(kind, "mms.TaskKind")
    return kind.rpartition(".")[2].replace("_", " ").capitalize() if "." in label else label


def _state(task: Task) -> str:
    if not task.is_open:
        return "closed"
    return "overdue" if task.is_overdue else "open"


class TaskTable(Table):
    key = "ref"
    columns = (
        Column("title", gettext_lazy("Task"), link=True, sub="subject_ref"),
        Column("kind", gettext_lazy("Kind"), value=lambda task: kind_label(task.kind), sort=True, priority=2),
        Column("owner", gettext_lazy("Owner"), value=lambda task: str(task.owner or "–"), priority=2),
        Column("due_at", gettext_lazy("Due"), kind="when", sort=True),
        Column("state", gettext_lazy("State"), kind="badge", states="mms.Task", value=_state),
    )
    default_sort = "due_at"

    def row_url(self, record: Task) -> str:
        try:
            return reverse(record.url_name, args=record.url_args)
        except NoReverseMatch:
            # The page moved since the task was opened; the list still shows what it is about.
            return ""


OWNERS = [("me", gettext_lazy("Me")), ("nobody", gettext_lazy("Nobody"))]


class TaskFilter(FilterSet):
    q = SearchFilter(
        fields=["title__icontains", "subject_ref__iexact"], label=gettext_lazy("Task or reference")
    )
    kind = ChoiceFilter(
        label=gettext_lazy("Kind"),
        choices=lazy(lambda: [(kind, kind_label(kind)) for kind, _n in list_open_kinds()], list),
    )
    closed = YesNoFilter(label=gettext_lazy("Closed"), yes=Q(closed_at__isnull=False))
    overdue = ChoiceFilter(
        label=gettext_lazy("Overdue"), choices=[("yes", gettext_lazy("Yes"))], method="by_due"
    )
    owner = ChoiceFilter(label=gettext_lazy("Owner"), choices=OWNERS, method="by_owner")

    def by_due(self, rows: QuerySet[Task], _name: str, _value: str) -> QuerySet[Task]:
        return rows.filter(closed_at=None, due_at__lt=clock.now())

    def by_owner(self, rows: QuerySet[Task], _name: str, value: str) -> QuerySet[Task]:
        if value == "me":
            return rows.filter(closed_at=None, owner_id=self.request.user.pk)
        return rows.filter(closed_at=None, owner=None)


class TaskListView(ConsolePage, IndexPage):
    grant = VIEW_TASKS
    title = gettext_lazy("Tasks")
    table_class = TaskTable
    filter_class = TaskFilter
    empty_title = gettext_lazy("Nothing waits for you")
    empty_text = gettext_lazy("What needs a person's decision appears here with the moment it is due.")
    empty_icon = "tasks"
    bulk_actions = (
        BulkAction("claim", gettext_lazy("Take"), "claim_rows", icon="user", grant=VIEW_TASKS),
        BulkAction("release", gettext_lazy("Give back"), "release_rows", icon="undo", grant=VIEW_TASKS),
        BulkAction("close", gettext_lazy("Close"), "close_rows", icon="check", grant=VIEW_TASKS),
    )

    def get_rows(self) -> Any:
        return list_tasks()

    def get_tabs(self) -> list[Tab]:
        return [
            Tab(_("Open"), "closed=no", list_open_tasks()),
            Tab(_("Overdue"), "overdue=yes", list_overdue_tasks()),
            Tab(_("Mine"), "owner=me", list_tasks_of(self.actor.user_id)),
            Tab(_("All")),
        ]

    def _each(self, rows: Any, act: Any) -> int:
        refs = [task.ref for task in rows if task.is_open]
        for ref in refs:
            act(ref, actor=self.actor)
        return len(refs)

    def claim_rows(self, rows: Any) -> str:
        done = self._each(rows, claim_task)
        return ngettext("%(count)s task is yours now.", "%(count)s tasks are yours now.", done) % {
            "count": done
        }

    def release_rows(self, rows: Any) -> str:
        done = self._each(rows, release_task)
        return ngettext("%(count)s task is free again.", "%(count)s tasks are free again.", done) % {
            "count": done
        }

    def close_rows(self, rows: Any) -> str:
        done = self._each(rows, close_task)
        return ngettext("%(count)s task closed.", "%(count)s tasks closed.", done) % {"count": done}


class CloseTaskView(ConsolePage, ActionPage):
    grant = VIEW_TASKS
    success_message = gettext_lazy("Task closed.")

    def perform(self) -> None:
        close_task(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:mms-task-list")


class ClaimTaskView(CloseTaskView):
    success_message = gettext_lazy("The task is yours now.")

    def perform(self) -> None:
        claim_task(self.kwargs["ref"], actor=self.actor)
