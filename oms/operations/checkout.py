"""Placing an order: hold stock, ask the payment provider outside the transaction, commit.

1. One transaction writes the draft: order, merchant orders, lines, payment, shares and holds all stock.
2. The provider is called with no transaction open.
3. Another transaction records the answer (`oms.operations.payments`): the draft becomes an order or is abandoned.

A crash between any two leaves a draft with a claimed payment attempt, which the recovery finds and resolves.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.refs import new_token
from mms.context import StoreContext
from mms.selectors.preferences import get_preference
from oms.errors import CartChanged, CartEmpty, NoDelivery, OutOfStock
from oms.models import (
    AttemptKind,
    AttemptState,
    Cart,
    MerchantOrder,
    Order,
    OrderLine,
    Payment,
    PaymentAttempt,
    PaymentShare,
    TimeLimitKind,
)
from oms.operations.drawing import Buying
from oms.operations.history import note
from oms.operations.order_plan import OrderPlan, plan_order
from oms.operations.order_rows import merchant_order_row, order_line_row
from oms.operations.payments import carry_out_draft
from oms.operations.placement import LEASE, Draft
from oms.operations.reservations import Wanted, reserve_new
from oms.operations.time_limits import time_limit
from oms.operations.voucher_uses import use_vouchers
from oms.ports import Instrument
from oms.preferences import ALLOCATION
from oms.selectors.carts import CartView, view_cart
from oms.selectors.payment_methods import DebitTerms, get_debit_terms, get_payment_method
from oms.selectors.time_limits import rules

# How long stock is held while the buyer's bank decides.
HOLD = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys and where the goods go; checked by the form or the API that collected it."""

    name: str
    email: str
    shipping_address: dict[str, Any]
    billing_address: dict[str, Any] = field(default_factory=dict)
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PaymentChoice:
    provider: str
    instrument: Instrument


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """The form token, the cart it comes from, when the payment must be decided, when the buyer is charged, and
    whether another merchant may send what the first one refuses."""

    key: str
    cart_id: int | None
    answer_due_at: datetime
    debit: DebitTerms
    may_reroute: bool = False


class Agreement(TypedDict, total=False):
    """What the buyer saw and sent: the total on the page, the form's token, the consent to a replacement."""

    expected_total_minor: int | None
    checkout_key: str
    may_reroute: bool


def place_order(
    cart: Cart,
    buyer: Buyer,
    choice: PaymentChoice,
    *,
    store: StoreContext,
    actor: Actor,
    **agreed: Unpack[Agreement],
) -> Order:
    """Order what is in the cart; call it outside any transaction. Look at the order for what became of it.

    Idempotent by `checkout_key` (the cart's own by default): a hundred double posts make one order. The answer is a
    placed order, an abandoned one (declined, with the reason) or a draft whose payment is still being checked.
    Raises `CartEmpty`, `CartChanged` (also when the total is not what the buyer saw), `NoDelivery`, `OutOfStock`,
    `PaymentMethodRefused`, `VoucherRefused` when somebody else took a voucher's last use.
    """
    key = agreed.get("checkout_key") or cart.checkout_key
    existing = Order.objects.filter(checkout_key=key).first()
    if existing is not None:
        return existing
    provider = get_payment_method(choice.provider, store)
    # Delivery and tax follow the address the goods really go to.
    address = buyer.shipping_address
    view = view_cart(
        cart,
        store,
        country=str(address.get("country", "")),
        postcode=str(address.get("postcode", "")),
        email=buyer.email,
    )
    _refuse_unorderable(view)
    plan = plan_order(view, clock.today())
    expected_total_minor = agreed.get("expected_total_minor")
    if expected_total_minor is not None and plan.total_minor != expected_total_minor:
        message = _("A price changed while you were ordering. Please look at the new total and confirm it.")
        raise CartChanged(" ".join([*view.voucher_problems, message]), total_minor=plan.total_minor)
    terms = DraftTerms(
        key,
        cart.pk,
        rules()[TimeLimitKind.PAYMENT_ANSWER].end_of(clock.now(), None),
        get_debit_terms(provider, store, part_count=len(plan.parts)),
        agreed.get("may_reroute", False),
    )
    try:
        with transaction.atomic():
            draft = write_draft(plan, buyer, choice, store=store, terms=terms, actor=actor)
    except IntegrityError:
        twin = Order.objects.filter(checkout_key=key).first()
        if twin is None:
            raise
        return twin
    if not carry_out_draft(draft, actor=actor):
        draft.order.refresh_from_db()
    return draft.order


