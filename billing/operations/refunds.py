"""Refunds: the buyer is owed at once, commission goes back by the frozen rule, cumulatively, within the charge."""

from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F

from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import gettext as _
from billing.entries.reversals import PaidBack, RefundShare, commission_returned, refund, refund_paid
from billing.errors import RefundAboveCharge
from billing.fees.returns import Charged, fee_return, in_base_terms
from billing.fees.rules import RefundPolicy
from billing.models import Earning, FeeKind, FeeSnapshot
from billing.operations.ledger import post_entry, reverse_entry
from billing.operations.unknown_orders import report_unknown_order
from billing.selectors.earnings import lock_earning
from billing.selectors.journal import find_entries_by_key, find_live_entry, list_entries_of_source
from billing.selectors.snapshots import lock_fee_snapshots
from mms.operations.tasks import close_tasks, open_task

# (line id, pieces, minor units)
Lines = tuple[tuple[int, int, int], ...]
TASK = "billing.refund_failed"
PAID = "refund_paid"
# The marketplace or the merchant could not deliver: the whole fee goes back, whatever the rule keeps on returns.
NOT_DELIVERED = frozenset({"refused", "cancelled"})


class RefundNews(Protocol):
    """What a refund event says."""

    @property
    def refund_id(self) -> int: ...
    @property
    def refund_ref(self) -> str: ...
    @property
    def merchant_order_id(self) -> int: ...
    @property
    def merchant_id(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def shipping_minor(self) -> int: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def reason(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...


@transaction.atomic
def book_refund(news: RefundNews, *, actor: Actor) -> None:
    """E5, E7: take the amount from the merchant, give commission and its tax back. Safe to repeat by refund id.

    Raises `RefundAboveCharge` above what was captured.
    """
    earning = lock_earning(news.merchant_order_id)
    if earning is None:
        report_unknown_order(news.merchant_order_id, news.refund_ref)
        return
    if find_entries_by_key([(earning.entity_id, f"refund:{news.refund_id}")]):
        return
    changed = Earning.objects.filter(
        pk=earning.pk, captured_minor__gte=F("refunded_minor") + news.amount_minor
    ).update(refunded_minor=F("refunded_minor") + news.amount_minor)
    if not changed:
        raise RefundAboveCharge(
            _("This refund is higher than what is left of the captured amount of %(ref)s.")
            % {"ref": earning.merchant_order_ref}
        )
    fee, tax = _return_fees(news.merchant_order_id, news.lines, news.shipping_minor, news.reason)
    is_matured = earning.matured_times > 0
    share = RefundShare(
        earning.merchant_id, earning.merchant_order_id, news.amount_minor, fee, tax, is_matured
    )
    post_entry(
        refund(earning.entity_id, news.currency, str(news.refund_id), share, occurred_at=news.occurred_at),
        actor=actor,
    )
    if not is_matured:
        Earning.objects.filter(pk=earning.pk).update(has_pending=True)


class WithdrawnNews(Protocol):
    """What an event about pieces that will never be charged says."""

    @property
    def merchant_order_id(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def shipping_minor(self) -> int: ...
    @property
    def withdrawn_minor(self) -> int: ...
    @property
    def occurred_at(self) -> datetime: ...


@transaction.atomic
def return_fees_of_withdrawn(news: WithdrawnNews, *, actor: Actor) -> None:
    """The fee of pieces that were accepted but will never be charged goes back whole. Safe to repeat.

    Before acceptance nothing was charged, so nothing goes back: the fee is then taken of what is left.
    """
    earning = lock_earning(news.merchant_order_id)
    if earning is None or earning.accepted_at is None:
        return
    key = f"{news.merchant_order_id}:{news.withdrawn_minor}"
    if find_entries_by_key([(earning.entity_id, f"withdrawn:{key}")]):
        return
    fee, tax = _return_fees(news.merchant_order_id, news.lines, news.shipping_minor, "cancelled")
    if not fee and not tax:
        return
    is_matured = earning.matured_times > 0
    share = RefundShare(earning.merchant_id, earning.merchant_order_id, 0, fee, tax, is_matured)
    draft = commission_returned(earning.entity_id, news.currency, key, share, occurred_at=news.occurred_at)
    post_entry(draft, actor=actor)
    if not is_matured:
        Earning.objects.filter(pk=earning.pk).update(has_pending=True)


def _return_fees(merchant_order_id: int, lines: Lines, shipping_minor: int, reason: str) -> tuple[int, int]:
    """Fee and tax that go back with this money of lines and shipping, remembered on each frozen fee."""
    amounts: dict[int, int] = {0: shipping_minor}
    for line_id, _quantity, amount in lines:
        amounts[line_id] = amounts.get(line_id, 0) + amount
    fee = tax = 0
    for snapshot in lock_fee_snapshots(merchant_order_id):
        is_payment = snapshot.fee_kind == FeeKind.PAYMENT
        amount = sum(amounts.values()) if is_payment else amounts.get(snapshot.order_line_id, 0)
        if not amount:
            continue
        in_base = in_base_terms(
            snapshot.base_minor, snapshot.paid_minor, snapshot.refunded_paid_minor, amount
        )
        policy = RefundPolicy.RETURN if reason in NOT_DELIVERED else RefundPolicy(snapshot.refund_policy)
        back = fee_return(_charged(snapshot), in_base, policy)
        FeeSnapshot.objects.filter(pk=snapshot.pk).update(
            refunded_paid_minor=F("refunded_paid_minor") + amount,
            refunded_minor=F("refunded_minor") + in_base,
            returned_fee_minor=F("returned_fee_minor") + back.fee_minor,
            returned_tax_minor=F("returned_tax_minor") + back.tax_minor,
        )
        fee += back.fee_minor
        tax += back.tax_minor
    return fee, tax


def _charged(snapshot: FeeSnapshot) -> Charged:
    return Charged(
        base_minor=snapshot.charged_base_minor,
        fee_minor=snapshot.charged_fee_minor,
        percent_minor=snapshot.charged_percent_minor,
        tax_minor=snapshot.charged_tax_minor,
        refunded_minor=snapshot.refunded_minor,
        returned_fee_minor=snapshot.returned_fee_minor,
        returned_tax_minor=snapshot.returned_tax_minor,
    )


@transaction.atomic
def book_refund_paid(news: RefundNews, *, actor: Actor) -> None:
    """E5b: the provider paid the buyer. Safe to repeat by refund id, also after earlier payments were taken back."""
    earning = lock_earning(news.merchant_order_id)
    if earning is None:
        return
    booked = list_entries_of_source("refund", str(news.refund_id)).filter(event_type=PAID)
    if booked.filter(reversed_by=None).exists():
        return
    paid = PaidBack(
        earning.entity_id,
        news.currency,
        str(news.refund_id),
        news.amount_minor,
        earning.psp,
        times_undone=booked.count(),
    )
    post_entry(refund_paid(paid, occurred_at=news.occurred_at), actor=actor)
    close_tasks(TASK, news.refund_ref, actor=actor)


@transaction.atomic
def note_refund_failed(news: RefundNews, *, actor: Actor) -> None:
    """The provider refused: the debt to the buyer stays on refund clearing and finance gets a task.

    Had it said before that it paid, that entry is reversed, once: the money is with the provider again.
    """
    if lock_earning(news.merchant_order_id) is not None:
        paid = find_live_entry("refund", str(news.refund_id), PAID)
        if paid is not None:
            reverse_entry(paid.pk, reason=_("The provider could not pay it back after all"), actor=actor)
    open_task(
        kind=TASK,
        title=_("Refund %(ref)s failed; the buyer is still owed the money") % {"ref": news.refund_ref},
        url_name="console:billing-finance-home",
        url_args=[],
        merchant_id=None,
        subject_ref=news.refund_ref,
        due_at=None,
    )
