"""Counts asked for together: one statement, the same numbers as one by one."""

from typing import Any

import pytest

from backoffice.kernel import counting
from backoffice.kernel.counting import AtLeast, count_together
from backoffice.ui.formats import number_text
from mms.models import Mail, Task
from mms.selectors.tasks import list_open_tasks
from tests.factories import mms as make

pytestmark = pytest.mark.django_db


def test_counts_of_several_tables_cost_one_statement(django_assert_num_queries: Any) -> None:
    make.task()
    make.task()
    make.mail()
    with django_assert_num_queries(1):
        found = count_together(
            {
                "tasks": list_open_tasks(),
                "mails": Mail.objects.all(),
                "both": [Task.objects.all(), Mail.objects.all()],
                "none": Task.objects.filter(kind="nothing like it"),
                "never": Task.objects.none(),
            }
        )
    assert found == {"tasks": 2, "mails": 1, "both": 3, "none": 0, "never": 0}


def test_nobody_counts_further_than_anyone_reads(monkeypatch: Any) -> None:
    monkeypatch.setattr(counting, "MOST", 2)
    for _number in range(3):
        make.task()
    make.mail()
    found = count_together(
        {
            "tasks": Task.objects.all(),
            "mails": Mail.objects.all(),
            "both": [Mail.objects.all(), Mail.objects.all()],
        }
    )
    assert found == {"tasks": 2, "mails": 1, "both": 2}
    assert [key for key, number in found.items() if isinstance(number, AtLeast)] == ["tasks"]
    assert [number_text(number) for number in found.values()] == ["2+", "1", "2"]


def test_nothing_wanted_costs_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert count_together({}) == {}
        assert count_together({"never": Task.objects.none()}) == {"never": 0}
