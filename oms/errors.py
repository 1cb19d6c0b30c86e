"""Refusals of the order system, each with a stable code."""

from backoffice.kernel.errors import Conflict, InvalidInput, StateRefused, Unavailable


class OutOfStock(Conflict):
    """Fewer pieces are left than were asked for; `params` names the offers and what is left of each."""

    code = "out_of_stock"


class StockBelowPromised(StateRefused):
    """The counted stock is less than what buyers were promised already."""

    code = "stock_below_promised"


class StockMovedMeanwhile(Conflict):
    """The stock changed between looking and counting; `params["now"]` is what is on hand now."""

    code = "stock_moved_meanwhile"


class CartEmpty(InvalidInput):
    """There is nothing to order."""

    code = "cart_empty"


class CartChanged(Conflict):
    """Price, availability or delivery changed since the buyer last saw the cart; it was brought up to date."""

    code = "cart_changed"


class NoDelivery(InvalidInput):
    """A merchant of the cart does not deliver to the address, or no delivery was chosen."""

    code = "no_delivery"


class QuantityNotAllowed(InvalidInput):
    """The quantity breaks the offer's minimum, maximum or pack size."""

    code = "quantity_not_allowed"


class VoucherRefused(InvalidInput):
    """The voucher does not reduce this cart; `params["reason"]` says why in one word, such as `ended`."""

    code = "voucher_refused"


class PaymentMethodRefused(InvalidInput):
    """The store does not offer this way of payment."""

    code = "payment_method_refused"


class PaymentDeclined(InvalidInput):
    """The payment provider said no; nothing was charged and nothing is held any more."""

    code = "payment_declined"


class PaymentUnresolved(Conflict):
    """The provider has not answered yet; the order is checked until it is known."""

    code = "payment_unresolved"


class ProviderUnavailable(Unavailable):
    """The payment provider could not be reached."""

    code = "provider_unavailable"


class MerchantOrderStateRefused(StateRefused):
    """The merchant order is in a state that does not allow this act."""

    code = "merchant_order_state_refused"


class LineQuantityRefused(StateRefused):
    """More pieces than are left to accept, ship, cancel or refund on this line."""

    code = "line_quantity_refused"


class RefundTooHigh(StateRefused):
    """The refund is higher than what was paid and not yet given back."""

    code = "refund_too_high"


class PaymentStateRefused(StateRefused):
    """The payment is in a state that does not allow this act."""

    code = "payment_state_refused"


class CarrierUnknown(InvalidInput):
    """The carrier is not in the registry, not offered any more, or must be named."""

    code = "carrier_unknown"


class IncidentRefused(StateRefused):
    """The incident, or its order, is in a state that does not allow this act."""

    code = "incident_state_refused"


class ShippedByCentre(StateRefused):
    """The marketplace's fulfilment centre ships this order; the merchant cannot."""

    code = "shipped_by_centre"
