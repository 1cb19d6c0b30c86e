"""Orders that are placed, paid, received and matured at moments of their own, for stories about held payouts."""

from datetime import timedelta

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import buyer_actor
from backoffice.kernel.events import publish
from billing.models import FeeRule
from billing.operations.maturity import mature_earning
from billing.selectors.terms import TERMS
from mms.selectors import versions
from oms.events import MerchantOrderAccepted, MerchantOrderReceived, OrderPlaced, PaymentCaptured
from oms.operations.incidents import Report, open_incident_as_buyer
from oms.operations.refunds import RefundPart, RefundWish, request_refund
from oms.permissions import MANAGE_INCIDENTS, REFUND_ORDERS
from tests.billing.payout_stories import PREPARER, WEDNESDAY
from tests.factories import oms
from tests.factories.actors import operator_actor

DESK = operator_actor(MANAGE_INCIDENTS, REFUND_ORDERS, label="Dora Desk")


def commission_of(rate_bps):
    FeeRule.objects.filter(fee_kind="commission").update(rate_bps=rate_bps, amounts={})
    FeeRule.objects.filter(fee_kind="shipping").update(rate_bps=0, amounts={})
    versions.forget(TERMS)


@transaction.atomic
def tell(*news):
    for event in news:
        publish(event)


def sold(seller, *prices, at=WEDNESDAY):
    """A received order of lines at these prices, paid; pending until it matures."""
    with clock.frozen_at(at - timedelta(days=20)):
        now = clock.now()
        part = oms.shipped(seller, lines=tuple((1, price) for price in prices), shipping=0, state="received")
        order, whose = part.order, (part.pk, part.ref, seller.pk, now)
        share = ((part.pk, seller.pk, part.total_minor),)
        tell(
            OrderPlaced(order.pk, order.ref, order.currency, order.website_id, now),
            PaymentCaptured(part.pk, order.pk, "card", "ch", "EUR", part.total_minor, share, now),
            MerchantOrderAccepted(*whose),
            MerchantOrderReceived(*whose),
        )
    return part


def mature(part, at=WEDNESDAY):
    with clock.frozen_at(at):
        assert mature_earning(part.pk, actor=PREPARER)


def earned(seller, *prices, at=WEDNESDAY):
    """The same, matured: the money is on the available balance."""
    part = sold(seller, *prices, at=at)
    mature(part, at)
    return part


def complain(part, position=1, at=None):
    with clock.frozen_at(at or clock.now()):
        return open_incident_as_buyer(
            part.order_id, part.position, position, Report("damaged"), actor=buyer_actor("Berta")
        )


def give_back(part, position, amount):
    wish = RefundWish([RefundPart(position, 0, amount)])
    return request_refund(part.ref, wish, actor=DESK)
