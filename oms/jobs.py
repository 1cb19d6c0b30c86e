"""Long work of the order system, run by any worker."""

from backoffice.kernel.actors import system_actor
from backoffice.kernel.jobs import JobRun, job_handler
from oms.operations.reconciliation import JOB, reconcile_stock


@job_handler(JOB)
def run_reconciliation(run: JobRun) -> None:
    report = reconcile_stock(actor=system_actor(run.job.created_by_label), repair=bool(run.payload["repair"]))
    run.checkpoint(done=report.checked, total=report.checked, counts={"found": report.found})
