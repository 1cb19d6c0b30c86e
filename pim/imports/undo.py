"""Undoing an import as a whole: its change set backwards; what somebody changed since stays and is counted."""

from django.db import transaction

from backoffice.kernel import audit, clock, jobs
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import StateRefused
from backoffice.kernel.phrases import gettext as _
from pim.imports.access import get_import, remember_actor
from pim.imports.runs import require_import_right
from pim.models import ImportRun, ImportState, Offer, OfferState
from pim.operations.proposals import withdraw_proposals
from pim.operations.reverts import undo_change_set

UNDO_JOB = "pim.import_undo"


@transaction.atomic
def undo_import(ref: str, *, actor: Actor) -> ImportRun:
    """Start taking an import back by a job. Safe to repeat; raises `StateRefused` for what was never applied."""
    run = get_import(ref, actor=actor)
    require_import_right(actor, run.merchant_id)
    if run.state == ImportState.UNDONE:
        return run
    if run.state not in (ImportState.DONE, ImportState.CANCELLED) or run.change_set_id is None:
        raise StateRefused(_("Only an import that was applied can be undone."))
    job = jobs.enqueue(
        UNDO_JOB,
        {"run_id": run.pk},
        actor=actor,
        title=_("Undo %(name)s") % {"name": run.filename},
        merchant_id=run.merchant_id,
    )
    ImportRun.objects.filter(pk=run.pk).update(
        state=ImportState.APPLYING, job_ref=job.ref, started_by=remember_actor(actor)
    )
    audit.record("pim.import.undone", actor=actor, subject=run, note=run.filename)
    run.refresh_from_db()
    return run


@transaction.atomic
def take_back(run: ImportRun, *, actor: Actor) -> dict[str, int]:
    """Everything at once or nothing; the counts of what went back and what was left."""
    if run.change_set is None:
        return {}
    undone = undo_change_set(run.change_set, actor=actor)
    withdraw_proposals(f"import:{run.ref}", merchant_id=run.merchant_id)
    counts = {
        "values": undone.values,
        "prices": undone.prices,
        "offers": undone.offers_removed,
        "cards": undone.cards_archived,
        "skipped": len(undone.skipped),
    }
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.UNDONE, finished_at=clock.now())
    return counts


def bring_back_offers(run: ImportRun, skus: set[str]) -> None:
    """Offers that an undo had removed may be stated again by the next import."""
    if skus:
        Offer.objects.filter(
            merchant_id=run.merchant_id,
            merchant_sku__among=skus,
            state=OfferState.REMOVED,
            created_in__undone_by__isnull=False,
        ).update(state=OfferState.ACTIVE, created_in=run.change_set)
