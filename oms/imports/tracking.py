"""A file of tracking numbers: which column is what, and a row as a parcel."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.jobs import enqueue
from oms.models import TrackingFile, TrackingRow
from oms.operations.bulk import key_of
from oms.operations.shipments import Parcel
from oms.permissions import SHIP_ORDERS
from oms.selectors.shipments import OTHER
from pim.imports.formats.reading import detect, iterate_rows, read_header

JOB = "oms.tracking_file"
MOST_ROWS = 5000
LARGEST_BYTES = 5_000_000
# What a column may be called, in the words of merchants' own systems.
NAMES: dict[str, tuple[str, ...]] = {
    "order": ("order", "order number", "order_number", "order_ref", "ref", "bestellnummer", "auftrag"),
    "carrier": ("carrier", "carrier_code", "versender", "paketdienst"),
    "tracking_number": ("tracking_number", "tracking number", "tracking", "sendungsnummer"),
    "carrier_name": ("carrier_name", "carrier name"),
    "tracking_url": ("tracking_url", "tracking link", "tracking_link", "link"),
    "package_ref": ("package_ref", "package reference", "package", "paket"),
    "line": ("line", "position", "line_position"),
    "quantity": ("quantity", "qty", "pieces", "menge"),
}
TEMPLATE = ("order", "carrier", "tracking_number", "line", "quantity", "package_ref")
NEEDED = ("order", "tracking_number")


def read_tracking_file(data: bytes, filename: str, *, merchant_id: int, actor: Actor) -> TrackingFile:
    """Take a CSV or XLSX file in and queue the shipping of its rows. Raises `InvalidInput` at `file`.

    The whole file is read before anything is shipped, so a broken one ships nothing.
    """
    actor.require(SHIP_ORDERS, merchant_id=merchant_id)
    if len(data) > LARGEST_BYTES:
        raise _refused(_("The file is larger than 5 MB."))
    try:
        header, rows = _table(data)
    except InvalidInput as error:
        raise _refused(str(error.message)) from error
    places = places_of(header)
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise _refused(
            _("The file has no column %(names)s. Its first row must name the columns.")
            % {"names": ", ".join(f"“{name}”" for name in missing)}
        )
    if not rows:
        raise _refused(_("The file holds no rows."))
    if len(rows) > MOST_ROWS:
        raise _refused(_("At most %(limit)s rows per file.") % {"limit": MOST_ROWS})
    return _write(header, rows, places, filename, merchant_id, actor)


@transaction.atomic
def _write(
    header: list[str],
    rows: list[tuple[int, list[str]]],
    places: Mapping[str, int],
    filename: str,
    merchant_id: int,
    actor: Actor,
) -> TrackingFile:
    file: TrackingFile = TrackingFile.objects.create(
        merchant_id=merchant_id, filename=filename[-255:], header=header, created_by=actor.label[:200]
    )
    TrackingRow.objects.bulk_create(
        TrackingRow(
            file=file, number=number, cells=cells, order_ref=cells[places["order"]].strip().upper()[:60]
        )
        for number, cells in rows
    )
    job = enqueue(
        JOB,
        {"file": file.pk, "actor_id": actor.id, "kind": str(actor.kind), "label": actor.label},
        actor=actor,
        title=filename,
        merchant_id=merchant_id,
    )
    file.job_ref = job.ref
    file.save(update_fields=["job_ref"])
    return file


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"file": message})


def _table(data: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_bytes(data)
        dialect = detect(path)
        header = read_header(path, dialect)
        rows = []
        for row in iterate_rows(path, dialect, len(header)):
            rows.append(row)
            if len(rows) > MOST_ROWS:
                break
        return header, rows


def places_of(header: Sequence[str]) -> dict[str, int]:
    """Column → its place, by any of its known names."""
    words = [name.strip().lower() for name in header]
    return {key: place for key, names in NAMES.items() for place, word in enumerate(words) if word in names}


def parcel_of(cells: Sequence[str], places: Mapping[str, int]) -> Parcel:
    """A row as a parcel: all that is left of the order, or pieces of one line. Raises `InvalidInput`."""

    def cell(name: str) -> str:
        return cells[places[name]].strip() if name in places else ""

    if not cell("tracking_number"):
        raise InvalidInput(_("The tracking number is missing."))
    pieces = None
    if cell("line") or cell("quantity"):
        if not (cell("line").isdigit() and cell("quantity").isdigit()):
            raise InvalidInput(_("Give line and quantity as whole numbers, or leave both empty."))
        pieces = {int(cell("line")): int(cell("quantity"))}
    carrier = cell("carrier").lower()
    if not carrier and cell("carrier_name"):
        carrier = OTHER
    parcel = Parcel(
        pieces=pieces,
        carrier=carrier,
        tracking_number=cell("tracking_number"),
        carrier_name=cell("carrier_name"),
        tracking_url=cell("tracking_url"),
        package_ref=cell("package_ref"),
    )
    return Parcel(**{name: getattr(parcel, name) for name in _WITHOUT_KEY}, key=key_of(parcel))


_WITHOUT_KEY = ("pieces", "carrier", "tracking_number", "carrier_name", "tracking_url", "package_ref")
