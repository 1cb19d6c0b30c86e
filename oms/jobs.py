"""Long work of the order system, run by any worker, resumable after a kill."""

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, ActorKind, system_actor
from backoffice.kernel.errors import DomainError
from backoffice.kernel.jobs import JobRun, job_handler
from oms.imports.tracking import JOB, parcel_of, places_of
from oms.models import TrackingFile, TrackingRow, TrackingRowState
from oms.operations.bulk import is_known_parcel
from oms.operations.reconciliation import JOB as RECONCILE_JOB
from oms.operations.reconciliation import reconcile_stock
from oms.operations.shipments import ship_parcel
from oms.permissions import SHIP_ORDERS

CHUNK = 25


@job_handler(JOB)
def ship_tracking_file(run: JobRun) -> None:
    """Ship the rows that still wait; each row's parcel and its result become true together."""
    file = TrackingFile.objects.get(pk=run.payload["file"])
    # Rights were checked when the file came in; the person or program stays the one who acted.
    actor = Actor(
        kind=ActorKind(run.payload["kind"]),
        id=str(run.payload["actor_id"]),
        label=str(run.payload["label"]),
        merchant_grants={file.merchant_id: frozenset({SHIP_ORDERS})},
    )
    places = places_of(file.header)
    total = file.rows.count()
    while True:
        waiting = list(file.rows.filter(state=TrackingRowState.WAITING).order_by("number")[:CHUNK])
        for row in waiting:
            with transaction.atomic():
                _ship(row, places, actor)
        done = total - file.rows.filter(state=TrackingRowState.WAITING).count()
        run.checkpoint(done=done, total=total)
        if not waiting:
            break
    TrackingFile.objects.filter(pk=file.pk).update(finished_at=clock.now())


def _ship(row: TrackingRow, places: dict[str, int], actor: Actor) -> None:
    try:
        with transaction.atomic():
            parcel = parcel_of(row.cells, places)
            known = is_known_parcel(row.order_ref, parcel)
            ship_parcel(row.order_ref, parcel, actor=actor)
        row.state = TrackingRowState.KNOWN if known else TrackingRowState.SHIPPED
        row.message = ""
    except DomainError as error:
        row.state, row.message = TrackingRowState.FAILED, str(error.message)[:500]
    row.save(update_fields=["state", "message"])


@job_handler(RECONCILE_JOB)
def run_reconciliation(run: JobRun) -> None:
    report = reconcile_stock(actor=system_actor(run.job.created_by_label), repair=bool(run.payload["repair"]))
    run.checkpoint(done=report.checked, total=report.checked, counts={"found": report.found})
