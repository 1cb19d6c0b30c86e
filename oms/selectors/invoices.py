"""Invoices that merchants uploaded for buyers."""

from django.utils.translation import gettext as _

from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import NotFound
from dam.selectors.assets import open_original
from oms.models import InvoiceRequest, MerchantOrder


def find_invoice_request(part: MerchantOrder) -> InvoiceRequest | None:
    found: InvoiceRequest | None = InvoiceRequest.objects.filter(merchant_order=part).first()
    return found


def read_invoice(part: MerchantOrder) -> tuple[str, bytes]:
    """Name and bytes of the merchant's invoice; the caller has checked who may have it. Raises `NotFound`."""
    row = find_invoice_request(part)
    if row is None or row.asset_uuid is None:
        raise NotFound(_("There is no invoice yet."))
    opened = open_original(row.asset_uuid, actor=system_actor("invoices"))
    with opened.stream as stream:
        return row.filename, stream.read()
