"""Reading what holds payouts."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from billing.models import Hold


def list_holds(actor: Actor) -> QuerySet[Hold]:
    """Every hold, newest first; ended ones and those of incidents too."""
    rows: QuerySet[Hold] = Hold.objects.visible_to(actor).select_related("merchant", "charge")
    return rows.order_by("-created_at", "-id")


def list_open_holds(merchant_id: int) -> QuerySet[Hold]:
    """What counts now for a merchant, newest first; those of incidents too."""
    holds: QuerySet[Hold] = Hold.objects.open().select_related("merchant", "charge")
    return holds.filter(merchant_id=merchant_id).order_by("-created_at")


def get_hold(ref: str, *, actor: Actor) -> Hold:
    """Raises `NotFound`."""
    return _one(list_holds(actor), ref)


def lock_hold(ref: str, *, actor: Actor) -> Hold:
    """One hold under its row lock; raises `NotFound`.

    Its charge is read afterwards: a join would show what it was before the wait for the lock.
    """
    rows: QuerySet[Hold] = Hold.objects.visible_to(actor).select_related("merchant")
    return _one(rows.select_for_update(of=("self",)), ref)


def _one(rows: QuerySet[Hold], ref: str) -> Hold:
    found = rows.filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such hold."))
    return found
