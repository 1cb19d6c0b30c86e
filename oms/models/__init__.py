"""Tables of the order system; other apps use selectors and operations."""

from oms.models.calendars import END_OF_DAY, MONDAY_TO_FRIDAY, FulfilmentTerms, Holiday
from oms.models.carriers import Carrier
from oms.models.carts import Cart, CartDelivery, CartLine
from oms.models.counts import CountOutcome, CountState, StockCount, StockCountLine
from oms.models.delivery import (
    DeliveryKind,
    DeliveryMethod,
    DeliveryPriceClass,
    DeliveryZone,
    OfferLogistics,
    PickupPoint,
    PriceBasis,
)
from oms.models.history import StateChange
from oms.models.incidents import LIVE, Incident, IncidentReason, IncidentState, Resolution
from oms.models.inspections import Grade, StockInspection
from oms.models.invoices import InvoiceRequest
from oms.models.kits import KitComponent
from oms.models.merchant_orders import (
    ACCEPTED,
    BEFORE_SHIPPING,
    REFUNDABLE,
    SHIPPABLE,
    MerchantOrder,
    MerchantOrderState,
    OrderLine,
)
from oms.models.notifications import NotificationState, PaymentNotification
from oms.models.orders import Order, OrderState, summarise_states
from oms.models.payments import (
    CHARGED_LATER,
    AttemptKind,
    AttemptState,
    DebitMoment,
    Payment,
    PaymentAttempt,
    PaymentShare,
    PaymentState,
)
from oms.models.pools import StockPool
from oms.models.refunds import Refund, RefundLine, RefundState
from oms.models.shipments import NEEDS_ATTENTION, CarrierEvent, CarrierStatus, Shipment, ShipmentLine
from oms.models.stock import (
    MovementKind,
    Reservation,
    ReservationState,
    StockItem,
    StockLocation,
    StockMovement,
)
from oms.models.stock_watch import StockAlert, StockHeat, StockReconciliation
from oms.models.test_card import TestCardOperation
from oms.models.timers import Counting, TimeLimit, TimeLimitKind, TimeRule
from oms.models.tracking_files import TrackingFile, TrackingRow, TrackingRowState
from oms.models.transfers import StockTransfer, StockTransferLine, TransferState
from oms.models.vouchers import Voucher, VoucherKind, VoucherState, VoucherUse

__all__ = [
    "ACCEPTED",
    "BEFORE_SHIPPING",
    "CHARGED_LATER",
    "END_OF_DAY",
    "LIVE",
    "MONDAY_TO_FRIDAY",
    "NEEDS_ATTENTION",
    "REFUNDABLE",
    "SHIPPABLE",
    "AttemptKind",
    "AttemptState",
    "Carrier",
    "CarrierEvent",
    "CarrierStatus",
    "Cart",
    "CartDelivery",
    "CartLine",
    "CountOutcome",
    "CountState",
    "Counting",
    "DebitMoment",
    "DeliveryKind",
    "DeliveryMethod",
    "DeliveryPriceClass",
    "DeliveryZone",
    "FulfilmentTerms",
    "Grade",
    "Holiday",
    "Incident",
    "IncidentReason",
    "IncidentState",
    "InvoiceRequest",
    "KitComponent",
    "MerchantOrder",
    "MerchantOrderState",
    "MovementKind",
    "NotificationState",
    "OfferLogistics",
    "Order",
    "OrderLine",
    "OrderState",
    "Payment",
    "PaymentAttempt",
    "PaymentNotification",
    "PaymentShare",
    "PaymentState",
    "PickupPoint",
    "PriceBasis",
    "Refund",
    "RefundLine",
    "RefundState",
    "Reservation",
    "ReservationState",
    "Resolution",
    "Shipment",
    "ShipmentLine",
    "StateChange",
    "StockAlert",
    "StockCount",
    "StockCountLine",
    "StockHeat",
    "StockInspection",
    "StockItem",
    "StockLocation",
    "StockMovement",
    "StockPool",
    "StockReconciliation",
    "StockTransfer",
    "StockTransferLine",
    "TestCardOperation",
    "TimeLimit",
    "TimeLimitKind",
    "TimeRule",
    "TrackingFile",
    "TrackingRow",
    "TrackingRowState",
    "TransferState",
    "Voucher",
    "VoucherKind",
    "VoucherState",
    "VoucherUse",
    "summarise_states",
]
