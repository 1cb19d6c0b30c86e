"""Reading chargebacks."""

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from billing.models import Dispute, DisputeState


def list_disputes(actor: Actor) -> QuerySet[Dispute]:
    """Chargebacks the actor may see, newest first."""
    rows: QuerySet[Dispute] = Dispute.objects.visible_to(actor).select_related("merchant", "earning")
    return rows.order_by("-opened_at", "-id")


def get_dispute(ref: str, *, actor: Actor) -> Dispute:
    """One chargeback. Raises `NotFound`, also for those of other merchants."""
    found = list_disputes(actor).select_related("entity").filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such chargeback."))
    return found


def lock_dispute(ref: str) -> Dispute:
    found: Dispute | None = Dispute.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such chargeback."))
    return found


def find_dispute(psp: str, case_number: str) -> Dispute | None:
    found: Dispute | None = Dispute.objects.filter(psp=psp, case_number=case_number).first()
    return found


def sum_disputed(earning_id: int) -> int:
    """What of one merchant order is or was taken back by chargebacks that were not won."""
    taken = Dispute.objects.filter(earning_id=earning_id).exclude(state=DisputeState.WON)
    return taken.aggregate(total=Sum("amount_minor"))["total"] or 0


def list_open_disputes(actor: Actor) -> QuerySet[Dispute]:
    return list_disputes(actor).filter(state=DisputeState.OPEN)
