"""Amounts that must stay on a merchant's balance: held by finance, or earned by lines with an open incident."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet, Sum

from backoffice.kernel.money import Money
from billing.chart import Code
from billing.models import LEFT, FeeSnapshot, Hold, Posting
from oms.selectors.incidents import get_line_worths


@dataclass(frozen=True, slots=True)
class HeldAmount:
    """What one hold keeps of one balance now; for an incident never more than its order brought to it."""

    hold: Hold
    amount_minor: int

    @property
    def text(self) -> str:
        return f"{Money(self.amount_minor, self.hold.currency).display()}: {self.hold.reason}"


@dataclass(frozen=True, slots=True)
class BalanceKey:
    """One merchant's money in one company and currency."""

    entity_id: int
    merchant_id: int
    currency: str


def list_held_amounts(of: BalanceKey, *, max_seq: int | None = None) -> list[HeldAmount]:
    """The open amount holds of a balance, oldest first; with `max_seq` of what had reached it by then.

    Money of a line that is still pending, reserved or in dispute, or that left with a payout, needs no holding back.
    """
    return held_among(list_amount_holds(of.merchant_id), of, max_seq=max_seq)


def held_among(rows: Iterable[Hold], of: BalanceKey, *, max_seq: int | None = None) -> list[HeldAmount]:
    """`list_held_amounts` out of the merchant's open holds, already read: no statement but for those of incidents."""
    holds = [
        hold
        for hold in rows
        if hold.currency == of.currency and (hold.earning is None or hold.earning.entity_id == of.entity_id)
    ]
    if not holds:
        return []
    on_balance = _on_balance(of, holds, max_seq)
    found = []
    for hold in holds:
        amount = int(hold.amount_minor or 0)
        if hold.earning is not None:
            order_id = hold.earning.merchant_order_id
            amount = min(amount, max(0, on_balance.get(order_id, 0)))
            on_balance[order_id] = on_balance.get(order_id, 0) - amount
        if amount:
            found.append(HeldAmount(hold, amount))
    return found


def sum_held(of: BalanceKey, *, max_seq: int | None = None) -> int:
    return sum(row.amount_minor for row in list_held_amounts(of, max_seq=max_seq))


def list_amount_holds(merchant_id: int) -> QuerySet[Hold]:
    """The open holds on amounts, oldest first; without those whose money has left already or never came through us."""
    rows: QuerySet[Hold] = (
        Hold.objects.open()
        .filter(merchant_id=merchant_id, amount_minor__gt=0)
        .exclude(left_with__state__in=LEFT)
        .exclude(earning__captured_minor=0)
        .select_related("earning")
        .order_by("pk")
    )
    return rows


def _on_balance(of: BalanceKey, holds: Sequence[Hold], max_seq: int | None) -> dict[int, int]:
    """Per order with an incident, what its entries put on the available balance less what they took off it."""
    order_ids = {hold.earning.merchant_order_id for hold in holds if hold.earning is not None}
    if not order_ids:
        return {}
    rows = Posting.objects.filter(
        merchant_order_id__in=order_ids,
        currency=of.currency,
        account__code=Code.AVAILABLE,
        account__entity_id=of.entity_id,
        account__owner_id=of.merchant_id,
    )
    if max_seq is not None:
        rows = rows.filter(entry__seal__seq__lte=max_seq)
    sums = rows.order_by().values_list("merchant_order_id").annotate(total=Sum("amount_minor"))
    return {order_id: -total for order_id, total in sums if order_id is not None}


def get_line_earnings(line_ids: Iterable[int]) -> dict[int, int]:
    """By order line, what it still earns its merchant: paid and not given back, less the fees that stay."""
    ids = list(line_ids)
    kept = F("charged_fee_minor") + F("charged_tax_minor") - F("returned_fee_minor") - F("returned_tax_minor")
    fees = dict(
        FeeSnapshot.objects.filter(order_line_id__in=ids)
        .order_by()
        .values_list("order_line_id")
        .annotate(kept=Sum(kept))
    )
    return {
        line_id: max(0, worth.left_minor - fees.get(line_id, 0))
        for line_id, worth in get_line_worths(ids).items()
    }
