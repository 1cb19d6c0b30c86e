"""What the clock asks of product information, and long work done as jobs."""

from datetime import timedelta

from backoffice.kernel.jobs import JobRun, job_handler
from backoffice.kernel.periodic import periodic
from mas.selectors.merchants import list_selling_merchant_ids
from pim.operations.listings import refresh_listings
from pim.operations.offers import refresh_selling_merchants
from pim.selectors.listings import REBUILD_LISTINGS, list_card_ids_after

CHUNK = 500


@periodic("pim.selling_merchants", every=timedelta(minutes=5))
def refresh_selling_merchants_task() -> None:
    """Holidays begin and end without an event: compare what is stored with who may sell today."""
    refresh_selling_merchants(list_selling_merchant_ids())


@job_handler(REBUILD_LISTINGS)
def rebuild_listings(run: JobRun) -> None:
    """Write the listings of every card anew, chunk by chunk: after a new store view, other rates or other
    categories.
    """
    last_id, done = int(run.state.get("last_id", 0)), int(run.state.get("done", 0))
    while ids := list_card_ids_after(last_id, CHUNK):
        refresh_listings(ids)
        last_id, done = ids[-1], done + len(ids)
        run.checkpoint(done=done, state={"last_id": last_id, "done": done})
