"""Whatever is typed into a form, or sent past it: every page answers with a page, never with an error of ours."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from lxml import html

from backoffice.ui.pages import FormPage
from tests import pages
from tests.factories import mms as make
from tests.isolation.conftest import MERCHANT_ROLES
from tests.isolation.objects import Missing, fill
from tests.isolation.routes import all_routes, own_pages
from tests.isolation.test_api_commands import Undone

pytestmark = [pytest.mark.django_db, pytest.mark.long]
VALUES = ("9" * 40, "x" * 5000, "a\x00b", "1e999")


def _forms(response: Any) -> Iterator[dict[str, Any]]:
    for form in html.fromstring(pages.content(response)).forms:
        if form.method == "POST" and "form_token" in form.fields:
            sent: dict[str, Any] = {}
            for name, value in form.form_values():
                sent.setdefault(name, []).append(value)
            # What is not ticked or chosen is sent by nobody, but a stranger may send it.
            yield {name: [""] for name in form.fields if name} | sent


def _tries(client: Client, path: str) -> Iterator[tuple[str, int]]:
    opened = client.get(path)
    if opened.status_code != 200:
        return
    for sent in _forms(opened):
        sent.pop("form_token", None)
        sent.pop("form_version", None)
        for name in sent:
            for value in VALUES:
                try:
                    with transaction.atomic():
                        status = client.post(path, {**sent, name: value}).status_code
                        raise Undone
                except Undone:
                    yield f"{name}={value[:30]!r}", status


@pytest.mark.parametrize("audience", ["portal", "console"])
def test_nothing_typed_breaks_a_form(
    victim: Any, foreign: dict[str, Any], operator_people: dict[str, Any], audience: str
) -> None:
    person = (
        make.merchant_user(victim, *MERCHANT_ROLES) if audience == "portal" else operator_people["every role"]
    )
    client = make.sign_in(Client(raise_request_exception=False), person)
    views = {name: getattr(callback, "view_class", object) for _c, name, _p, _k, callback in all_routes()}
    problems, seen = [], 0
    for route in own_pages(audience):
        if not issubclass(views[route.full_name], FormPage):
            continue
        with suppress(Missing):
            path = route.path(fill(route.full_name, list(route.kwargs), foreign).kwargs)
            for what, status in _tries(client, path):
                seen += 1
                if status >= 500:
                    problems.append(f"{route.full_name} {path} with {what}")
    assert problems == [], f"{len(problems)} of {seen}\n" + "\n".join(problems[:80])
    assert seen > 500
