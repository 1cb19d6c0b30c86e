"""Rows that every installation starts with are written once their tables are complete, not before."""

import pytest
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder

from backoffice.kernel.seeding import has_its_tables
from mms.apps import _seed as seed
from mms.models import Role

pytestmark = pytest.mark.django_db


def test_an_app_whose_last_migration_is_missing_is_not_seeded():
    Role.objects.all().delete()
    assert has_its_tables("mms", "default")
    MigrationRecorder.Migration.objects.filter(app="mms").delete()
    assert not has_its_tables("mms", "default")
    seed(using="default")
    assert not Role.objects.exists()


def test_an_app_that_is_complete_is_seeded():
    Role.objects.all().delete()
    call_command("migrate", "mms", verbosity=0)
    assert Role.objects.exists()
