"""What an open incident does to money: the payout of its line is held until the incident is closed."""

from collections.abc import Iterable
from typing import Protocol

from django.db import transaction
from django.db.models import Max

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import gettext as _
from billing.chart import Code
from billing.models import LEFT, Earning, Hold, HoldEnd, Payout, Posting
from billing.operations.unknown_orders import report_unknown_order
from billing.selectors.balances import lock_balances
from billing.selectors.earnings import lock_earning
from billing.selectors.payout_holds import get_line_earnings
from oms.selectors.incidents import get_line_worths


class IncidentNews(Protocol):
    """What an incident event says."""

    @property
    def incident_ref(self) -> str: ...
    @property
    def opening(self) -> int: ...
    @property
    def merchant_order_id(self) -> int: ...
    @property
    def line_id(self) -> int: ...


def source_key(incident_ref: str, opening: int) -> str:
    return f"incident:{incident_ref}:{opening}"


@transaction.atomic
def hold_line(news: IncidentNews, *, actor: Actor) -> None:
    """Hold what the line still earns the merchant, once per incident and time it is open. Safe to repeat.

    Takes the lock of the merchant's balances that claims and bank files take: whoever comes second sees the first.
    """
    earning = lock_earning(news.merchant_order_id)
    if earning is None:
        report_unknown_order(news.merchant_order_id, news.incident_ref)
        return
    lock_balances(earning.entity_id, [earning.merchant_id], earning.currency)
    worth = get_line_worths([news.line_id])[news.line_id]
    hold, created = Hold.objects.get_or_create(
        source_key=source_key(news.incident_ref, news.opening),
        defaults={
            "merchant_id": earning.merchant_id,
            "earning": earning,
            "order_line_id": news.line_id,
            "amount_minor": get_line_earnings([news.line_id])[news.line_id],
            "currency": earning.currency,
            "reason": _("A problem with “%(title)s” of order %(order)s is not settled (%(ref)s).")
            % {"title": worth.title[:80], "order": worth.merchant_order_ref, "ref": news.incident_ref},
            "created_by_label": news.incident_ref,
            "left_with": _payout_that_took(earning, news.line_id),
        },
    )
    if created:
        audit.record("billing.payouts.held", actor=actor, subject=hold, note=hold.reason)


def _payout_that_took(earning: Earning, line_id: int) -> Payout | None:
    """The payout that has carried the line's money away already: its statement was cut after that was available.

    When an earlier hold of this line was lifted, only statements written since then can have paid it.
    """
    matured = Posting.objects.filter(
        merchant_order_id=earning.merchant_order_id,
        account__code=Code.AVAILABLE,
        currency=earning.currency,
        entry__event_type="maturity",
    ).aggregate(seq=Max("entry__seal__seq"))["seq"]
    if matured is None:
        return None
    payouts = Payout.objects.filter(
        merchant_id=earning.merchant_id,
        entity_id=earning.entity_id,
        currency=earning.currency,
        state__in=LEFT,
        settlement__max_seq__gte=matured,
    )
    lifted = Hold.objects.filter(order_line_id=line_id).aggregate(at=Max("released_at"))["at"]
    if lifted is not None:
        payouts = payouts.filter(settlement__created_at__gt=lifted)
    found: Payout | None = payouts.order_by("-claimed_at", "-pk").first()
    return found


@transaction.atomic
def measure_incident_holds(merchant_order_id: int) -> None:
    """A refund changed what the lines of an order still earn: the open holds follow. Safe to repeat."""
    holds = list(_open_of(merchant_order_id))
    earned = get_line_earnings({hold.order_line_id for hold in holds if hold.order_line_id})
    for hold in holds:
        amount = earned.get(hold.order_line_id or 0, 0)
        if hold.amount_minor != amount:
            hold.amount_minor = amount
            hold.save(update_fields=["amount_minor"])


def _open_of(merchant_order_id: int) -> Iterable[Hold]:
    rows: Iterable[Hold] = Hold.objects.open().filter(
        source_key__isnull=False, earning__merchant_order_id=merchant_order_id
    )
    return rows


@transaction.atomic
def release_line(news: IncidentNews, *, actor: Actor) -> None:
    """The incident is closed: the money is paid with the next statement. Safe to repeat."""
    hold: Hold | None = (
        Hold.objects.select_for_update(of=("self",))
        .filter(source_key=source_key(news.incident_ref, news.opening), released_at=None)
        .first()
    )
    if hold is None:
        return
    hold.released_at, hold.released_by_label, hold.ended_as = clock.now(), news.incident_ref, HoldEnd.LIFTED
    hold.save(update_fields=["released_at", "released_by_label", "ended_as"])
    audit.record("billing.payouts.released", actor=actor, subject=hold, note=hold.reason)
