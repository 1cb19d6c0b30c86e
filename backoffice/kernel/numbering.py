"""Document numbers without gaps: 1, 2, 3 … per kind, owner and year, whoever issues at the same moment.

The number is taken from a row of its own, never from the last document, and inside the transaction that issues the
document: what is rolled back gives its number back, because the next one waits until the row is free. Drafts have no
number. Issue it as the last step of the transaction, so that others wait for the row as short as possible.
"""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Count, F, Max, Min

from backoffice.kernel.models import IssuedNumber, NumberSeries


@transaction.atomic
def issue_number(kind: str, *, owner: str, year: int, document: str) -> IssuedNumber:
    """Give the document the next number of its series; a document that has one keeps it.

    Call it inside the transaction that issues the document. Locks the series until that transaction ends.
    """
    issued = IssuedNumber.objects.select_related("series").filter(document=document).first()
    if issued is not None:
        return issued
    series = NumberSeries.objects.filter(kind=kind, owner=owner, year=year)
    if not series.update(last_number=F("last_number") + 1):
        NumberSeries.objects.bulk_create(
            [NumberSeries(kind=kind, owner=owner, year=year)], ignore_conflicts=True
        )
        series.update(last_number=F("last_number") + 1)
    row = series.get()
    return IssuedNumber.objects.create(series=row, number=row.last_number, document=document)


def broken_series() -> Iterator[str]:
    """One sentence per series whose numbers are not exactly 1 to its last."""
    rows = NumberSeries.objects.annotate(
        issued=Count("numbers"), first=Min("numbers__number"), last=Max("numbers__number")
    ).order_by("kind", "owner", "year")
    for row in rows:
        if (row.issued, row.last or 0) != (row.last_number, row.last_number) or row.first not in (None, 1):
            yield (
                f"{row}: {row.issued} numbers from {row.first} to {row.last}, the series stands at {row.last_number}"
            )
