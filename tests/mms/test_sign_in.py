"""Signing in: one door, two factors for staff, the same words for unknown people."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from backoffice.kernel.models import AuditEntry
from mms.models import Mail, User
from tests.factories import mms as make
from tests.factories.mas import merchant

pytestmark = pytest.mark.django_db
LOGIN, CONSOLE, ENROL = "/accounts/login/", "/console/", "/accounts/2fa/totp/activate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True


def _code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def _login(client: Client, email: str, password: str = make.PASSWORD) -> Any:
    return client.post(LOGIN, {"login": email, "password": password})


def _with_factor(person: User) -> User:
    TOTP.activate(person, SECRET)
    return person


def test_staff_without_a_second_factor_are_led_to_enrol() -> None:
    client, person = Client(), make.operator_user()
    assert _login(client, person.email).url == "/welcome/"
    response = client.get(CONSOLE)
    assert (response.status_code, response.url) == (302, ENROL)


@pytest.mark.django_db(transaction=True)
def test_enrolling_opens_the_console() -> None:
    client, person = Client(), make.operator_user()
    _login(client, person.email)
    page = client.get(ENROL)
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert client.post(ENROL, {"code": _code(secret)}).status_code == 302
    assert Authenticator.objects.filter(user=person, type="totp").exists()
    assert client.get(CONSOLE).status_code == 200


def test_staff_with_a_second_factor_are_asked_for_it_at_sign_in() -> None:
    client, person = Client(), _with_factor(make.operator_user())
    response = _login(client, person.email)
    assert response.url.startswith("/accounts/2fa/authenticate/")
    assert client.get(CONSOLE).url.startswith(LOGIN)
    assert client.post("/accounts/2fa/authenticate/", {"code": _code()}).url == "/welcome/"
    assert client.get(CONSOLE).status_code == 200


def test_a_password_only_session_of_somebody_with_two_factors_is_ended() -> None:
    client, person = Client(), _with_factor(make.operator_user())
    make.sign_in(client, person, method="password")
    response = client.get(CONSOLE + "tasks/")
    assert response.status_code == 302
    assert response.url == f"{LOGIN}?next=%2Fconsole%2Ftasks%2F"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["/console/login/", "/console/password_reset/"])
def test_wagtails_own_doors_are_shut(path: str) -> None:
    client, person = Client(), make.operator_user()
    response = client.post(path, {"username": person.email, "password": make.PASSWORD, "email": person.email})
    assert response.status_code in {302, 404, 405}
    assert "_auth_user_id" not in client.session


def test_every_wagtail_page_is_behind_the_second_factor() -> None:
    client = make.sign_in(Client(), make.operator_user(), method="password")
    for path in ("/console/pages/", "/console/account/", "/console/api/main/pages/", "/console/images/"):
        assert client.get(path).url == ENROL


def test_an_idle_session_ends() -> None:
    client = make.sign_in(Client(), make.operator_user())
    assert client.get(CONSOLE).status_code == 200
    session = client.session
    session["console_seen_at"] = int(time.time()) - 1801
    session.save()
    assert client.get(CONSOLE).url.startswith(LOGIN)
    assert "_auth_user_id" not in client.session


def test_merchant_people_need_no_second_factor_and_reach_no_console() -> None:
    client = Client()
    person = make.merchant_user(merchant())
    assert _login(client, person.email).url == "/welcome/"
    assert client.get("/welcome/").url == "/portal/"
    assert client.get(CONSOLE).status_code in {302, 403}
    assert client.get(CONSOLE + "settings/users/").status_code in {302, 403}


def test_unknown_people_and_wrong_passwords_read_the_same() -> None:
    known = make.user()
    answers = []
    for email in (known.email, "nobody@example.com"):
        response = _login(Client(), email, "not-the-password")
        answers.append((response.status_code, str(response.context["form"].errors)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200


def test_a_locked_person_cannot_sign_in() -> None:
    person = make.user(is_active=False)
    client = Client()
    _login(client, person.email)
    assert "_auth_user_id" not in client.session


def test_guessing_is_slowed_down() -> None:
    cache.clear()
    known = make.user()
    statuses = [_login(Client(), known.email, f"guess-{number}") for number in range(21)]
    assert _login(Client(), known.email).status_code != 302
    assert len(statuses) == 21


def test_signing_in_and_failing_to_are_in_the_audit_trail() -> None:
    person = make.user()
    _login(Client(), person.email, "wrong")
    _login(Client(), person.email)
    actions = list(
        AuditEntry.objects.filter(subject_ref=person.ref).order_by("id").values_list("action", "ip")
    )
    assert actions == [("mms.user.sign_in_refused", "127.0.0.1"), ("mms.user.signed_in", "127.0.0.1")]


def test_a_forgotten_password_is_reset_by_a_mail_of_the_outbox() -> None:
    person = make.user()
    client = Client()
    for email in (person.email, "nobody@example.com"):
        assert client.post("/accounts/password/reset/", {"email": email}).status_code == 302
    assert list(Mail.objects.values_list("to", flat=True)) == [person.email]
    assert "/accounts/password/reset/key/" in Mail.objects.get().body


def test_the_session_changes_its_key_at_sign_in() -> None:
    client, person = Client(), make.user()
    client.get(LOGIN)
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    _login(client, person.email)
    assert client.session.session_key != before


def test_nobody_signs_up_by_themselves() -> None:
    client = Client()
    client.post(
        "/accounts/signup/",
        {"email": "x@example.com", "password1": make.PASSWORD, "password2": make.PASSWORD},
    )
    assert User.objects.count() == 0
