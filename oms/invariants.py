"""Promises of the order system, proved on live data by `manage.py doctor`."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.invariants import invariant
from oms.models import (
    AttemptKind,
    AttemptState,
    Incident,
    MerchantOrder,
    MerchantOrderState,
    Order,
    OrderLine,
    Payment,
    PaymentAttempt,
    PaymentShare,
    Refund,
    TimeLimit,
    TimeLimitKind,
    Voucher,
    VoucherUse,
)
from oms.selectors.stock import list_disagreements

SENTENCES = 20


@invariant("oms.stock_counters", _("Stock counters equal open reservations and the sum of movements"))
def stock_counters() -> Iterator[str]:
    for row in list_disagreements(limit=SENTENCES):
        yield f"stock row {row.item_id}: {row.counter} is {row.is_now}, rows say {row.should_be}"


@invariant("oms.orders_add_up", _("Merchant orders add up to their order, lines to their merchant order"))
def orders_add_up() -> Iterator[str]:
    # A replacement is paid with what was given up of the part it replaces; the buyer agreed to that one's amounts.
    agreed = Q(merchant_orders__replaces=None)
    sums = Order.objects.annotate(
        goods=Coalesce(Sum("merchant_orders__goods_minor", filter=agreed), 0),
        shipping=Coalesce(Sum("merchant_orders__shipping_minor", filter=agreed), 0),
        tax=Coalesce(Sum("merchant_orders__tax_minor", filter=agreed), 0),
        total=Coalesce(Sum("merchant_orders__total_minor", filter=agreed), 0),
    )
    for name, column in (
        ("goods", "goods_minor"),
        ("shipping", "shipping_minor"),
        ("tax", "tax_minor"),
        ("total", "total_minor"),
    ):
        for ref in sums.exclude(**{column: F(name)}).values_list("ref", flat=True)[:SENTENCES]:
            yield f"{ref}: {name} of the merchant orders differs from the order's"
    parts = MerchantOrder.objects.annotate(
        goods=Coalesce(Sum("lines__total_minor"), 0), tax=Coalesce(Sum("lines__tax_minor"), 0)
    )
    for ref in parts.exclude(goods_minor=F("goods")).values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the lines do not add up to its goods"
    wrong_tax = parts.exclude(tax_minor=F("tax") + F("shipping_tax_minor"))
    for ref in wrong_tax.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the taxes of lines and shipping do not add up"


@invariant("oms.replacements", _("What replaces refused pieces costs the buyer no more than they did"))
def replacements_cost_no_more() -> Iterator[str]:
    refused = MerchantOrder.objects.annotate(given=Coalesce(Sum("replacements__total_minor"), 0))
    for ref in refused.filter(given__gt=F("withdrawn_minor")).values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: its replacements cost more than was withdrawn from it"
    moments = MerchantOrder.objects.exclude(placed_at=F("order__placed_at")).exclude(
        placed_at=None, order__placed_at=None
    )
    for ref in moments.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: it was placed at another moment than its order"


@invariant(
    "oms.withdrawn_adds_up", _("What was withdrawn from lines and shipping equals the merchant order's")
)
def withdrawn_adds_up() -> Iterator[str]:
    parts = MerchantOrder.objects.annotate(gone=Coalesce(Sum("lines__withdrawn_minor"), 0))
    wrong = parts.exclude(withdrawn_minor=F("gone") + F("withdrawn_shipping_minor"))
    for ref in wrong.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: withdrawn amounts do not add up"


@invariant("oms.payment_shares", _("The shares of a payment sum to it, refunds to what the shares gave back"))
def payment_shares() -> Iterator[str]:
    payments = Payment.objects.annotate(shared=Coalesce(Sum("shares__amount_minor"), 0))
    for ref in payments.exclude(amount_minor=F("shared")).values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the shares do not sum to the payment"
    wrong = Payment.objects.exclude(amount_minor=F("order__total_minor"))
    for ref in wrong.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the payment is not the order's total"
    shares = PaymentShare.objects.annotate(
        given=Coalesce(Sum("merchant_order__refunds__amount_minor"), 0)
    ).exclude(refunded_minor=F("given"))
    for ref in shares.values_list("merchant_order__ref", flat=True)[:SENTENCES]:
        yield f"{ref}: refunds do not add up to what its payment share gave back"


@invariant("oms.payments_add_up", _("Charges sum to what the shares say, and none is above what is owed"))
def payments_add_up() -> Iterator[str]:
    charged = (
        PaymentAttempt.objects.filter(
            payment=OuterRef("pk"), kind=AttemptKind.CAPTURE, state=AttemptState.DONE
        )
        .order_by()
        .values("payment")
        .annotate(sum=Sum("amount_minor"))
        .values("sum")
    )
    payments = Payment.objects.annotate(
        booked=Coalesce(Sum("shares__captured_minor"), 0),
        charged=Coalesce(Subquery(charged), 0),
    )
    for ref in payments.exclude(booked=F("charged")).values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the charges do not sum to what its shares were charged"
    owing = MerchantOrder.objects.filter(
        share__captured_minor__gt=F("total_minor") - F("withdrawn_minor")
    ).exclude(state__in=["refused", "cancelled"])
    for ref in owing.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the buyer was charged more than is owed"


@invariant(
    "oms.refunds_add_up", _("Refund lines and shipping sum to the refund, and to the lines' refunded amounts")
)
def refunds_add_up() -> Iterator[str]:
    refunds = Refund.objects.annotate(
        lines_sum=Coalesce(Sum("lines__amount_minor"), 0), lines_tax=Coalesce(Sum("lines__tax_minor"), 0)
    )
    wrong = refunds.exclude(amount_minor=F("lines_sum") + F("shipping_minor"))
    for ref in wrong.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: lines and shipping do not sum to the refund"
    wrong = refunds.exclude(tax_minor=F("lines_tax") + F("shipping_tax_minor"))
    for ref in wrong.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the taxes of lines and shipping do not sum to the refund's"
    lines = OrderLine.objects.annotate(
        given=Coalesce(Sum("refund_lines__amount_minor"), 0), tax=Coalesce(Sum("refund_lines__tax_minor"), 0)
    )
    for ref in lines.filter(tax__gt=F("tax_minor")).values_list("merchant_order__ref", flat=True)[:SENTENCES]:
        yield f"{ref}: more tax of a line was given back than it holds"
    for ref in lines.exclude(refunded_minor=F("given")).values_list("merchant_order__ref", flat=True)[
        :SENTENCES
    ]:
        yield f"{ref}: a line's refunded amount differs from its refunds"


@invariant("oms.no_payment_without_order", _("No money is kept for an order that does not exist"))
def no_payment_without_order() -> Iterator[str]:
    kept = PaymentShare.objects.filter(
        merchant_order__order__placed_at=None, captured_minor__gt=F("refunded_minor")
    )
    for ref in kept.values_list("merchant_order__ref", flat=True)[:SENTENCES]:
        yield f"{ref}: money was kept although the order was never placed"


# The clock that must run in a waiting state; a clock to ship that ran out leaves the order in the list of late ones.
CLOCKS = {
    MerchantOrderState.WAITING_ACCEPTANCE: TimeLimitKind.ACCEPT,
    MerchantOrderState.WAITING_PAYMENT: TimeLimitKind.CAPTURE,
    MerchantOrderState.IN_PREPARATION: TimeLimitKind.SHIP,
    MerchantOrderState.PARTLY_SHIPPED: TimeLimitKind.SHIP,
    MerchantOrderState.SHIPPED: TimeLimitKind.RECEIVED,
    MerchantOrderState.TO_COLLECT: TimeLimitKind.RECEIVED,
    MerchantOrderState.RECEIVED: TimeLimitKind.CLOSED,
}


@invariant("oms.nothing_waits_for_ever", _("Every state that waits for somebody has a clock that ends it"))
def nothing_waits_for_ever() -> Iterator[str]:
    clocks = TimeLimit.objects.filter(merchant_order=OuterRef("pk"))
    for state, kind in CLOCKS.items():
        own = clocks.filter(kind=kind)
        if kind != TimeLimitKind.SHIP:
            own = own.filter(settled_at=None)
        rows = MerchantOrder.objects.of_placed_orders().filter(~Exists(own), state=state)
        if kind == TimeLimitKind.CLOSED:
            # The incident's own clock comes first.
            rows = rows.exclude(Exists(Incident.objects.live().filter(merchant_order=OuterRef("pk"))))
        for ref in rows.values_list("ref", flat=True)[:SENTENCES]:
            yield f"{ref}: nothing ends its waiting ({state})"
    of_order = TimeLimit.objects.filter(order=OuterRef("pk"), merchant_order=None, settled_at=None)
    drafts = Order.objects.filter(placed_at=None, abandoned_at=None)
    staged = Order.objects.filter(placed_at__isnull=False, merchant_orders__state=MerchantOrderState.STAGED)
    for ref in (
        (drafts | staged).filter(~Exists(of_order)).distinct().values_list("ref", flat=True)[:SENTENCES]
    ):
        yield f"{ref}: nothing ends its waiting for the payment"


@invariant(
    "oms.vouchers_add_up", _("Voucher uses are counted, and discounts of lines and uses are the order's")
)
def vouchers_add_up() -> Iterator[str]:
    counted = Voucher.objects.annotate(
        used=Count("redemptions", filter=Q(redemptions__given_back_at=None))
    ).exclude(uses=F("used"))
    for ref in counted.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: its counter of uses differs from its uses"
    parts = MerchantOrder.objects.annotate(taken=Coalesce(Sum("lines__merchant_discount_minor"), 0))
    for ref in parts.exclude(discount_minor=F("taken")).values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the lines do not add up to its discount"
    wrong = VoucherUse.objects.exclude(discount_minor=F("merchant_order__discount_minor"))
    for ref in wrong.values_list("merchant_order__ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the voucher took off another amount than the order says"
