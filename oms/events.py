"""What the order system announces. Amounts are minor units; every event carries refs and ids, never rows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from backoffice.kernel.events import IN_HAND, Event

if TYPE_CHECKING:
    from mas.selectors.merchants import MerchantsById
    from oms.selectors.fee_basis import FeeBasis

# (merchant_order_id, merchant_id, amount_minor)
Share = tuple[int, int, int]
# (line_id, quantity, amount_minor); a quantity of 0 refunds an amount without taking pieces back.
RefundedLine = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PlacedInHand:
    """What the placing transaction holds of a new order, so that nobody in it reads that again."""

    bases: "tuple[FeeBasis, ...]"
    merchants: "MerchantsById"


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    """The buyer's order is binding: paid, authorised or to be paid by transfer. Line terms are frozen now."""

    name: ClassVar[str] = "oms.order_placed.v1"
    order_id: int
    order_ref: str
    currency: str
    website_id: int
    placed_at: datetime
    in_hand: PlacedInHand | None = field(default=None, compare=False, repr=False, metadata={IN_HAND: True})


@dataclass(frozen=True, slots=True)
class PaymentCaptured(Event):
    """Money arrived for one or more merchant orders; the shares sum to the amount."""

    name: ClassVar[str] = "oms.payment_captured.v1"
    capture_id: int
    order_id: int
    provider: str
    provider_ref: str
    currency: str
    amount_minor: int
    shares: tuple[Share, ...]
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class _MerchantOrderNews(Event):
    merchant_order_id: int
    merchant_order_ref: str
    merchant_id: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class MerchantOrderAccepted(_MerchantOrderNews):
    """The merchant took at least one line; lines it refused are no longer part of the total."""

    name: ClassVar[str] = "oms.merchant_order_accepted.v1"


@dataclass(frozen=True, slots=True)
class MerchantOrderRefused(_MerchantOrderNews):
    """Every line was refused, by the merchant or because it did not answer in time."""

    name: ClassVar[str] = "oms.merchant_order_refused.v1"


@dataclass(frozen=True, slots=True)
class MerchantOrderCancelled(_MerchantOrderNews):
    """Ended before anything was shipped: unpaid in time, or cancelled by merchant, operator or a payment fault."""

    name: ClassVar[str] = "oms.merchant_order_cancelled.v1"


@dataclass(frozen=True, slots=True)
class MerchantOrderReceived(_MerchantOrderNews):
    """The buyer has everything (said so, or the time limit passed): the hold before payout starts."""

    name: ClassVar[str] = "oms.merchant_order_received.v1"


@dataclass(frozen=True, slots=True)
class MerchantOrderClosed(_MerchantOrderNews):
    """Nothing can change any more; refunds are refused from here on."""

    name: ClassVar[str] = "oms.merchant_order_closed.v1"


@dataclass(frozen=True, slots=True)
class ShipmentShipped(Event):
    """A parcel left the merchant."""

    name: ClassVar[str] = "oms.shipment_shipped.v1"
    shipment_ref: str
    merchant_order_id: int
    merchant_id: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class PiecesWithdrawn(Event):
    """Pieces were refused or cancelled before the buyer was charged for them: they will never be.

    `withdrawn_minor` is what was withdrawn of the merchant order so far, this time included.
    """

    name: ClassVar[str] = "oms.pieces_withdrawn.v1"
    merchant_order_id: int
    merchant_id: int
    currency: str
    lines: tuple[RefundedLine, ...]
    shipping_minor: int
    withdrawn_minor: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class _RefundNews(Event):
    refund_id: int
    refund_ref: str
    merchant_order_id: int
    merchant_id: int
    currency: str
    amount_minor: int
    shipping_minor: int
    lines: tuple[RefundedLine, ...]
    reason: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class RefundRequested(_RefundNews):
    """The buyer is owed this money back; `amount_minor` = lines + shipping. Published only for captured money."""

    name: ClassVar[str] = "oms.refund_requested.v1"


@dataclass(frozen=True, slots=True)
class RefundSucceeded(_RefundNews):
    """The payment provider (or the operator's bank) paid it back."""

    name: ClassVar[str] = "oms.refund_succeeded.v1"


@dataclass(frozen=True, slots=True)
class RefundFailed(_RefundNews):
    """The provider refused; the debt to the buyer remains and the refund can be retried."""

    name: ClassVar[str] = "oms.refund_failed.v1"


@dataclass(frozen=True, slots=True)
class OrderOpened(Event):
    """The money is safe: these merchant orders wait for their merchants' answer."""

    name: ClassVar[str] = "oms.order_opened.v1"
    order_id: int
    order_ref: str
    merchant_order_ids: tuple[int, ...]
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class OrderAbandoned(Event):
    """The checkout came to nothing (declined, unanswered, or sold out while paying); nothing stays charged."""

    name: ClassVar[str] = "oms.order_abandoned.v1"
    order_id: int
    order_ref: str
    reason: str
    # Whether the buyer was told on the page already.
    is_seen: bool
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class CarrierStatusChanged(Event):
    """The carrier has newer news of a parcel; the order's own state is not moved by it."""

    name: ClassVar[str] = "oms.carrier_status_changed.v1"
    shipment_ref: str
    merchant_order_id: int
    merchant_id: int
    status: str


@dataclass(frozen=True, slots=True)
class MerchantOrderCollectable(_MerchantOrderNews):
    """The goods wait for the buyer at the pickup point."""

    name: ClassVar[str] = "oms.merchant_order_collectable.v1"


@dataclass(frozen=True, slots=True)
class MerchantOrderRerouted(Event):
    """Another merchant takes over refused pieces: a new merchant order, its terms not frozen yet."""

    name: ClassVar[str] = "oms.merchant_order_rerouted.v1"
    order_id: int
    refused_merchant_order_id: int
    merchant_order_id: int
    merchant_id: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceRequested(Event):
    """The buyer, or the operator for the buyer, wants the merchant's invoice."""

    name: ClassVar[str] = "oms.invoice_requested.v1"
    merchant_order_id: int
    merchant_id: int


@dataclass(frozen=True, slots=True)
class InvoiceUploaded(Event):
    """The merchant's invoice is there for the buyer."""

    name: ClassVar[str] = "oms.invoice_uploaded.v1"
    merchant_order_id: int
    merchant_id: int


@dataclass(frozen=True, slots=True)
class _IncidentNews(Event):
    """`opening` counts how often it was opened after a closing: ref and opening name one hold of the line's payout."""

    incident_ref: str
    opening: int
    merchant_order_id: int
    merchant_id: int
    line_id: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class IncidentOpened(_IncidentNews):
    """A problem with a line: new, taken up again, or not solved by the merchant's answer. Its payout is held."""

    name: ClassVar[str] = "oms.incident_opened.v1"


@dataclass(frozen=True, slots=True)
class IncidentResolved(_IncidentNews):
    """The merchant said what it did; the payout stays held until the incident is closed."""

    name: ClassVar[str] = "oms.incident_resolved.v1"


@dataclass(frozen=True, slots=True)
class IncidentClosed(_IncidentNews):
    """Solved, refunded or decided: the payout of the line is free."""

    name: ClassVar[str] = "oms.incident_closed.v1"
