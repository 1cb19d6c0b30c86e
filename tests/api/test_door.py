"""Who gets in: keys by audience, state, grant and number of calls."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from mms.models import ApiKey
from mms.operations.api_keys import create_api_key, revoke_api_key
from mms.permissions import MANAGE_TAXES, VIEW_STORES, VIEW_TASKS, VIEW_TEAM
from tests.factories import mms as make

pytestmark = pytest.mark.django_db
Caller = Callable[..., Client]
OPERATOR_ME, MERCHANT_ME = "/api/operator/v1/me", "/api/merchant/v1/me"


def _code(response: Any) -> str:
    return str(response.json()["error"]["code"])


def test_a_key_tells_who_it_acts_for(operator_client: Caller) -> None:
    answer = operator_client(VIEW_TASKS).get(OPERATOR_ME).json()
    assert answer["audience"] == "operator"
    assert answer["rights"] == [VIEW_TASKS]
    assert answer["name"] == "Operator program"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer nonsense", "Basic abc", "Bearer bo_op_unknown", "Bearer bo_op_" + "x" * 200],
)
def test_nobody_enters_without_a_key(header: str) -> None:
    response = Client(headers={"Authorization": header}).get(OPERATOR_ME)
    assert response.status_code == 401
    assert _code(response) == "not_signed_in"
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_merchant_key_at_the_operators_door_costs_no_query(merchant_client: Caller) -> None:
    client = merchant_client(7, VIEW_TEAM)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(OPERATOR_ME)
    assert response.status_code == 401
    assert len(queries) == 0


def test_a_forged_mark_opens_no_other_door(merchant_client: Caller) -> None:
    secret = create_api_key(name="Mine", merchant_id=7, actor=system_actor())[1]
    forged = secret.replace("bo_me_", "bo_op_")
    assert Client(headers={"Authorization": f"Bearer {forged}"}).get(OPERATOR_ME).status_code == 401


def test_revoked_and_expired_keys_are_refused_alike() -> None:
    revoked, secret = create_api_key(name="X", merchant_id=7, actor=system_actor())
    revoke_api_key(revoked.ref, actor=system_actor())
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get(MERCHANT_ME).status_code == 401
    expires = clock.now() + timedelta(days=1)
    secret = create_api_key(name="Y", merchant_id=7, expires_at=expires, actor=system_actor())[1]
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get(MERCHANT_ME).status_code == 200
    with clock.shifted(timedelta(days=2)):
        assert client.get(MERCHANT_ME).status_code == 401


def test_a_missing_right_is_named(operator_client: Caller) -> None:
    response = operator_client(VIEW_TASKS).get("/api/operator/v1/store-views")
    assert response.status_code == 403
    assert response.json()["error"]["params"] == {"grant": VIEW_STORES}


def test_use_is_noted_once_a_minute(merchant_client: Caller) -> None:
    client = merchant_client(7)
    client.get(MERCHANT_ME)
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    client.get(MERCHANT_ME)
    assert ApiKey.objects.get().last_used_at == first
    with clock.shifted(timedelta(minutes=2)):
        client.get(MERCHANT_ME)
    assert ApiKey.objects.get().last_used_at != first


def test_too_many_calls_are_told_when_to_come_back(settings: Any, merchant_client: Caller) -> None:
    settings.API_CALLS_PER_MINUTE = 2
    client, other = merchant_client(7), merchant_client(8)
    statuses = [client.get(MERCHANT_ME).status_code for _number in range(3)]
    # A new minute may begin in between; the next calls then use it up.
    while statuses[-1] == 200 and len(statuses) < 6:
        statuses.append(client.get(MERCHANT_ME).status_code)
    assert statuses[-1] == 429
    refused = client.get(MERCHANT_ME)
    assert _code(refused) == "too_many_calls"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert other.get(MERCHANT_ME).status_code == 200


def test_a_session_is_no_key() -> None:
    client = Client()
    client.force_login(make.operator_user())
    assert client.get(OPERATOR_ME).status_code == 401


def test_a_storefront_key_sees_its_own_view(storefront_client: Caller) -> None:
    make.demo_views()
    answer = storefront_client("us").get("/api/storefront/v1/store").json()
    assert (answer["code"], answer["currency"], answer["country"]) == ("us", "USD", "US")


def test_a_merchant_sees_its_own_team_only(merchant_client: Caller) -> None:
    from tests.factories.mas import merchant

    mine, other = merchant(), merchant()
    me = make.merchant_user(mine)
    make.merchant_user(other)
    answer = merchant_client(mine.pk, VIEW_TEAM).get("/api/merchant/v1/team").json()
    assert [member["ref"] for member in answer] == [me.ref]


def test_a_call_costs_few_queries(operator_client: Caller) -> None:
    client = operator_client(MANAGE_TAXES)
    client.get(OPERATOR_ME)
    with CaptureQueriesContext(connection) as queries:
        client.get(OPERATOR_ME)
    assert len(queries) == 2
