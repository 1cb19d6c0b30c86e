"""Reading accounting periods."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from billing.models import JournalSeal, Period


def lock_period(period_id: int) -> Period:
    """One period under a row lock. Raises `NotFound`."""
    period = Period.objects.select_for_update(of=("self",)).filter(pk=period_id).first()
    if period is None:
        raise NotFound(_("There is no such period."))
    return period


def list_periods() -> QuerySet[Period]:
    return Period.objects.select_related("entity").order_by("-starts_on", "entity_id")


def count_unsealed_entries() -> int:
    """Entries that the chain worker has not numbered yet."""
    return JournalSeal.objects.filter(seq__isnull=True).count()


def get_period(entity_code: str, month: str) -> Period | None:
    """A month of a company by its name such as `2026-06`."""
    year, _sep, number = month.partition("-")
    if not (year.isdigit() and number.isdigit()):
        return None
    return (
        list_periods()
        .filter(entity__code=entity_code, starts_on__year=int(year), starts_on__month=int(number))
        .first()
    )
