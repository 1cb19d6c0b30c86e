"""The routers of the three audiences."""

from oms.api import merchant_delivery, merchant_stock, merchant_vouchers  # noqa: F401  they add their endpoints to the merchants' router
from oms.api.merchant import merchant
from oms.api.operator import operator
from oms.api.storefront import storefront

__all__ = ["merchant", "operator", "storefront"]
