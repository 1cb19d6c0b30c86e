"""The demo's voucher is handed out once and used by the first buyers whose cart it fits."""

import random

import pytest

from backoffice.demo import trade
from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from mms.selectors.scopes import get_store_context
from oms.models import Cart, CartLine
from tests.factories import mas, mms, oms, pim

pytestmark = pytest.mark.django_db


def test_the_first_carts_that_the_voucher_fits_use_it():
    mms.demo_views()
    merchant, store = mas.merchant(), get_store_context("de")
    trade.hand_out_voucher(merchant, system_actor("demo"))
    dear, cheap = pim.offer(merchant=merchant, price=3000), pim.offer(merchant=merchant, price=100)
    oms.stock(dear)
    oms.stock(cheap)
    play = trade.Play(clock.now(), random.Random(1), system_actor("demo"), {}, vouchers_left=1)
    used = []
    for offer in (cheap, dear, dear):
        cart = Cart.objects.create(website_id=store.website_id)
        CartLine.objects.create(cart=cart, offer=offer, quantity=1)
        trade._use_voucher(play, cart, store)
        used.append(len(cart.voucher_ids))
    assert used == [0, 1, 0]
