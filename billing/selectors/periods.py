"""Reading accounting periods and what still keeps one open."""

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from billing.chart import Code
from billing.models import JournalSeal, Period, Posting


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


def list_closing_obstacles(period: Period) -> list[str]:
    """Why this month cannot be closed for good yet, in sentences."""
    obstacles = []
    earlier = Period.objects.filter(entity=period.entity, starts_on__lt=period.starts_on)
    if earlier.exclude(state="hard_closed").exists():
        obstacles.append(_("An earlier month is still open."))
    sums = Posting.objects.filter(entry__period=period).values("currency").annotate(total=Sum("amount_minor"))
    for row in sums.order_by("currency"):
        if row["total"]:
            obstacles.append(
                _("The entries in %(currency)s do not sum to zero.") % {"currency": row["currency"]}
            )
    suspense = Posting.objects.filter(
        account__code=Code.SUSPENSE,
        account__entity=period.entity,
        entry__occurred_at__date__lt=period.ends_on,
    ).aggregate(total=Sum("amount_minor"))["total"]
    if suspense:
        obstacles.append(_("Unmatched bank lines are open on the suspense account."))
    return obstacles


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
