"""Every page of console and portal that needs no thing to be named: its statements are bounded and do not grow.

The pages come from the URL conf. A list must show more rows the second time, else the test proves nothing about it:
give it rows in `rows.py`.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.console import middleware
from backoffice.ui.pages import IndexPage
from tests.budgets.rows import one_more, rows_of
from tests.factories import mms as make
from tests.factories.mas import merchant
from tests.isolation.routes import all_routes, declared

pytestmark = pytest.mark.django_db
# Statements of a page with its shell, the session and the person included.
DEFAULT = 8
BUDGETS = {
    "console:home": 12,
    "console:menu-counts": 4,
    "console:billing-finance-home": 12,
    "portal:home": 14,
    "portal:menu-counts": 4,
    "portal:billing-money-home": 16,
}
# Lists whose length is not the number of things: days of a period, what the product ships with, the one merchant, view
# or category sold in, its one balance, and income, which needs settled months.
FIXED = {
    "console:pim-unit-list",
    "console:oms-carrier-list",
    "console:reports-sales-by-day",
    "console:reports-sales-by-merchant",
    "console:reports-sales-by-category",
    "console:reports-sales-by-view",
    "console:reports-income-by-day",
    "console:reports-income-by-merchant",
    "console:reports-posting-list",
    "console:reports-balance-list",
    "portal:reports-sales-by-day",
    "portal:reports-sales-by-category",
}


@dataclass(frozen=True, slots=True)
class Visit:
    statements: int
    rows: int | None


def _visit(client: Client, path: str) -> Visit | None:
    """What a page costs; None where there is nothing to read (acts by POST, forms that need a query)."""
    response: Any = client.get(path)
    if response.status_code in {404, 405}:
        return None
    assert response.status_code == 200, f"{path} answers {response.status_code}"
    with CaptureQueriesContext(connection) as statements:
        response = client.get(path)
    is_list = not response.streaming and response.context is not None and "table" in response.context
    return Visit(len(statements), rows_of(response) if is_list else None)


def _visit_all(client: Client, audience: str) -> dict[str, Visit]:
    visits = {}
    for _urlconf, name, place, kwargs, callback in all_routes():
        if declared(callback)[0] == audience and not kwargs:
            visit = _visit(client, f"/{place}")
            if visit is not None:
                visits[name] = visit
    return visits


@pytest.mark.parametrize("audience", ["console", "portal"])
def test_pages_cost_what_they_may_and_no_more_for_more_rows(
    settings: Any, monkeypatch: pytest.MonkeyPatch, audience: str
) -> None:
    # The tokens of what is kept in memory are asked for by time; that statement is no page's own.
    settings.REFERENCE_CHECK_SECONDS = 3600
    # Nor is the note, once a minute, that somebody is still there.
    monkeypatch.setattr(middleware, "SEEN_EVERY", 3600)
    shop = merchant(name="Nordlicht")
    person = make.operator_user() if audience == "console" else make.merchant_user(shop)
    client = make.sign_in(Client(), person)
    one_more(shop)
    before = _visit_all(client, audience)
    one_more(shop)
    one_more(shop)
    after = _visit_all(client, audience)
    problems = []
    for name, visit in after.items():
        budget = BUDGETS.get(name, DEFAULT)
        if visit.statements > budget:
            problems.append(f"{name} takes {visit.statements} statements of {budget}")
        if visit.statements != before[name].statements:
            problems.append(f"{name} takes {before[name].statements}, with more rows {visit.statements}")
        if visit.rows is not None and name not in FIXED and visit.rows <= (before[name].rows or 0):
            problems.append(f"{name} shows {visit.rows} rows both times")
    assert problems == [], "\n".join(problems)
    lists = {name for name, visit in after.items() if visit.rows is not None}
    assert len(lists) > 15


def test_every_index_page_without_a_named_thing_is_walked() -> None:
    known = {"console", "portal"}
    left = [
        name
        for _urlconf, name, _place, kwargs, callback in all_routes()
        if issubclass(getattr(callback, "view_class", object), IndexPage)
        and not kwargs
        and declared(callback)[0] not in known
    ]
    assert left == []
