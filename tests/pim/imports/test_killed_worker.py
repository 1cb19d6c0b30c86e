import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from backoffice.kernel import clock, work
from backoffice.kernel.models import Job, OutboxEvent
from pim.imports.runs import apply_import, check_import
from pim.models import Card, Change, ImportRow, Offer, PriceLog
from tests.factories.imports import importer, received, template_csv, template_row

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 35


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return (
        f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    )


def run_and_kill(job: Job, place: str, number: int) -> None:
    """Let a real process work on the job until it kills itself."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "backoffice.settings.test",
        "PRIVATE_FILES": str(settings.STORAGES["private"]["OPTIONS"]["location"]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.pim.imports.worker", str(job.pk), place, str(number)],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -9, done.stderr.decode()[-2000:]
    # Its lease runs out, and any other worker takes the job over.
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - timedelta(seconds=1))


@pytest.mark.parametrize(("place", "number"), [("inside", 2), ("after", 2)])
def test_a_killed_import_loses_nothing_and_doubles_nothing(place, number, monkeypatch):
    monkeypatch.setattr("pim.imports.jobs.CHUNK", 10)
    monkeypatch.setattr("pim.imports.checking.CHUNK", 10)
    # The job must wait for the other process, so nobody is woken here.
    monkeypatch.setattr("backoffice.kernel.wake._send", lambda *_args: None)
    run = received(template_csv(*[template_row(f"S{n:02}") for n in range(ROWS)]))
    actor = importer(run.merchant)

    check_import(run.ref, actor=actor)
    run.refresh_from_db()
    run_and_kill(Job.objects.get(ref=run.job_ref), place, number)
    assert 0 < ImportRow.objects.filter(run=run).count() < ROWS
    work.drain()
    assert ImportRow.objects.filter(run=run).count() == ROWS

    apply_import(run.ref, actor=actor)
    run.refresh_from_db()
    run_and_kill(Job.objects.get(ref=run.job_ref), place, number)
    assert 0 < Offer.objects.count() < ROWS
    work.drain()

    run.refresh_from_db()
    assert (run.state, run.counts["new"], run.counts["failed"]) == ("done", ROWS, 0)
    assert (Card.objects.count(), Offer.objects.count()) == (ROWS, ROWS)
    assert (Change.objects.count(), PriceLog.objects.count()) == (ROWS, ROWS)
    stated = OutboxEvent.objects.filter(name="pim.offers_stock_stated.v1").values_list(
        "payload__rows", flat=True
    )
    assert sum(len(rows) for rows in stated) == ROWS
