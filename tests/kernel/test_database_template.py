"""The suite's own ground: a committed row is gone in the next test, what migrations seeded is still there."""

import pytest
from django.contrib.contenttypes.models import ContentType

from backoffice.kernel import audit, clock
from backoffice.kernel.models import AuditEntry, PeriodicMark
from tests.factories.actors import operator_actor


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_leaves_nothing_behind_even_in_append_only_tables(turn):
    assert AuditEntry.objects.count() == 0
    mark = PeriodicMark.objects.create(name="left behind", next_at=clock.now())
    audit.record("tests.committed", actor=operator_actor(), subject=mark)
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_migrations_seeded_survives_tests_that_commit():
    assert ContentType.objects.filter(app_label="kernel", model="job").exists()
