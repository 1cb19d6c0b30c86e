"""Postal addresses of a merchant, one per kind."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from mas.countries import is_country
from mas.models import Address, AddressKind, ItemKind
from mas.operations.checklists import complete_items
from mas.permissions import EDIT_COMPANY
from mas.selectors.merchants import lock_merchant

# Places without postal codes are many; only where everybody has one it is demanded.
_WITH_POSTAL_CODE = {
    *("AT", "BE", "BG", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IT"),
    *("LT", "LU", "LV", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "US", "CA", "AU", "JP"),
}


@dataclass(frozen=True, slots=True)
class AddressDetails:
    """An address as it is written on a label."""

    line1: str
    city: str
    country: str
    postal_code: str = ""
    name: str = ""
    line2: str = ""
    region: str = ""


@transaction.atomic
def set_address(ref: str, kind: str, details: AddressDetails, *, actor: Actor) -> Address:
    """Write the address of a kind; the registered office settles the checklist line. Raises `InvalidInput`."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_COMPANY, merchant_id=merchant.pk)
    values = {name: str(value).strip() for name, value in asdict(details).items()}
    fields = {}
    if kind not in AddressKind.values:
        fields["kind"] = _("Choose what the address is for.")
    if not values["line1"]:
        fields["line1"] = _("Enter street and number.")
    if not values["city"]:
        fields["city"] = _("Enter the city.")
    if not is_country(values["country"]):
        fields["country"] = _("Choose a country from the list.")
    if values["country"] in _WITH_POSTAL_CODE and not values["postal_code"]:
        fields["postal_code"] = _("Enter the postal code.")
    if fields:
        raise InvalidInput(_("The address was not saved. Please check the marked fields."), fields=fields)
    row = Address.objects.filter(merchant=merchant, kind=kind).first() or Address(
        merchant=merchant, kind=kind
    )
    before = str(row) if row.pk else None
    if row.pk is None or any(getattr(row, name) != new for name, new in values.items()):
        for name, new in values.items():
            setattr(row, name, new)
        row.save()
        audit.record("mas.address.changed", actor=actor, subject=merchant, changes={kind: [before, str(row)]})
    if kind == AddressKind.REGISTERED:
        complete_items(merchant, ItemKind.ADDRESS, actor=actor)
    return row


@transaction.atomic
def remove_address(ref: str, kind: str, *, actor: Actor) -> None:
    """Take an address out, so that its kind falls back to the registered office, which itself stays."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_COMPANY, merchant_id=merchant.pk)
    if kind == AddressKind.REGISTERED:
        raise InvalidInput(_("The registered office is needed. Change it instead of removing it."))
    row = Address.objects.filter(merchant=merchant, kind=kind).first()
    if row is not None:
        audit.record("mas.address.changed", actor=actor, subject=merchant, changes={kind: [str(row), None]})
        row.delete()
