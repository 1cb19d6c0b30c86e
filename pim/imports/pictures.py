"""Pictures by web address, fetched after an import: never a reason for a row to fail."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import DomainError
from backoffice.kernel.jobs import JobRun
from backoffice.kernel.phrases import gettext as _
from dam.operations.downloads import store_asset_from_url
from pim.imports.errors import problem
from pim.models import Card, ImportRow, ImportRun
from pim.operations.pictures import link_pictures

# After so many addresses of one host that do not answer, the rest of that host is not tried.
PATIENCE = 3


def has_pictures(run: ImportRun) -> bool:
    """Whether any applied row brought picture addresses."""
    return _rows(run, 0).exists()


def _rows(run: ImportRun, last: int) -> QuerySet[ImportRow]:
    rows = ImportRow.objects.filter(run=run, applied=True, card_id__isnull=False, number__gt=last)
    return rows.filter(read__has_key="images").order_by("number")


def fetch_pictures(run: ImportRun, job: JobRun) -> None:
    """Fetch and link the pictures of every row; the network is never touched inside a transaction."""
    last = int(job.state.get("last", 0))
    counts: dict[str, int] = {"fetched": 0, "unreachable": 0} | job.state.get("counts", {})
    silent: dict[str, int] = dict(job.state.get("silent", {}))
    while row := _rows(run, last).first():
        found, warnings = _fetch(row, run, silent)
        counts["fetched"] += len(found)
        counts["unreachable"] += len(warnings)
        with transaction.atomic():
            if found:
                link_pictures({_shown_card(row): found}, merchant_id=run.merchant_id)
            if warnings:
                row.warnings = [*row.warnings, *warnings]
                row.save(update_fields=["warnings"])
            last = row.number
            job.checkpoint(
                done=counts["fetched"] + counts["unreachable"],
                counts=counts,
                state={"last": last, "counts": counts, "silent": silent},
            )


def _fetch(
    row: ImportRow, run: ImportRun, silent: dict[str, int]
) -> tuple[Sequence[UUID], list[dict[str, str]]]:
    found, warnings = [], []
    for url in row.read["images"]:
        host = url.split("/")[2] if url.count("/") >= 2 else url
        try:
            if silent.get(host, 0) >= PATIENCE:
                raise Unanswered
            found.append(
                store_asset_from_url(
                    url, owner_merchant_id=run.merchant_id, actor=system_actor("import")
                ).uuid
            )
        except Unanswered:
            sentence = _("%(host)s did not answer before, so this picture was not tried.") % {"host": host}
            warnings.append(problem("picture_unreachable", "image_url", url, sentence).as_json())
        except DomainError as error:
            if error.status == 503:
                silent[host] = silent.get(host, 0) + 1
            warnings.append(problem("picture_unreachable", "image_url", url, error.message).as_json())
    return found, warnings


class Unanswered(Exception):
    """The host stayed silent several times."""


def _shown_card(row: ImportRow) -> int:
    """Pictures of a product of variants belong to the product."""
    parent = Card.objects.filter(pk=row.card_id or 0).values_list("parent_id", flat=True).first()
    return parent if parent and row.read.get("parent") else int(row.card_id or 0)
