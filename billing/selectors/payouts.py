"""Reading payouts and batches."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from billing.models import Payout, PayoutBatch


def list_payouts(actor: Actor) -> QuerySet[Payout]:
    rows: QuerySet[Payout] = Payout.objects.visible_to(actor).select_related(
        "merchant", "settlement", "batch", "entity"
    )
    return rows.order_by("-created_at", "-id")


def get_payout(ref: str, *, actor: Actor) -> Payout:
    """One payout. Raises `NotFound`, also for those of other merchants."""
    found: Payout | None = list_payouts(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such payout."))
    return found


def lock_payout(ref: str) -> Payout:
    found: Payout | None = (
        Payout.objects.select_for_update(of=("self",))
        .select_related("settlement", "entity", "merchant")
        .filter(ref=ref)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such payout."))
    return found


def list_batches() -> QuerySet[PayoutBatch]:
    return PayoutBatch.objects.select_related("entity", "replaces").order_by("-created_at", "-id")


def get_batch(ref: str) -> PayoutBatch:
    found = list_batches().filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such payout file."))
    return found


def find_replacement(batch: PayoutBatch) -> PayoutBatch | None:
    """The file that carries the rest of a void one."""
    return PayoutBatch.objects.filter(replaces=batch).first()


def lock_batch(ref: str) -> PayoutBatch:
    """One bank file under its row lock. Raises `NotFound`."""
    found = (
        PayoutBatch.objects.select_for_update(of=("self",)).select_related("entity").filter(ref=ref).first()
    )
    if found is None:
        raise NotFound(_("There is no such payout file."))
    return found