def _refuse_unorderable(view: CartView) -> None:
    if view.is_empty:
        raise CartEmpty(_("Your cart is empty."))
    if not all(group.options for group in view.groups):
        raise NoDelivery(" ".join(view.problems))
    short = {
        item.offer.offer_id: item.offer.available_quantity
        for group in view.groups
        for item in group.items
        if item.offer and item.problem and item.offer.available_quantity < item.quantity
    }
    if short:
        raise OutOfStock(" ".join(view.problems), short=short)
    if not view.is_orderable:
        raise CartChanged(" ".join([*view.problems, *(item.problem for item in view.lost)]))


def write_draft(
    plan: OrderPlan,
    buyer: Buyer,
    choice: PaymentChoice,
    *,
    store: StoreContext,
    terms: DraftTerms,
    actor: Actor,
) -> Draft:
    """Write the whole draft and hold its stock: 13 statements and 2 per merchant, vouchers apart. Needs a transaction.

    The command to the provider is born claimed: it belongs to this checkout until its lease ends.
    """
    order = _write_order(plan, buyer, store, terms)
    merchant_orders = _write_merchant_orders(order, plan)
    lines = OrderLine.objects.bulk_create(
        order_line_row(merchant_order, position, planned)
        for merchant_order, part in zip(merchant_orders, plan.parts, strict=True)
        for position, planned in enumerate(part.lines, start=1)
    )
    payment = Payment.objects.create(
        order=order,
        provider=choice.provider,
        instrument=choice.instrument.token,
        instrument_label=choice.instrument.label,
        currency=order.currency,
        amount_minor=order.total_minor,
        debit_moment=terms.debit.moment,
        due_days=terms.debit.due_days,
    )
    PaymentShare.objects.bulk_create(
        PaymentShare(payment=payment, merchant_order=row, amount_minor=row.total_minor)
        for row in merchant_orders
    )
    attempt = PaymentAttempt.objects.create(
        payment=payment,
        kind=AttemptKind.AUTHORISE,
        amount_minor=order.total_minor,
        state=AttemptState.CLAIMED,
        claim=new_token(),
        tries=1,
        idempotency_key=f"authorise-{order.ref}",
        due_at=clock.now() + LEASE,
    )
    time_limit(TimeLimitKind.PAYMENT_ANSWER, order.pk, due_at=terms.answer_due_at).save()
    note("draft_written", order=order, actor=actor)
    use_vouchers(plan, merchant_orders, buyer_email=buyer.email)
    # Last, so that the rows everybody wants are locked as shortly as possible.
    holds = reserve_new(
        [Wanted(f"{order.ref}-{line.pk}", line.offer_id, line.quantity, line.pk) for line in lines],
        purpose=f"order:{order.ref}",
        expires_at=clock.now() + HOLD,
        buying=Buying(store.store_id, plan.country, get_preference(ALLOCATION, store.scope_path)),
        actor=actor,
    )
    return Draft(order, merchant_orders, lines, payment, attempt, len(holds))


def _write_order(plan: OrderPlan, buyer: Buyer, store: StoreContext, terms: DraftTerms) -> Order:
    return Order.objects.create(
        checkout_key=terms.key,
        cart_id=terms.cart_id,
        may_reroute=terms.may_reroute,
        website_id=store.website_id,
        store_id=store.store_id,
        view_id=store.view_id,
        store_copy=_store_copy(store),
        language=store.language,
        country=plan.country,
        currency=plan.currency,
        tax_included=plan.tax_included,
        buyer_name=buyer.name,
        buyer_email=buyer.email,
        buyer_phone=buyer.phone,
        shipping_address=buyer.shipping_address,
        billing_address=buyer.billing_address or buyer.shipping_address,
        goods_minor=plan.goods_minor,
        shipping_minor=plan.shipping_minor,
        tax_minor=plan.tax_minor,
        total_minor=plan.total_minor,
    )


def _store_copy(store: StoreContext) -> dict[str, Any]:
    return {
        "website_code": store.website_code,
        "store_code": store.store_code,
        "view_code": store.view_code,
        "name": store.store_name or store.name,
        "base_path": store.base_path,
        "base_url": store.base_url,
    }


def _write_merchant_orders(order: Order, plan: OrderPlan) -> list[MerchantOrder]:
    return MerchantOrder.objects.bulk_create(
        merchant_order_row(order, position, part) for position, part in enumerate(plan.parts, start=1)
    )
