"""What one merchant refuses, another sends: at no higher price to the buyer, who agreed to it at checkout."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import DomainError
from backoffice.kernel.events import publish
from mms.context import StoreContext
from mms.selectors.scopes import find_store_context
from oms.amounts import share_of_pieces
from oms.events import MerchantOrderRerouted
from oms.models import MerchantOrder, OrderLine, Payment, PaymentShare
from oms.operations.authorisations import open_parts
from oms.operations.history import note
from oms.operations.order_plan import PlannedPart, plan_order
from oms.operations.order_rows import merchant_order_row, order_line_row
from oms.operations.reservations import Wanted, reserve
from oms.ports import get_provider
from oms.selectors.carts import CartGroup, CartItem, CartView, quantity_problem
from oms.selectors.delivery import Destination, list_delivery_options
from oms.selectors.delivery_prices import Package
from pim.selectors.offers import SellableOffer, list_sellable_of_cards

logger = logging.getLogger(__name__)

Refused = Sequence[tuple[OrderLine, int]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One merchant that can send some of the refused pieces, with what the buyer would pay it."""

    lines: tuple[OrderLine, ...]
    plan: PlannedPart


def reroute_refused(part: MerchantOrder, refused: Refused, actor: Actor) -> list[MerchantOrder]:
    """Give refused pieces to the next best offers; returns the merchant orders that replace them.

    Needs the order locked, the pieces withdrawn and not charged: the money the buyer's bank holds for them pays the
    replacement, and what is left of it is never charged. Where no other offer fits into it, nothing happens. The new
    merchants answer like any other. Publishes `MerchantOrderRerouted`.
    """
    wanted = [(line, pieces) for line, pieces in refused if pieces]
    store = find_store_context(part.order.store_copy.get("view_code", ""))
    if not wanted or not part.order.may_reroute or store is None or part.share.captured_minor:
        return []
    if not get_provider(Payment.objects.get(pk=part.share.payment_id).provider).holds_money:
        return []
    made: list[MerchantOrder] = []
    left = part.withdrawn_shipping_minor + sum(_given_up(line, pieces) for line, pieces in wanted)
    tried = set(MerchantOrder.objects.filter(order=part.order).values_list("merchant_id", flat=True))
    while wanted:
        found = _best(part, wanted, left, store, tried)
        if found is None:
            break
        tried.add(found.plan.merchant_id)
        row = _write_or_none(part, found, actor)
        if row is None:
            continue
        made.append(row)
        left -= row.total_minor
        taken = {line.pk for line in found.lines}
        wanted = [(line, pieces) for line, pieces in wanted if line.pk not in taken]
    return made


def _best(
    part: MerchantOrder, wanted: Refused, budget_minor: int, store: StoreContext, tried: set[int]
) -> _Candidate | None:
    """The merchant that takes over most lines, the cheapest of those; its delivery included in the budget."""
    offers = list_sellable_of_cards({line.card_id for line, _pieces in wanted}, store)
    by_merchant: dict[int, list[tuple[OrderLine, int, SellableOffer]]] = {}
    for line, pieces in wanted:
        for offer in offers.get(line.card_id, []):
            fits = offer.condition == line.condition and not quantity_problem(offer, pieces)
            if fits and offer.merchant_id not in tried:
                known = by_merchant.setdefault(offer.merchant_id, [])
                if all(line.pk != other.pk for other, _n, _o in known):
                    known.append((line, pieces, offer.for_quantity(pieces, store)))
    candidates = [
        found
        for rows in by_merchant.values()
        if (found := _candidate(part, rows, budget_minor, store)) is not None
    ]
    return min(candidates, key=lambda row: (-len(row.lines), row.plan.total_minor), default=None)


def _candidate(
    part: MerchantOrder,
    rows: list[tuple[OrderLine, int, SellableOffer]],
    budget_minor: int,
    store: StoreContext,
) -> _Candidate | None:
    """What this merchant would get; None when it does not deliver there or costs more than was given up."""
    first = rows[0][2]
    items = tuple(CartItem(line.pk, offer.offer_ref, offer, pieces, "") for line, pieces, offer in rows)
    goods = sum(item.total_minor for item in items)
    country = part.order.country
    package = Package(goods, {offer.offer_id: pieces for _line, pieces, offer in rows})
    postcode = str(part.order.shipping_address.get("postcode", ""))
    options = list_delivery_options(
        {first.merchant_id: package}, Destination(country, postcode), currency=part.currency
    )
    fitting = [row for row in options[first.merchant_id] if row.kind == part.delivery_kind]
    if not fitting or store.currency != part.currency:
        return None
    chosen = min(fitting, key=lambda row: row.price_minor)
    group = CartGroup(
        merchant_id=first.merchant_id,
        merchant_ref=first.merchant_ref,
        merchant_name=first.merchant_name,
        merchant_slug=first.merchant_slug,
        items=items,
        goods_minor=goods,
        options=tuple(options[first.merchant_id]),
        chosen=chosen,
    )
    plan = plan_order(CartView(None, store, country, groups=(group,)), clock.today()).parts[0]
    # Each line costs no more than before, and all of it with delivery no more than what was given up.
    dearer = any(
        planned.total_minor > _given_up(line, pieces)
        for planned, (line, pieces, _offer) in zip(plan.lines, rows, strict=True)
    )
    if dearer or plan.total_minor > budget_minor:
        return None
    return _Candidate(tuple(line for line, _pieces, _offer in rows), plan)


def _given_up(line: OrderLine, pieces: int) -> int:
    """The money of the refused pieces; they were the last that left the line."""
    gone = line.quantity_withdrawn + line.quantity_refunded - pieces
    return share_of_pieces(line.total_minor, line.quantity, gone, pieces)


def _write_or_none(part: MerchantOrder, found: _Candidate, actor: Actor) -> MerchantOrder | None:
    try:
        with transaction.atomic():
            return _write(part, found, actor)
    except DomainError as error:
        # Sold out at this moment, or no fee rule for it: the refusal stands, the next merchant is asked.
        logger.warning("%s was not given to merchant %s: %s", part.ref, found.plan.merchant_id, error)
        return None


def _write(part: MerchantOrder, found: _Candidate, actor: Actor) -> MerchantOrder:
    order, plan = part.order, found.plan
    row = merchant_order_row(order, order.merchant_orders.count() + 1, plan)
    row.replaces, row.placed_at = part, order.placed_at
    row.save()
    lines = OrderLine.objects.bulk_create(
        order_line_row(row, position, planned) for position, planned in enumerate(plan.lines, start=1)
    )
    # The buyer's money for the refused pieces follows them; the shares still sum to the payment.
    PaymentShare.objects.filter(merchant_order=part).update(amount_minor=F("amount_minor") - row.total_minor)
    part.share.refresh_from_db()
    PaymentShare.objects.create(
        payment_id=part.share.payment_id, merchant_order=row, amount_minor=row.total_minor
    )
    reserve(
        [Wanted(f"{order.ref}-{line.pk}", line.offer_id, line.quantity, line.pk) for line in lines],
        purpose=f"order:{order.ref}",
        actor=actor,
    )
    data = {"merchant_order": row.ref, "merchant": row.merchant_name, "amount_minor": row.total_minor}
    note("rerouted", merchant_order=part, actor=actor, data=data)
    publish(MerchantOrderRerouted(order.pk, part.pk, row.pk, row.merchant_id, clock.now()))
    open_parts(order, [row], actor)
    return row
