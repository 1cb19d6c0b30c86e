"""What fees are computed from is what was agreed at placement."""

import pytest

from backoffice.kernel.errors import NotFound
from oms.selectors.orders import get_fee_basis, list_fee_bases
from tests.factories import oms

pytestmark = pytest.mark.django_db


def test_a_fee_basis_holds_gross_and_net_of_lines_and_shipping():
    made = oms.merchant_order(lines=((2, 5000), (1, 1190)), shipping=595)
    basis = get_fee_basis(made.pk)
    assert [(line.quantity, line.goods_gross_minor, line.goods_net_minor) for line in basis.lines] == [
        (2, 10000, 8403),
        (1, 1190, 1000),
    ]
    assert (basis.shipping_minor, basis.shipping_net_minor) == (595, 500)
    assert (basis.merchant_id, basis.currency, basis.country) == (made.merchant_id, "EUR", "DE")
    assert basis.placed_at == made.order.placed_at


def test_the_bases_of_an_order_come_in_its_order_with_two_statements(django_assert_num_queries):
    order = oms.order()
    made = [oms.merchant_order(order=order) for _number in range(3)]
    with django_assert_num_queries(2):
        bases = list_fee_bases(order.pk)
    assert [basis.merchant_order_ref for basis in bases] == [row.ref for row in made]


def test_there_is_no_basis_of_an_unknown_order():
    with pytest.raises(NotFound):
        get_fee_basis(4711)
