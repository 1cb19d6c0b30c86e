"""Who gets into a page: audience by base, grant by declaration, the right answer for everybody else."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from backoffice.ui.pages import ConsolePage
from tests.factories import mms

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.pages")]


def test_signed_out_people_go_to_the_sign_in_page_and_come_back_where_they_wanted():
    response = Client().get("/console/try/jobs/?q=a")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=%2Fconsole%2Ftry%2Fjobs%2F%3Fq%3Da"


def test_a_signed_out_htmx_request_redirects_the_whole_page():
    response = Client().get("/portal/", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fportal%2F"


def test_the_grant_opens_the_page(operator):
    assert operator.get("/console/try/jobs/").status_code == 200


def test_staff_without_the_grant_are_refused_inside_the_console():
    client = mms.sign_in(Client(), mms.operator_user("support"))
    response = client.get("/console/try/jobs/")
    assert response.status_code == 403
    assert b"You may not do this" in response.content


def test_merchant_people_never_enter_the_console_and_staff_never_the_portal(clerk, operator):
    assert clerk.get("/console/").status_code == 403
    assert operator.get("/portal/").status_code == 403


def test_public_pages_need_nobody():
    assert Client().get("/console/try/public/").status_code == 200


def test_a_page_without_a_grant_cannot_be_mounted():
    class Forgotten(ConsolePage):
        pass

    with pytest.raises(ImproperlyConfigured, match="must declare its audience and grant"):
        Forgotten.as_view()


def test_a_missing_thing_answers_404_without_repeating_why(operator):
    response = operator.get("/console/try/jobs/JOB-NOWHERE/")
    assert response.status_code == 404
    assert b"There is no such job" not in response.content
    assert b"There is nothing at this address" in response.content


def test_a_refusal_that_no_page_handles_becomes_a_page_with_its_status(operator):
    response = operator.get("/console/try/refused/")
    assert response.status_code == 409
    assert b"The period is closed." in response.content


def test_after_signing_in_everybody_lands_in_their_own_audience(operator, clerk):
    assert operator.get("/welcome/")["Location"] == "/console/"
    assert clerk.get("/welcome/")["Location"] == "/portal/"
    nobody = mms.sign_in(Client(), mms.user())
    assert nobody.get("/welcome/").status_code == 403
