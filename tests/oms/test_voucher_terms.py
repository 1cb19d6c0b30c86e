"""What a merchant does with its vouchers, and what it may not."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused, StateRefused
from oms.models import MerchantOrder, Voucher
from oms.operations.cancellation import cancel_merchant_order
from oms.operations.vouchers import VoucherTerms, VoucherValue, change_voucher, create_voucher, end_voucher
from oms.permissions import CANCEL_ORDERS, MANAGE_VOUCHERS, VIEW_ORDERS
from oms.selectors.vouchers import get_voucher
from tests.factories import mas, mms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
DESK = operator_actor(CANCEL_ORDERS, MANAGE_VOUCHERS)


VALUE = {"website_code": "", "kind": "percent", "currency": "EUR", "rate_bps": 1000}


def create(shop, merchant, actor=None, code="spring-26", value=None, **terms):
    facts = {**VALUE, "website_code": shop.store.website_code, **(value or {})}
    terms.setdefault("title", "Spring")
    actor = actor or merchant_actor(merchant.pk, MANAGE_VOUCHERS)
    return create_voucher(
        VoucherValue(code, **facts), VoucherTerms(**terms), merchant_id=merchant.pk, actor=actor
    )


def test_a_merchant_creates_changes_and_ends_a_voucher(shop, merchant):
    mine = merchant_actor(merchant.pk, MANAGE_VOUCHERS)
    voucher = create(shop, merchant, max_uses=5)
    assert (voucher.code, voucher.state, voucher.uses) == ("SPRING-26", "active", 0)
    change_voucher(voucher.ref, VoucherTerms("Late spring", minimum_minor=3000), actor=mine)
    voucher.refresh_from_db()
    assert (voucher.title, voucher.minimum_minor, voucher.max_uses) == ("Late spring", 3000, None)
    for _time in range(2):
        end_voucher(voucher.ref, actor=mine)
    voucher.refresh_from_db()
    assert voucher.state == "ended"
    with pytest.raises(StateRefused):
        change_voucher(voucher.ref, VoucherTerms("Again"), actor=mine)
    # Its code is free again.
    assert create(shop, merchant).pk != voucher.pk


def test_a_code_in_use_is_refused_in_any_writing_and_free_elsewhere(shop, merchant):
    create(shop, merchant)
    with pytest.raises(InvalidInput) as refused:
        create(shop, mas.merchant(), code="Spring-26")
    assert list(refused.value.fields) == ["code"]
    elsewhere = mms.website()
    assert create(shop, merchant, value={"website_code": elsewhere.code}).website_id == elsewhere.pk


@pytest.mark.parametrize(
    ("field", "value", "terms"),
    [
        ("code", {}, {}),
        ("kind", {"kind": "gift"}, {}),
        ("rate_bps", {"rate_bps": 10_000}, {}),
        ("amount_minor", {"kind": "amount"}, {"minimum_minor": 1}),
        ("minimum_minor", {"kind": "amount", "amount_minor": 500}, {"minimum_minor": 500}),
        ("minimum_minor", {}, {"minimum_minor": -1}),
        ("title", {}, {"title": "  "}),
        ("valid_until", {}, {"valid_until": clock.now() - timedelta(days=1)}),
        ("max_uses", {}, {"max_uses": 0}),
        ("max_uses_per_buyer", {}, {"max_uses_per_buyer": 0}),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(shop, merchant, field, value, terms):
    with pytest.raises(InvalidInput) as refused:
        create(shop, merchant, code="Ü 1" if field == "code" else "SPRING", value=value, **terms)
    assert list(refused.value.fields) == [field]
    assert Voucher.objects.count() == 0


def test_uses_cannot_be_limited_below_what_was_used(shop, merchant, voucher_for):
    voucher = voucher_for(merchant, max_uses=5, uses=3)
    with pytest.raises(InvalidInput) as refused:
        change_voucher(voucher.ref, VoucherTerms("Spring", max_uses=2), actor=DESK)
    assert "3 times" in refused.value.fields["max_uses"]


def test_strangers_find_no_voucher_and_change_nothing(shop, merchant, voucher_for):
    voucher, stranger = voucher_for(merchant), stranger_actor(MANAGE_VOUCHERS)
    for act in (
        lambda: get_voucher(voucher.ref, actor=stranger),
        lambda: end_voucher(voucher.ref, actor=stranger),
        lambda: change_voucher(voucher.ref, VoucherTerms("Mine"), actor=stranger),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(PermissionRefused):
        create(shop, merchant, actor=stranger)
    with pytest.raises(PermissionRefused):
        end_voucher(voucher.ref, actor=merchant_actor(merchant.pk, VIEW_ORDERS))
    voucher.refresh_from_db()
    assert voucher.is_active


def test_turnover_counts_what_buyers_owe_for_placed_orders(shop, merchant, voucher_for):
    voucher = voucher_for(merchant)
    shop.pay(shop.reduced_cart(merchant))
    lost = shop.pay(shop.reduced_cart(merchant))
    cancel_merchant_order(lost.merchant_orders.get().ref, reason="Lost.", actor=DESK)
    found = get_voucher(voucher.ref, actor=DESK)
    assert (found.uses, found.turnover_minor) == (1, 2290)
    assert MerchantOrder.objects.filter(voucher_code="SUMMER").count() == 2
