"""Document numbers are 1..n in every series, whoever issues at once and however many fail on the way."""

import multiprocessing
import os
import random

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction

from backoffice.kernel.models import IssuedNumber, NumberSeries
from backoffice.kernel.numbering import broken_series, issue_number
from backoffice.kernel.promises import numbers_without_gaps

PROCESSES, ATTEMPTS = 4, 25


def issue(document, owner="acme", year=2026):
    return issue_number("statement", owner=owner, year=year, document=document)


@pytest.mark.django_db
def test_every_owner_and_year_counts_for_itself():
    texts = [issue("a").text, issue("b").text, issue("c", owner="other").text, issue("d", year=2027).text]
    assert texts == ["ACME-2026-00001", "ACME-2026-00002", "OTHER-2026-00001", "ACME-2027-00001"]


@pytest.mark.django_db
def test_a_document_keeps_its_number():
    assert issue("a") == issue("a", year=2027)
    assert IssuedNumber.objects.count() == 1


@pytest.mark.django_db
def test_a_rollback_burns_no_number():
    issue("a")

    @transaction.atomic
    def issue_and_fail() -> None:
        issue("lost")
        raise ValueError("something else failed")

    with pytest.raises(ValueError, match="something else"):
        issue_and_fail()
    assert issue("b").number == 2
    assert list(broken_series()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forge",
    [
        lambda: IssuedNumber.objects.update(number=7),
        lambda: IssuedNumber.objects.all().delete(),
        lambda: NumberSeries.objects.update(last_number=7),
        lambda: NumberSeries.objects.update(last_number=0),
        lambda: IssuedNumber.objects.create(series=NumberSeries.objects.get(), number=1, document="twin"),
        lambda: IssuedNumber.objects.create(series=NumberSeries.objects.get(), number=0, document="zero"),
    ],
)
def test_the_database_refuses_to_renumber(forge):
    issue("a")
    with pytest.raises(IntegrityError), transaction.atomic():
        forge()
    assert list(numbers_without_gaps()) == []


@pytest.mark.django_db
def test_doctor_names_a_series_with_a_gap():
    issue("a")
    IssuedNumber.objects.create(series=NumberSeries.objects.get(), number=3, document="forged")
    assert list(numbers_without_gaps()) == [
        "statement acme 2026: 2 numbers from 1 to 3, the series stands at 1"
    ]


def _issue_with_failures(worker: int) -> None:
    connections.close_all()
    dice = random.Random(worker)
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                issue(f"{worker}-{attempt}")
                if dice.random() < 0.4:
                    raise ValueError("something else failed")
        except (ValueError, OperationalError):
            continue
    connections.close_all()
    os._exit(0)


@pytest.mark.django_db(transaction=True)
def test_processes_that_issue_at_once_and_fail_at_random_leave_no_gap():
    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_issue_with_failures, args=(number,)) for number in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=90)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    numbers = list(IssuedNumber.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert PROCESSES * ATTEMPTS // 4 < len(numbers) < PROCESSES * ATTEMPTS
    assert NumberSeries.objects.get().last_number == len(numbers)
