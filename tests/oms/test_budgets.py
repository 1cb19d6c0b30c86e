"""What placing an order costs, in statements: asserted, so it cannot creep up."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import clock
from backoffice.kernel.actors import buyer_actor
from mms.selectors.preferences import get_preference
from mms.selectors.scopes import list_store_contexts
from oms.operations.checkout import DraftTerms, write_draft
from oms.operations.order_plan import plan_order
from oms.preferences import ALLOCATION
from oms.selectors.carts import view_cart
from oms.selectors.kits import get_kits
from oms.selectors.payment_methods import DebitTerms
from oms.selectors.pools import stores_with_pools
from tests.oms.conftest import BUYER, CARD, choice

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("merchants", [1, 3])
def test_placement_takes_at_most_15_statements_and_3_per_merchant(shop, merchants):
    # Prices differ in stock, so each offer's availability is its own value.
    cart = shop.cart(*((shop.offer(on_hand=10 + number), 1) for number in range(merchants)))
    plan = plan_order(view_cart(cart, shop.store), clock.today())
    # Reference data is kept in memory: a process reads it once.
    assert list_store_contexts()
    get_kits()
    stores_with_pools(0)
    get_preference(ALLOCATION, shop.store.scope_path)
    with CaptureQueriesContext(
        connection,
    ) as statements:
        write_draft(
            plan,
            BUYER,
            choice(CARD),
            store=shop.store,
            terms=DraftTerms("k", cart.pk, clock.now(), DebitTerms("acceptance", 14)),
            actor=buyer_actor("Berta"),
        )
    assert len(statements) <= 15 + 3 * merchants, [row["sql"][:80] for row in statements]


@pytest.mark.parametrize(("merchants", "limit"), [(1, 82), (3, 86)])
def test_a_whole_checkout_with_its_fees_stays_within_its_budget(shop, merchants, limit):
    cart = shop.cart(*((shop.offer(on_hand=10 + number), 1) for number in range(merchants)))
    # The first order of a process reads reference data that is kept from then on.
    shop.order((shop.offer(), 1))
    shop.order((shop.offers[-1], 1))
    with CaptureQueriesContext(connection) as statements:
        assert shop.pay(cart).is_placed
    assert len(statements) <= limit, [row["sql"][:80] for row in statements]
