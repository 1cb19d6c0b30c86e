"""Every form of the back office carries the token by which a second click is known; generated from the URL conf."""

from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from lxml import html

from backoffice.ui.pages import FormPage
from tests import pages
from tests.factories import mms as make
from tests.isolation.conftest import MERCHANT_ROLES
from tests.isolation.objects import Missing, fill
from tests.isolation.routes import all_routes, own_pages

pytestmark = pytest.mark.django_db


def _forms() -> set[str]:
    views = {
        name: getattr(callback, "view_class", object) for _conf, name, _place, _kw, callback in all_routes()
    }
    return {name for name, view in views.items() if issubclass(view, FormPage) and view.once}


def test_every_form_knows_its_second_click(
    victim: Any, foreign: dict[str, Any], operator_people: dict[str, Any]
) -> None:
    clients = {
        "portal": make.sign_in(Client(), make.merchant_user(victim, *MERCHANT_ROLES)),
        "console": make.sign_in(Client(), operator_people["every role"]),
    }
    seen, problems, wanted = [], [], _forms()
    for audience, client in clients.items():
        for route in own_pages(audience):
            if route.full_name not in wanted:
                continue
            with suppress(Missing):
                response = client.get(route.path(fill(route.full_name, list(route.kwargs), foreign).kwargs))
                if response.status_code != 200:
                    continue
                seen.append(route.full_name)
                forms = html.fromstring(pages.content(response)).forms
                if not any("form_token" in form.fields for form in forms):
                    problems.append(route.full_name)
    assert problems == [], "\n".join(problems)
    assert len(seen) > 60, sorted(wanted - set(seen))
