"""The toolkit's promises, shown at one endpoint."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from backoffice.kernel.models import IdempotencyKey
from mms.models import TaxRate
from mms.permissions import MANAGE_TAXES, VIEW_TASKS
from tests.factories import mms as make

pytestmark = pytest.mark.django_db
Caller = Callable[..., Client]
RATES = "/api/operator/v1/tax-rates"
RATE = {"country": "DE", "tax_class": "standard", "rate_bps": 1900, "valid_from": "2021-01-01"}


def _post(client: Client, body: Any, key: str = "one", url: str = RATES) -> Any:
    return client.post(url, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_a_create_answers_201_with_the_thing(operator_client: Caller) -> None:
    response = _post(operator_client(MANAGE_TAXES), RATE)
    assert response.status_code == 201
    assert response.json() == {**RATE, "ref": TaxRate.objects.get().ref}


def test_the_same_key_does_it_once_and_answers_the_same(operator_client: Caller) -> None:
    client = operator_client(MANAGE_TAXES)
    first, second = _post(client, RATE), _post(client, RATE)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert TaxRate.objects.count() == 1


def test_a_used_key_with_other_content_is_a_conflict(operator_client: Caller) -> None:
    client = operator_client(MANAGE_TAXES)
    _post(client, RATE)
    response = _post(client, {**RATE, "country": "AT"})
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "idempotency_conflict"
    assert TaxRate.objects.count() == 1


def test_keys_of_two_callers_do_not_meet(operator_client: Caller) -> None:
    _post(operator_client(MANAGE_TAXES), RATE)
    assert _post(operator_client(MANAGE_TAXES), {**RATE, "country": "AT"}).status_code == 201


def test_a_refused_create_may_be_repeated_with_its_key(operator_client: Caller) -> None:
    client = operator_client(MANAGE_TAXES)
    make.tax_rate(valid_from=date(2021, 1, 1))
    assert _post(client, RATE).status_code == 422
    TaxRate.objects.all().delete()
    assert _post(client, RATE).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 201])
def test_a_create_without_a_key_is_refused(operator_client: Caller, key: str) -> None:
    response = _post(operator_client(MANAGE_TAXES), RATE, key)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "idempotency_key_required"
    assert TaxRate.objects.count() == IdempotencyKey.objects.count() == 0


def test_an_unknown_field_is_refused_at_its_name(operator_client: Caller) -> None:
    response = _post(operator_client(MANAGE_TAXES), {**RATE, "ref": "TAX-MINE"})
    assert response.status_code == 422
    assert list(response.json()["error"]["fields"]) == ["ref"]
    assert TaxRate.objects.count() == 0


def test_an_unknown_query_parameter_is_refused(operator_client: Caller) -> None:
    response = operator_client(MANAGE_TAXES).get(RATES, {"limt": "5"})
    assert response.status_code == 422
    assert list(response.json()["error"]["fields"]) == ["limt"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"rate_bps": -1}, "rate_bps"), ({"rate_bps": "many"}, "rate_bps"), ({"country": "Germany"}, "country")],
)
def test_wrong_values_are_told_at_their_field(
    operator_client: Caller, change: dict[str, Any], field: str
) -> None:
    response = _post(operator_client(MANAGE_TAXES), {**RATE, **change})
    assert response.status_code == 422
    error = response.json()["error"]
    assert error["code"] == "invalid_input"
    assert list(error["fields"]) == [field]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', "\x00"])
def test_broken_bodies_get_an_answer_in_the_one_format(operator_client: Caller, body: str) -> None:
    response = _post(operator_client(MANAGE_TAXES), body)
    assert response.status_code in {400, 422}
    assert set(response.json()["error"]) == {"code", "message", "fields", "params"}
    assert TaxRate.objects.count() == 0


def test_the_right_is_checked_before_the_content(operator_client: Caller) -> None:
    assert _post(operator_client(VIEW_TASKS), RATE).status_code == 403
    assert TaxRate.objects.count() == 0


def test_lists_are_read_page_by_page(operator_client: Caller) -> None:
    client = operator_client(MANAGE_TAXES)
    refs = [make.tax_rate(valid_from=date(2020, month, 1)).ref for month in range(1, 6)]
    seen: list[str] = []
    cursor: str | None = ""
    sizes = []
    while cursor is not None:
        page = client.get(RATES, {"limit": 2, "cursor": cursor}).json()
        sizes.append(len(page["items"]))
        seen += [item["ref"] for item in page["items"]]
        cursor = page["next"]
    assert seen == refs[::-1]
    assert sizes == [2, 2, 1]


def test_rows_that_arrive_meanwhile_shift_nothing(operator_client: Caller) -> None:
    client = operator_client(MANAGE_TAXES)
    refs = [make.tax_rate(valid_from=date(2020, month, 1)).ref for month in range(1, 4)]
    first = client.get(RATES, {"limit": 2}).json()
    make.tax_rate(valid_from=date(2022, 1, 1))
    second = client.get(RATES, {"limit": 2, "cursor": first["next"]}).json()
    assert [item["ref"] for item in second["items"]] == [refs[0]]


@pytest.mark.parametrize("cursor", ["x", "cGs6MQ==x", "YWJj", "pk:1", "é"])
def test_a_made_up_cursor_is_refused(operator_client: Caller, cursor: str) -> None:
    response = operator_client(MANAGE_TAXES).get(RATES, {"cursor": cursor})
    assert response.status_code == 422
    assert list(response.json()["error"]["fields"]) == ["cursor"]


@pytest.mark.parametrize("limit", ["0", "201", "many"])
def test_a_page_has_a_sensible_size(operator_client: Caller, limit: str) -> None:
    assert operator_client(MANAGE_TAXES).get(RATES, {"limit": limit}).status_code == 422


def test_an_unknown_thing_is_not_found_in_the_one_format(operator_client: Caller) -> None:
    response = operator_client(VIEW_TASKS).post("/api/operator/v1/tasks/TSK-NOTHING/close")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_costs_the_same_for_one_and_for_three_rows(
    operator_client: Caller, django_assert_num_queries: Any, number: int
) -> None:
    client = operator_client(MANAGE_TAXES)
    for month in range(1, number + 1):
        make.tax_rate(valid_from=date(2020, month, 1))
    client.get(RATES)
    with django_assert_num_queries(3):
        client.get(RATES)
