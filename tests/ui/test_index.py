"""Lists: search, filters, sorting, pages, bulk actions, export, all of it in the URL."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import clock, counting
from backoffice.kernel.models import Job
from tests.ui.conftest import make_job

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.pages")]
URL = "/console/try/jobs/"


def refs(response):
    return [row.record.ref for row in response.context_data["table"].page_rows]


@pytest.fixture
def three(db):
    return [make_job(title, done_count=number) for number, title in enumerate(["Alpha", "Beta", "Gamma"], 1)]


def test_rows_come_in_the_default_order_and_sort_by_whitelisted_columns_only(operator, three):
    a, b, c = (job.ref for job in three)
    assert refs(operator.get(URL)) == [c, b, a]
    assert refs(operator.get(URL, {"sort": "title"})) == [a, b, c]
    assert refs(operator.get(URL, {"sort": "-title"})) == [c, b, a]
    # `kind` is a field but not a sortable column; nonsense is no error either.
    for nonsense in ("kind", "payload__x", "-", "title;drop"):
        assert refs(operator.get(URL, {"sort": nonsense})) == [c, b, a]


def test_equal_values_are_ordered_by_key_so_pages_never_overlap(operator):
    made = {make_job("Same").ref for _ in range(60)}
    first = refs(operator.get(URL, {"per_page": 25}))
    second = refs(operator.get(URL, {"per_page": 25, "page": 2}))
    third = refs(operator.get(URL, {"per_page": 25, "page": 3}))
    assert [len(first), len(second), len(third)] == [25, 25, 10]
    assert set(first) | set(second) | set(third) == made


def test_a_very_long_list_is_counted_only_as_far_as_anyone_pages(operator, monkeypatch):
    monkeypatch.setattr(counting, "MOST", 50)
    for number in range(60):
        make_job(f"Job {number}")
    page = operator.get(URL, {"per_page": 25, "page": 9})
    assert page.context_data["table"].page.number == 2
    assert len(refs(page)) == 25
    assert "26–50 of 50+" in page.content.decode()
    # All rows that match are meant where all rows are asked for.
    assert len(exported(operator)) == 61
    assert operator.get(URL, {"q": "59"}).context_data["table"].count_text == "1"


@pytest.mark.parametrize("page", ["99", "0", "-3", "abc"])
def test_a_page_that_does_not_exist_is_no_error(operator, three, page):
    assert operator.get(URL, {"page": page}).status_code == 200


def test_every_word_of_the_search_must_match_somewhere(operator, three):
    assert refs(operator.get(URL, {"q": "lph"})) == [three[0].ref]
    assert refs(operator.get(URL, {"q": three[1].ref.lower()})) == [three[1].ref]
    assert refs(operator.get(URL, {"q": "alpha beta"})) == []


def test_filters_combine_and_stand_as_chips_that_remove_themselves(operator, three):
    Job.objects.filter(pk=three[0].pk).update(state="failed")
    Job.objects.filter(pk=three[1].pk).update(state="done")
    response = operator.get(URL, {"state": ["failed", "done"], "q": "a", "sort": "title", "page": "1"})
    assert refs(response) == [three[0].ref, three[1].ref]
    chips = [(chip.value, chip.remove_url) for chip in response.context_data["chips"]]
    assert chips == [
        ("a", "?state=failed&state=done&sort=title"),
        ("Failed", "?state=done&q=a&sort=title"),
        ("Done", "?state=failed&q=a&sort=title"),
    ]


def test_date_presets_count_local_days(operator, three):
    noon = datetime(2026, 3, 29, 12, tzinfo=UTC)
    with clock.frozen_at(noon):
        # 22:30 UTC of the 28th is already the 29th in Berlin.
        Job.objects.filter(pk=three[0].pk).update(created_at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
        Job.objects.filter(pk=three[1].pk).update(created_at=datetime(2026, 3, 28, 22, 30, tzinfo=UTC))
        Job.objects.filter(pk=three[2].pk).update(created_at=datetime(2026, 2, 1, tzinfo=UTC))
        assert refs(operator.get(URL, {"created": "today"})) == [three[0].ref]
        assert refs(operator.get(URL, {"created": "yesterday"})) == [three[1].ref]
        assert refs(operator.get(URL, {"created_from": "2026-02-01", "created_to": "2026-02-01"})) == [
            three[2].ref
        ]


def test_filters_that_make_no_sense_are_ignored(operator, three):
    response = operator.get(URL, {"state": "nonsense", "created_from": "31.02.2026"})
    assert response.status_code == 200
    assert len(refs(response)) == 3


def test_htmx_gets_the_table_part_only(operator, three):
    response = operator.get(URL, headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert b"Alpha" in response.content
    assert "HX-Request" in response["Vary"]


def test_an_empty_list_says_what_will_appear_and_an_empty_search_says_how_to_go_on(operator, three):
    assert b"Nothing matches these filters" in operator.get(URL, {"q": "zzz"}).content
    Job.objects.all().delete()
    assert b"No jobs yet" in operator.get(URL).content


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_few_statements_whatever_its_length(operator, rows):
    for number in range(rows):
        make_job(f"Job {number}")
    # The first page after signing in also notes in the session that the person is active.
    operator.get(URL)
    with CaptureQueriesContext(connection) as queries:
        operator.get(URL)
    own = [query for query in queries.captured_queries if "kernel_job" in query["sql"]]
    assert len(own) == 2
    # Session, user, their roles, count, rows.
    assert len(queries) == 5


def test_bulk_actions_touch_the_ticked_rows_only(operator, three):
    response = operator.post(URL, {"bulk": "rename", "selected": [three[0].ref, "JOB-FOREIGN"]}, follow=True)
    assert b"1 renamed." in response.content
    assert list(Job.objects.order_by("done_count").values_list("title", flat=True)) == [
        "renamed",
        "Beta",
        "Gamma",
    ]


def test_select_all_means_all_rows_that_match_the_filters(operator, three):
    operator.post(f"{URL}?q=a&state=waiting&per_page=25", {"bulk": "rename", "all": "1"})
    assert set(Job.objects.values_list("title", flat=True)) == {"renamed"}
    Job.objects.filter(pk=three[0].pk).update(title="kept", state="done")
    operator.post(f"{URL}?state=waiting", {"bulk": "wipe", "all": "1", "confirmed": "1"})
    assert sorted(Job.objects.values_list("title", flat=True)) == ["", "", "kept"]


def test_a_bulk_action_that_asks_first_changes_nothing_until_confirmed(operator, three):
    response = operator.post(URL, {"bulk": "wipe", "selected": [three[0].ref]})
    assert b"Wipe these titles?" in response.content
    assert b"1 row is selected." in response.content
    assert Job.objects.filter(title="").count() == 0
    operator.post(URL, {"bulk": "wipe", "selected": [three[0].ref], "confirmed": "1"})
    assert Job.objects.filter(title="").count() == 1


def test_a_refused_bulk_action_says_why(operator, three):
    response = operator.post(URL, {"bulk": "refuse", "selected": [three[0].ref]}, follow=True)
    assert b"None of these can be refused." in response.content


def test_unknown_bulk_actions_and_empty_selections_do_nothing(operator, three):
    assert operator.post(URL, {"bulk": "drop", "all": "1"}).status_code == 403
    response = operator.post(URL, {"bulk": "rename"}, follow=True)
    assert b"Select at least one row first." in response.content
    assert not Job.objects.filter(title="renamed").exists()


def test_columns_can_be_hidden_by_the_address(operator, three):
    response = operator.get(URL, {"hide": "title,state"})
    assert [c.key for c in response.context_data["table"].shown_columns] == [
        "ref", "done_count", "total_count", "created_at",
    ]  # fmt: skip


def test_rows_stand_close_together_by_the_address_and_a_search_keeps_that(operator, three):
    at_ease = operator.get(URL).content.decode()
    assert "bo-compact" not in at_ease
    assert 'href="?density=compact"' in at_ease
    page = operator.get(URL, {"density": "compact"}).content.decode()
    assert '<table class="bo-table bo-compact">' in page
    assert '<input type="hidden" name="density" value="compact">' in page


def exported(operator, **query):
    response = operator.get(URL, {"export": "csv", **query})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_export_holds_all_rows_that_match_in_the_order_shown_typed(operator, three):
    Job.objects.filter(pk=three[0].pk).update(total_count=1250, state="failed")
    lines = exported(operator, sort="title", q="a", page="7")
    assert lines[0] == ["Job", "Title", "Rows", "Fee", "Fee currency", "State", "Created"]
    assert [line[1] for line in lines[1:]] == ["Alpha", "Beta", "Gamma"]
    assert lines[1][2:6] == ["1", "12.50", "EUR", "Failed"]
    assert lines[2][3:5] == ["", ""]


INJECTIONS = [
    "=1+1",
    "+49 30 1",
    "-1+cmd",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_that_a_spreadsheet_would_calculate_is_neutralised(operator, text):
    make_job(text)
    assert exported(operator)[1][1] == f"'{text}"


def test_numbers_stay_numbers_in_exports(operator):
    make_job("plain", done_count=7)
    content = b"".join(operator.get(URL, {"export": "xlsx"}).streaming_content)
    row = [cell.value for cell in list(openpyxl.load_workbook(io.BytesIO(content)).active.rows)[1]]
    assert row[1:3] == ["plain", 7]


def test_text_cells_of_a_workbook_are_never_formulas(operator):
    make_job("=HYPERLINK(1)")
    content = b"".join(operator.get(URL, {"export": "xlsx"}).streaming_content)
    cell = list(openpyxl.load_workbook(io.BytesIO(content)).active.rows)[1][1]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_what_people_typed_is_escaped(operator):
    make_job("<script>alert(1)</script>")
    content = operator.get(URL).content
    assert b"<script>alert(1)" not in content
    assert b"&lt;script&gt;alert(1)" in content
