"""Programs of the operator read debts by age, pause reminders and take them up again."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from billing.entries.drafts import Line, merchant
from billing.models import Debt
from billing.permissions import REMIND_DEBTORS, VIEW_FINANCE
from tests.factories import mas
from tests.factories.billing import entity, posted

pytestmark = pytest.mark.django_db
URL = "/api/operator/v1/debts"


@pytest.fixture
def seller():
    return mas.merchant()


@pytest.fixture
def books(seller):
    found = entity()
    posted(found.pk, Line("2110", 4126, "EUR", merchant(seller.pk)), Line("2300", -4126, "EUR"))
    return found


def _post(client, ref, act, body, key):
    return client.post(
        f"{URL}/{ref}/{act}", body, content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_a_program_reads_pauses_and_resumes(operator_client, books, seller):
    client = operator_client(REMIND_DEBTORS, VIEW_FINANCE)
    [row] = client.get(URL, {"merchant": seller.ref}).json()["items"]
    assert (row["owed_minor"], row["currency"], row["age"], row["last_level"]) == (4126, "EUR", "30", None)
    assert client.get(URL, {"merchant": "MER-NOBODY"}).json()["items"] == []

    until = (clock.now() + timedelta(days=3)).isoformat()
    body = {"until": until, "reason": "Agreed on the phone"}
    for key in ("one", "two"):
        paused = _post(client, row["ref"], "pause", body, key).json()
        assert paused["pause_reason"] == "Agreed on the phone"
    assert Debt.objects.count() == 1
    assert _post(client, row["ref"], "resume", {}, "three").json()["paused_until"] is None


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"until": "2020-01-01T00:00:00Z"}, 422),
        ({"until": "2099-01-01T00:00:00"}, 422),
        ({"reason": " "}, 422),
    ],
)
def test_bad_input_is_refused(operator_client, books, seller, changes, status):
    client = operator_client(REMIND_DEBTORS)
    ref = f"{books.code}~2110~EUR~merchant~{seller.pk}"
    body = {"until": "2099-01-01T00:00:00Z", "reason": "x"} | changes
    assert _post(client, ref, "pause", body, "one").status_code == status
    assert not Debt.objects.exists()


def test_who_owes_nothing_has_no_debt_to_pause(operator_client, books):
    other = f"{books.code}~2110~EUR~merchant~999999"
    body = {"until": "2099-01-01T00:00:00Z", "reason": "x"}
    assert _post(operator_client(REMIND_DEBTORS), other, "pause", body, "one").status_code == 404
