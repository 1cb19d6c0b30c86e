"""Programs of the operator hold, charge and lift; two calls with one key are one hold."""

import pytest

from billing.models import Adjustment, Hold
from billing.permissions import ADJUST_BALANCE, HOLD_PAYOUTS, VIEW_FINANCE
from tests.factories import mas
from tests.factories.billing import entity

pytestmark = pytest.mark.django_db
URL = "/api/operator/v1/payout-holds"


def _post(client, url, body, key="one"):
    return client.post(url, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_a_program_holds_charges_and_reads(operator_client):
    client, seller = operator_client(HOLD_PAYOUTS, ADJUST_BALANCE, VIEW_FINANCE), mas.merchant()
    books = entity(website_id=1)
    body = {"merchant_ref": seller.ref, "reason": "Claim", "amount_minor": 5000, "currency": "EUR"}
    made = [_post(client, URL, body).json() for _again in range(2)]
    assert made[0] == made[1]
    ref = Hold.objects.get().ref

    above = {"company": books.code, "amount_minor": 5001, "reason": "Repair"}
    assert _post(client, f"{URL}/{ref}/charge", above, "two").status_code == 422
    for key in ("three", "four"):
        answer = _post(client, f"{URL}/{ref}/charge", above | {"amount_minor": 5000}, key)
        assert answer.json()["charge_ref"] == Adjustment.objects.get().ref
    assert _post(client, f"{URL}/{ref}/lift", {}, "five").status_code == 409
    [row] = client.get(URL, {"merchant": seller.ref}).json()["items"]
    assert (row["ref"], row["state"], row["amount_minor"]) == (ref, "charging", 5000)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"amount_minor": 0}, 422),
        ({"currency": ""}, 422),
        ({"currency": "XYZ"}, 422),
        ({"lapses_at": "2020-01-01T00:00:00Z"}, 422),
        ({"lapses_at": "2099-01-01T00:00:00"}, 422),
        ({"reason": " "}, 422),
        ({"merchant_ref": "MER-NOBODY"}, 404),
        ({"surprise": 1}, 422),
    ],
)
def test_bad_input_is_refused_and_holds_nothing(operator_client, changes, status):
    body = {"merchant_ref": mas.merchant().ref, "reason": "Claim", "amount_minor": 5000, "currency": "EUR"}
    assert _post(operator_client(HOLD_PAYOUTS), URL, body | changes).status_code == status
    assert not Hold.objects.exists()
