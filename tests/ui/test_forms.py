"""Forms: errors at their place, input kept, one effect per press, no lost update."""

import re

import pytest

from backoffice.kernel.models import Job
from backoffice.ui.forms import plain_decimal
from tests.ui.pages import TitleForm

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.pages")]


def hidden(response, name):
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode()).group(1)


@pytest.fixture
def url(job):
    return f"/portal/try/{job.ref}/title/"


@pytest.fixture
def opened(clerk, url):
    response = clerk.get(url)
    return {"form_token": hidden(response, "form_token"), "form_version": hidden(response, "form_version")}


def stored(job):
    job.refresh_from_db()
    return job.title, job.done_count


def test_a_good_form_calls_the_operation_once_and_goes_on(clerk, url, opened, job):
    response = clerk.post(url, {**opened, "title": "New"}, follow=True)
    assert b"Saved." in response.content
    assert stored(job) == ("New", 1)


def test_a_second_press_of_the_same_form_has_no_second_effect(clerk, url, opened, job):
    for _press in range(5):
        response = clerk.post(url, {**opened, "title": "New"})
        opened["form_version"] = hidden(clerk.get(url), "form_version")
        opened["form_version"] = "0"
        assert response.status_code in {302, 422}
    assert stored(job) == ("New", 1)


def test_the_same_token_with_other_content_is_not_done_and_says_so(clerk, url, job):
    token = {"form_token": "t" * 32}
    clerk.post(url, {**token, "title": "One"})
    response = clerk.post(url, {**token, "title": "Two"})
    assert response.status_code == 422
    assert b"This form was already sent" in response.content
    assert stored(job) == ("One", 1)


def test_errors_stand_at_their_field_and_input_is_kept(clerk, url, opened, job):
    response = clerk.post(url, {**opened, "title": "x" * 50, "fee": "1.999", "iban": "DE00"})
    text = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in text
    assert 'href="#id_title_field"' in text
    assert "x" * 50 in text
    assert "has more decimals than EUR allows" in text
    assert "This is not a valid IBAN" in text
    assert stored(job) == ("Import prices", 0)


def test_errors_of_the_operation_land_at_their_fields_and_the_rest_in_the_summary(clerk, url, opened):
    response = clerk.post(url, {**opened, "title": "taken"})
    form = response.context_data["form"]
    assert response.status_code == 422
    assert form.errors["title"] == ["This title is taken."]
    assert form.non_field_errors() == ["And this too."]


def test_a_refused_state_stands_in_the_summary(clerk, url, opened):
    response = clerk.post(url, {**opened, "title": "closed"})
    assert response.context_data["form"].non_field_errors() == ["The job is closed."]


def test_a_change_by_somebody_else_is_not_overwritten_until_one_has_seen_it(clerk, url, opened, job):
    Job.objects.filter(pk=job.pk).update(title="Theirs", attempts=7)
    response = clerk.post(url, {**opened, "title": "Mine"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "Somebody saved this while you were editing" in text
    assert "Theirs" in text
    assert 'value="Mine"' in text
    assert stored(job) == ("Theirs", 0)
    again = {"form_token": hidden(response, "form_token"), "form_version": hidden(response, "form_version")}
    clerk.post(url, {**again, "title": "Mine"})
    assert stored(job) == ("Mine", 1)


def test_an_invalid_first_try_does_not_hide_a_change_by_somebody_else(clerk, url, opened, job):
    Job.objects.filter(pk=job.pk).update(title="Theirs", attempts=7)
    response = clerk.post(url, {**opened, "title": ""})
    again = {"form_token": hidden(response, "form_token"), "form_version": hidden(response, "form_version")}
    clerk.post(url, {**again, "title": "Mine"})
    assert stored(job) == ("Theirs", 0)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("12.50", "12.50"),
        ("12,50", "12.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("−3", "-3"),
    ],
)
def test_amounts_are_read_as_people_write_them(typed, plain):
    assert plain_decimal(typed) == plain


def test_money_cleans_to_minor_units_and_iban_to_the_compact_form():
    form = TitleForm({"title": "a", "fee": "1.234,50", "iban": "de89 3704 0044 0532 0130 00"})
    assert form.is_valid()
    assert form.cleaned_data["fee"] == 123450
    assert form.cleaned_data["iban"] == "DE89370400440532013000"


def test_an_act_says_what_happened_and_goes_back_where_one_came_from(clerk):
    response = clerk.post("/portal/try/stop/", {"next": "/portal/search/"}, follow=True)
    assert response.redirect_chain == [("/portal/search/", 302)]
    assert b"Stopped." in response.content


def test_an_act_never_redirects_to_another_host(clerk):
    assert clerk.post("/portal/try/stop/", {"next": "//evil.example/"})["Location"] == "/portal/"


def test_a_refused_act_becomes_a_message(clerk):
    response = clerk.post("/portal/try/stop/", {"fail": "1"}, follow=True)
    assert b"It has already ended." in response.content


def test_an_act_cannot_be_done_by_following_a_link(clerk):
    assert clerk.get("/portal/try/stop/").status_code == 405


def test_an_irreversible_act_asks_first_and_wants_the_word(clerk):
    assert b"This cannot be undone." in clerk.get("/portal/try/close/").content
    assert clerk.post("/portal/try/close/", {"word": "close"}).status_code == 422
    response = clerk.post("/portal/try/close/", {"word": "CLOSE"}, follow=True)
    assert b"Closed." in response.content


def test_htmx_is_led_on_as_a_whole_page(clerk):
    response = clerk.post("/portal/try/stop/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (204, "/portal/")
