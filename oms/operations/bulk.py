"""The same act on many merchant orders: each in its own transaction, each with a result of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import DomainError, InvalidInput
from backoffice.kernel.hashing import sha256_hex
from oms.models import Shipment
from oms.operations.acceptance import accept_merchant_order
from oms.operations.shipments import Parcel, ship_parcel

LIMIT = 200


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one order; `code` and `message` are empty when it worked."""

    ref: str
    code: str = ""
    message: str = ""
    shipment_ref: str = ""

    @property
    def is_done(self) -> bool:
        return not self.code


def accept_many(refs: Sequence[str], *, actor: Actor) -> list[RowResult]:
    """Accept whole orders, at most 200; one that cannot be accepted does not stop the others. Safe to repeat."""
    _refuse_too_many(refs)
    return [_result(ref, lambda ref=ref: _accept(ref, actor)) for ref in refs]  # type: ignore[misc]


def _accept(ref: str, actor: Actor) -> str:
    accept_merchant_order(ref, actor=actor)
    return ""


def ship_many(parcels: Iterable[tuple[str, Parcel]], *, actor: Actor) -> list[RowResult]:
    """Ship one parcel per (order, parcel), at most 200; see `accept_many`. Repeating changes nothing."""
    rows = list(parcels)
    _refuse_too_many(rows)
    return [
        _result(ref, lambda ref=ref, parcel=parcel: ship_parcel(ref, parcel, actor=actor).ref)  # type: ignore[misc]
        for ref, parcel in rows
    ]


def key_of(parcel: Parcel) -> str:
    """A key from what is in the parcel: the same row of the same or another file is the same parcel."""
    pieces = sorted((parcel.pieces or {}).items())
    text = "|".join(
        [parcel.carrier, parcel.carrier_name, parcel.tracking_number, parcel.package_ref, str(pieces)]
    )
    return f"file-{sha256_hex(text)[:40]}"


def is_known_parcel(ref: str, parcel: Parcel) -> bool:
    return Shipment.objects.filter(request_key=f"{ref}:{parcel.key}").exists()


def _refuse_too_many(rows: Sequence[object]) -> None:
    if len(rows) > LIMIT:
        raise InvalidInput(_("At most %(limit)s orders at once.") % {"limit": LIMIT})


def _result(ref: str, act: Callable[[], str]) -> RowResult:
    try:
        return RowResult(ref, shipment_ref=act())
    except DomainError as error:
        return RowResult(ref, error.code, str(error.message))
