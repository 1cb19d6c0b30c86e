from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.errors import Conflict, NotFound, PermissionRefused
from mms.models import Task
from mms.operations.tasks import claim_task, close_task, close_tasks, release_task
from mms.permissions import VIEW_AUDIT, VIEW_TASKS
from mms.selectors.tasks import list_open_kinds, list_open_tasks, list_overdue_tasks
from tests.factories import mms as make
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db


def test_a_task_is_open_once_per_kind_and_subject() -> None:
    first = make.task("mas.review", subject_ref="MER-1")
    assert make.task("mas.review", subject_ref="MER-1") == first
    assert make.task("mas.document", subject_ref="MER-1") != first
    assert list_open_tasks().count() == 2


def test_a_closed_task_may_come_back_as_a_new_one() -> None:
    first = make.task("mas.review", subject_ref="MER-1")
    assert close_tasks("mas.review", "MER-1") == 1
    assert close_tasks("mas.review", "MER-1") == 0
    assert make.task("mas.review", subject_ref="MER-1") != first
    assert Task.objects.count() == 2


def test_tasks_are_late_after_their_time() -> None:
    make.task(due_at=clock.now() - timedelta(hours=1))
    make.task(due_at=clock.now() + timedelta(hours=1))
    make.task("oms.late")
    assert list_overdue_tasks().count() == 1
    assert list_open_kinds() == [("mas.review", 2), ("oms.late", 1)]


def test_taking_and_giving_back_a_task() -> None:
    person = make.operator_user("support")
    actor = operator_actor(VIEW_TASKS, user_id=person.pk)
    waiting = make.task()
    assert claim_task(waiting.ref, actor=actor).owner == person
    assert claim_task(waiting.ref, actor=actor).owner == person
    assert release_task(waiting.ref, actor=actor).owner is None


def test_a_closed_task_cannot_be_taken_or_closed_again() -> None:
    actor = operator_actor(VIEW_TASKS, user_id=make.operator_user("support").pk)
    waiting = make.task()
    assert close_task(waiting.ref, actor=actor).closed_by_label == actor.label
    for act in (claim_task, release_task, close_task):
        with pytest.raises(Conflict):
            act(waiting.ref, actor=actor)


def test_tasks_need_the_right_and_exist() -> None:
    waiting = make.task()
    with pytest.raises(PermissionRefused):
        close_task(waiting.ref, actor=operator_actor(VIEW_AUDIT))
    with pytest.raises(NotFound):
        close_task("TSK-NOTHING", actor=operator_actor(VIEW_TASKS))
    assert list_open_tasks().count() == 1
