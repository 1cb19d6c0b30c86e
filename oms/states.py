"""How the states of orders look, and the words of their audit trail."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.badges import DANGER, DONE, ENDED, INFO, WAITING, State, register_states
from backoffice.ui.timeline import register_actions, register_actors

register_states(
    "oms.MerchantOrder",
    {
        "staged": State(
            _("Waiting for payment"), INFO, "clock", _("The buyer's transfer has not arrived yet.")
        ),
        "waiting_acceptance": State(_("To accept"), WAITING, hint=_("The merchant accepts or refuses.")),
        "waiting_payment": State(
            _("Charging"), INFO, "wallet", _("Accepted; the buyer's card is being charged.")
        ),
        "in_preparation": State(_("To ship"), WAITING, "box", _("Paid; the merchant packs it.")),
        "partly_shipped": State(_("Partly shipped"), WAITING, "truck"),
        "shipped": State(_("Shipped"), INFO, "truck"),
        "to_collect": State(_("Ready to collect"), INFO, "store"),
        "received": State(_("Received"), DONE),
        "closed": State(_("Closed"), ENDED, "lock", _("Nothing can be changed or refunded any more.")),
        "refused": State(_("Refused"), ENDED, "x"),
        "cancelled": State(_("Cancelled"), ENDED, "x"),
    },
)
# The same states in the words of buyers.
register_states(
    "oms.BuyerOrder",
    {
        "staged": State(_("Waiting for your payment"), WAITING),
        "waiting_acceptance": State(_("Sent to the shop"), INFO),
        "waiting_payment": State(_("Accepted"), INFO),
        "in_preparation": State(_("Being packed"), INFO, "box"),
        "partly_shipped": State(_("Partly on its way"), INFO, "truck"),
        "shipped": State(_("On its way"), INFO, "truck"),
        "to_collect": State(_("Ready to collect"), INFO, "store"),
        "received": State(_("Arrived"), DONE),
        "closed": State(_("Arrived"), DONE),
        "refused": State(_("Cannot be sent"), ENDED, "x"),
        "cancelled": State(_("Cancelled"), ENDED, "x"),
    },
)
register_states(
    "oms.Order",
    {
        "draft": State(_("Payment open"), WAITING, hint=_("The payment provider has not answered yet.")),
        "abandoned": State(_("Not completed"), ENDED, "x"),
        "waiting_payment": State(_("Waiting for payment"), WAITING),
        "placed": State(_("Placed"), INFO),
        "in_preparation": State(_("In preparation"), INFO, "box"),
        "partly_shipped": State(_("Partly shipped"), INFO, "truck"),
        "shipped": State(_("Shipped"), INFO, "truck"),
        "received": State(_("Received"), DONE),
        "closed": State(_("Closed"), ENDED, "lock"),
        "cancelled": State(_("Cancelled"), ENDED, "x"),
    },
)
register_states(
    "oms.Payment",
    {
        "open": State(_("Being checked"), WAITING),
        "awaited": State(_("Transfer awaited"), WAITING),
        "authorised": State(_("Authorised"), INFO, hint=_("The money is held and charged on acceptance.")),
        "captured": State(_("Paid"), DONE),
        "declined": State(_("Declined"), DANGER),
        "voided": State(_("Released"), ENDED),
    },
)
register_states(
    "oms.PaymentAttempt",
    {
        "waiting": State(_("Waiting"), INFO),
        "claimed": State(_("With the provider"), INFO),
        "unknown": State(_("No answer yet"), DANGER),
        "underway": State(_("Under way"), WAITING, hint=_("The buyer or the provider is at it.")),
        "pending": State(_("Taken"), WAITING),
        "done": State(_("Done"), DONE),
        "refused": State(_("Refused"), DANGER),
    },
)
register_states(
    "oms.Refund",
    {
        "waiting": State(_("Waiting"), INFO),
        "sent": State(_("Sent"), WAITING, hint=_("The bank has to execute it.")),
        "done": State(_("Paid back"), DONE),
        "failed": State(_("Failed"), DANGER),
    },
)
register_states(
    "oms.Incident",
    {
        "open": State(
            _("Open"), DANGER, "flag", _("The merchant has to answer; the payout of the line is held.")
        ),
        "resolved": State(
            _("Answered"),
            WAITING,
            hint=_("Closes itself when nobody objects; the payout is held until then."),
        ),
        "closed": State(_("Closed"), ENDED, "check"),
    },
)
register_states(
    "oms.PaymentNotification",
    {
        "received": State(_("Received"), WAITING),
        "handled": State(_("Handled"), DONE),
        "ignored": State(_("Ignored"), ENDED, hint=_("It is about nothing of this marketplace.")),
        "parked": State(_("Parked"), DANGER, hint=_("It failed too often and waits for a person.")),
    },
)
register_states(
    "oms.CarrierStatus",
    {
        "announced": State(_("Announced"), INFO),
        "in_transit": State(_("In transit"), INFO, "truck"),
        "out_for_delivery": State(_("Out for delivery"), INFO, "truck"),
        "at_pickup_point": State(_("At the pickup point"), INFO, "store"),
        "delivered": State(_("Delivered"), DONE),
        "failed": State(_("Delivery failed"), DANGER),
        "returned": State(_("On its way back"), DANGER, "return"),
    },
)
register_states(
    "oms.TrackingRow",
    {
        "waiting": State(_("Waiting"), WAITING),
        "shipped": State(_("Shipped"), DONE),
        "known": State(_("Shipped before"), ENDED),
        "failed": State(_("Failed"), DANGER),
    },
)
register_states(
    "oms.Reservation",
    {
        "held": State(_("Held"), WAITING),
        "committed": State(_("Promised"), INFO),
        "fulfilled": State(_("Shipped"), DONE),
        "released": State(_("Released"), ENDED),
        "expired": State(_("Expired"), ENDED),
    },
)
register_states(
    "oms.StockMovement",
    {
        "stated": State(_("Stated"), INFO, "upload"),
        "counted": State(_("Counted"), INFO, "check-square"),
        "reserved": State(_("Reserved"), WAITING),
        "released": State(_("Released"), ENDED),
        "expired": State(_("Hold expired"), ENDED),
        "shipped": State(_("Shipped"), DONE, "truck"),
        "sent": State(_("Sent to another place"), INFO, "truck"),
        "received": State(_("Received"), DONE, "box"),
        "returned": State(_("Back in stock"), DONE, "return"),
        "moved": State(_("Spread or merged"), INFO),
        "repaired": State(_("Repaired"), DANGER),
    },
)
register_states(
    "oms.StockCount",
    {
        "open": State(_("Being counted"), WAITING),
        "posted": State(_("Posted"), DONE),
        "cancelled": State(_("Cancelled"), ENDED, "x"),
    },
)
register_states(
    "oms.StockCountLine",
    {
        "same": State(_("As expected"), DONE),
        "posted": State(_("Corrected"), INFO),
        "refused": State(_("Refused"), DANGER, hint=_("It would be less than buyers were promised.")),
    },
)
register_states(
    "oms.StockTransfer",
    {
        "in_transit": State(_("In transit"), WAITING, "truck"),
        "received": State(_("Received"), DONE),
        "short": State(_("Received short"), DANGER),
        "cancelled": State(_("Returned"), ENDED, "return"),
    },
)
register_states(
    "oms.StockInspection",
    {
        "restock_a": State(_("Back in stock"), DONE),
        "restock_b": State(_("Second choice"), INFO),
        "quarantine": State(_("Quarantine"), WAITING),
        "scrap": State(_("Scrap"), ENDED, "x"),
    },
)
register_states(
    "oms.Voucher",
    {
        "active": State(_("Active"), DONE),
        "ended": State(_("Ended"), ENDED, "lock", _("Nobody can use it any more.")),
    },
)
register_actions(
    {
        "oms.merchant_order.accepted": _("Order accepted"),
        "oms.merchant_order.refused": _("Order refused"),
        "oms.merchant_order.cancelled": _("Order cancelled"),
        "oms.merchant_order.lines_cancelled": _("Pieces cancelled"),
        "oms.shipment.shipped": _("Parcel sent"),
        "oms.refund.requested": _("Refund requested"),
        "oms.refund.confirmed": _("Refund confirmed"),
        "oms.incident.opened": _("Incident opened"),
        "oms.incident.resolved": _("Incident answered"),
        "oms.incident.closed": _("Incident closed"),
        "oms.incident.reopened": _("Incident opened again"),
        "oms.payment.marked_paid": _("Transfer recorded"),
        "oms.payment.outcome_stated": _("Outcome recorded by hand"),
        "oms.payment.capture_repeated": _("Charge tried again"),
        "oms.stock.counted": _("Stock counted"),
        "oms.stock.repaired": _("Stock counters repaired"),
        "oms.stock_location.created": _("Place opened"),
        "oms.stock_pool.saved": _("Place feeds a store"),
        "oms.stock_pool.removed": _("Place no longer feeds a store"),
        "oms.stock_location.changed": _("Place changed"),
        "oms.stock_count.opened": _("Count sheet opened"),
        "oms.stock_count.posted": _("Count posted"),
        "oms.stock_count.cancelled": _("Count sheet thrown away"),
        "oms.stock_transfer.sent": _("Transfer sent"),
        "oms.stock_transfer.received": _("Transfer received"),
        "oms.stock_transfer.returned": _("Transfer turned back"),
        "oms.stock.inspected": _("Returned pieces inspected"),
        "oms.stock.alert_limit_set": _("Warning limit set"),
        "oms.kit.defined": _("Contents of the kit changed"),
        "oms.carrier.saved": _("Carrier saved"),
        "oms.invoice.uploaded": _("Invoice uploaded"),
        "oms.time_rule.changed": _("Time limit changed"),
        "oms.fulfilment_terms.changed": _("Working time changed"),
        "oms.holiday.added": _("Holiday entered"),
        "oms.holiday.deleted": _("Holiday deleted"),
        "oms.delivery_zone.saved": _("Delivery zone saved"),
        "oms.delivery_zone.deleted": _("Delivery zone deleted"),
        "oms.delivery_method.saved": _("Delivery method saved"),
        "oms.delivery_method.deleted": _("Delivery method deleted"),
        "oms.pickup_point.saved": _("Pickup point saved"),
        "oms.pickup_point.deleted": _("Pickup point deleted"),
        "oms.voucher.created": _("Voucher created"),
        "oms.voucher.changed": _("Voucher changed"),
        "oms.voucher.ended": _("Voucher ended"),
        "oms.logistics.set": _("Weight and delivery class set"),
    }
)
register_actors(
    {
        "auto-abandoned": _("No answer about the payment in time"),
        "auto-unpaid": _("Not paid in time"),
        "auto-refused": _("No answer of the merchant in time"),
        "auto-uncharged": _("Not charged in time"),
        "overdue-reminder": _("Reminder of an open payment"),
        "late-reminder": _("Reminder of a late order"),
        "auto-received": _("Time for complaints passed"),
        "auto-closed": _("Time for refunds passed"),
        "late-invoice": _("Invoice not uploaded in time"),
        "automatic acceptance": _("Accepted automatically"),
        "authorisation-expiry": _("Reservation of the money ends"),
        "hold-expiry": _("Reservation of stock ended"),
        "nobody-objected": _("Nobody objected"),
        "payment-messages": _("Message of the payment provider"),
        "payment-recovery": _("Lookup at the payment provider"),
        "payments": _("Payment"),
        "invoices": _("Invoices"),
        "reconcile_stock": _("Stock reconciliation"),
    }
)
register_states(
    "mms.TaskKind",
    {
        "oms.capture_failed": State(_("Order that could not be charged")),
        "oms.refund_failed": State(_("Refund that failed")),
        "oms.invoice_overdue": State(_("Payment overdue")),
        "oms.invoice_late": State(_("Invoice missing")),
        "oms.stock_disagrees": State(_("Stock that disagrees")),
        "oms.stock_shortage": State(_("Less stock than promised")),
        "oms.parcel_needs_attention": State(_("Parcel in trouble")),
        "oms.accept_due": State(_("Order to answer")),
        "oms.ship_due": State(_("Order to ship")),
        "oms.invoice_due": State(_("Invoice to upload")),
    },
)
