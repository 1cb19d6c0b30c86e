"""A buyer wants the merchant's invoice: asked for, reminded of, uploaded, sent on."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import DomainError, InvalidInput, NotFound
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import gettext
from dam.operations.assets import store_asset
from dam.operations.usage import record_usage
from mms.operations.tasks import close_tasks, open_task
from oms.errors import MerchantOrderStateRefused
from oms.events import InvoiceRequested, InvoiceUploaded
from oms.models import ACCEPTED, InvoiceRequest, MerchantOrder, TimeLimitKind
from oms.operations.history import note
from oms.operations.time_limits import settle, start
from oms.permissions import REFUND_ORDERS, SHIP_ORDERS
from oms.selectors.orders import lock_merchant_order, lock_whole_order

LATE_TASK = "oms.invoice_late"


@transaction.atomic
def request_invoice(ref: str, *, actor: Actor) -> InvoiceRequest:
    """Ask the merchant for its invoice in the buyer's name; safe to repeat, publishes `InvoiceRequested` once."""
    part = lock_merchant_order(ref, actor=actor)
    actor.require(REFUND_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    return _request(part, actor)


@transaction.atomic
def request_invoice_as_buyer(order_id: int, position: int, *, actor: Actor) -> InvoiceRequest:
    """The buyer, on the signed page of the order, asks for one merchant's invoice. Safe to repeat."""
    _order, parts = lock_whole_order(order_id)
    part = next((row for row in parts if row.position == position), None)
    if part is None:
        raise NotFound(_("This order has no such part."))
    return _request(part, actor)


def _request(part: MerchantOrder, actor: Actor) -> InvoiceRequest:
    known: InvoiceRequest | None = InvoiceRequest.objects.filter(merchant_order=part).first()
    if known is not None:
        return known
    if part.state not in ACCEPTED:
        raise MerchantOrderStateRefused(
            _("An invoice can be asked for once the merchant accepted the order.")
        )
    limit = start(TimeLimitKind.INVOICE, part)
    row: InvoiceRequest = InvoiceRequest.objects.create(
        merchant_order=part, requested_by=actor.label[:200], due_at=limit.due_at
    )
    note("invoice_requested", merchant_order=part, actor=actor)
    publish(InvoiceRequested(part.pk, part.merchant_id))
    return row


@transaction.atomic
def upload_invoice(ref: str, data: bytes, filename: str, *, actor: Actor) -> InvoiceRequest:
    """The merchant's invoice for the buyer: kept privately, the buyer is told, the request is closed.

    The same file again changes nothing; another file replaces the first. Raises `InvalidInput` at `file`,
    `MerchantOrderStateRefused` when nobody asked for one.
    """
    part = lock_merchant_order(ref, actor=actor)
    actor.require(SHIP_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    row: InvoiceRequest | None = InvoiceRequest.objects.filter(merchant_order=part).first()
    if row is None:
        raise MerchantOrderStateRefused(_("Nobody asked for an invoice of this order."))
    if not data.startswith(b"%PDF-"):
        message = _("Upload the invoice as a PDF file.")
        raise InvalidInput(message, fields={"file": message})
    try:
        asset = store_asset(
            data,
            filename=filename,
            owner_merchant_id=part.merchant_id,
            actor=actor,
            title=_("Invoice %(ref)s") % {"ref": part.ref},
            is_private=True,
        )
    except DomainError as error:
        raise InvalidInput(str(error), fields={"file": str(error)}) from error
    if row.asset_uuid == asset.uuid:
        return row
    record_usage(asset.uuid, f"oms.invoice:{part.ref}")
    row.asset_uuid, row.filename, row.uploaded_at = asset.uuid, filename[-255:], clock.now()
    row.save(update_fields=["asset_uuid", "filename", "uploaded_at"])
    settle(part, [TimeLimitKind.INVOICE])
    close_tasks(LATE_TASK, part.ref, actor=actor)
    note("invoice_uploaded", merchant_order=part, actor=actor, data={"file": row.filename})
    audit.record("oms.invoice.uploaded", actor=actor, subject=part, note=row.filename)
    publish(InvoiceUploaded(part.pk, part.merchant_id))
    return row


def ask_operator_for_invoice(part: MerchantOrder) -> None:
    """The merchant's time to upload ran out: an operator takes it up."""
    open_task(
        kind=LATE_TASK,
        title=gettext("%(merchant)s has not uploaded the invoice of %(ref)s")
        % {"merchant": part.merchant_name, "ref": part.ref},
        url_name="console:oms-order-detail",
        url_args=[part.order.ref],
        subject_ref=part.ref,
        merchant_id=part.merchant_id,
    )
