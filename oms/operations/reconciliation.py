"""Compares stock counters with the rows behind them, keeps a report, and repairs when asked."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import jobs
from backoffice.kernel.actors import Actor
from backoffice.kernel.models import Job
from mms.operations.tasks import close_tasks, open_task
from oms.models import StockItem, StockReconciliation
from oms.operations.stock import repair_stock
from oms.permissions import MANAGE_STOCK
from oms.selectors.stock import StockDisagreement, list_disagreements

JOB = "oms.reconcile_stock"


@transaction.atomic
def reconcile_stock(*, actor: Actor, repair: bool = False) -> StockReconciliation:
    """Report every counter that does not equal its rows; with `repair`, bring them back in line afterwards.

    A disagreement opens a task for the operator, a clean comparison closes it. Locks nothing unless it repairs.
    """
    actor.require(MANAGE_STOCK)
    problems = list_disagreements()
    report = StockReconciliation.objects.create(
        actor_label=actor.label,
        checked=StockItem.objects.count(),
        repaired=repair and bool(problems),
        findings=_describe(problems),
    )
    if repair and problems:
        repair_stock(actor=actor)
    if problems and not repair:
        open_task(
            kind="oms.stock_disagrees",
            title=_("%(count)s stock counters do not equal the rows behind them") % {"count": len(problems)},
            url_name="console:oms-reconciliation-detail",
            url_args=[report.ref],
            subject_ref="stock",
        )
    else:
        close_tasks("oms.stock_disagrees", "stock", actor=actor)
    return report


def _describe(problems: list[StockDisagreement]) -> list[dict[str, object]]:
    rows = StockItem.objects.filter(pk__in={problem.item_id for problem in problems})
    items = {row.pk: row for row in rows.select_related("offer", "location")}
    return [
        {
            "item": problem.item_id,
            "sku": items[problem.item_id].offer.merchant_sku,
            "offer_ref": items[problem.item_id].offer.ref,
            "place": items[problem.item_id].location.name,
            "counter": problem.counter,
            "is": problem.is_now,
            "should": problem.should_be,
        }
        for problem in problems
    ]


def request_reconciliation(*, repair: bool, actor: Actor) -> Job:
    """Let a worker compare (and repair) the stock; the report appears in the console."""
    actor.require(MANAGE_STOCK)
    return jobs.enqueue(JOB, {"repair": repair}, actor=actor, title="Reconcile stock")
