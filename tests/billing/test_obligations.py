import pytest

from billing.entries.drafts import Draft, Line, merchant, provider
from billing.operations.ledger import post_entry
from mas.errors import ObligationsOpen
from mas.operations.suspensions import close_merchant
from tests.factories import billing as books
from tests.factories import mas, oms
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
CLOSER = operator_actor("mas.close_merchant")


def test_a_merchant_with_an_open_order_is_not_closed():
    part = oms.merchant_order(mas.merchant(), state="in_preparation")

    with pytest.raises(ObligationsOpen) as refusal:
        close_merchant(part.merchant.ref, actor=CLOSER, reason="Gave up")

    assert "Open orders" in str(refusal.value)
    part.merchant.refresh_from_db()
    assert part.merchant.status == "approved"


def test_a_merchant_we_owe_money_is_not_closed():
    owed = mas.merchant()
    entity = books.entity()
    post_entry(
        Draft(
            entity_id=entity.pk,
            event_type="capture",
            idem_key="capture:card:obligation",
            source_type="capture",
            source_id="1",
            occurred_at=books.NOON,
            lines=(Line("1100", 500, "EUR", provider("card")), Line("2110", -500, "EUR", merchant(owed.pk))),
        ),
        actor=CLOSER,
    )

    with pytest.raises(ObligationsOpen) as refusal:
        close_merchant(owed.ref, actor=CLOSER, reason="Gave up")

    assert "Balances that are not zero" in str(refusal.value)


def test_a_merchant_with_nothing_open_is_closed():
    part = oms.merchant_order(mas.merchant(), state="closed")

    assert close_merchant(part.merchant.ref, actor=CLOSER, reason="Gave up").status == "closed"
