"""A long list is exported by a job: the same rows, for whoever asked, with a page that shows how far it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from openpyxl import load_workbook

from backoffice.kernel import clock, jobs
from backoffice.kernel.models import Job
from backoffice.ui import export_jobs
from tests.factories import mas, mms, oms

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _every_list_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "LONG", 1)


def export(client: Client, url: str) -> Job:
    """Ask for the file, let the worker write it."""
    answer = client.get(url)
    assert answer.status_code == 302
    job = Job.objects.get(kind=export_jobs.EXPORT_JOB)
    assert answer["Location"].endswith(f"/jobs/{job.ref}/")
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    return job


def content(client: Client, job: Job, audience: str) -> bytes:
    answer = client.get(f"/{audience}/jobs/{job.ref}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_merchants_long_export_holds_its_filtered_rows_only(client: Client) -> None:
    merchant = mas.merchant()
    shown = [oms.merchant_order(merchant) for _number in range(3)]
    hidden = oms.merchant_order(merchant, state="shipped")
    foreign = oms.merchant_order()
    mms.sign_in(client, mms.merchant_user(merchant))
    job = export(client, "/portal/orders/?state=waiting_acceptance&export=csv")
    text = content(client, job, "portal").decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + len(shown)
    assert all(part.ref in text for part in shown)
    assert hidden.ref not in text
    assert foreign.ref not in text
    assert job.done_count == job.total_count == 3
    assert b"Download" in client.get(f"/portal/jobs/{job.ref}/").content


def test_a_workbook_is_written_the_same_way(client: Client, tmp_path: Any) -> None:
    person = mms.operator_user()
    mms.user(name="=Formula")
    mms.sign_in(client, person)
    job = export(client, "/console/settings/users/?export=xlsx")
    file = tmp_path / "users.xlsx"
    file.write_bytes(content(client, job, "console"))
    cells = [row[0].value for row in load_workbook(file).active.iter_rows(min_row=2)]
    assert "=Formula" in cells
    assert len(cells) == job.total_count


def test_nobody_else_takes_the_file_not_even_a_colleague(client: Client) -> None:
    mms.sign_in(client, mms.operator_user())
    mms.user()
    job = export(client, "/console/settings/users/?export=csv")
    other = mms.sign_in(Client(), mms.operator_user())
    assert other.get(f"/console/jobs/{job.ref}/").status_code == 200
    assert other.get(f"/console/jobs/{job.ref}/file/").status_code == 404


def test_an_export_goes_after_a_week(client: Client) -> None:
    mms.sign_in(client, mms.operator_user())
    mms.user()
    job = export(client, "/console/settings/users/?export=csv")
    name = job.checkpoint["file"]
    Job.objects.filter(pk=job.pk).update(finished_at=clock.now() - timedelta(days=8))
    assert export_jobs.expire_exports() == 1
    assert not storages["private"].exists(name)
    assert client.get(f"/console/jobs/{job.ref}/file/").status_code == 404
    assert export_jobs.expire_exports() == 0


def test_a_short_list_comes_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "LONG", 5000)
    mms.sign_in(client, mms.operator_user())
    assert client.get("/console/settings/users/?export=csv")["Content-Type"].startswith("text/csv")
    assert not Job.objects.exists()
