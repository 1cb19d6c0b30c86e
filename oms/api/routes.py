"""The routers of the three audiences."""

from oms.api.merchant_stock import merchant
from oms.api.operator import operator
from oms.api.storefront import storefront

__all__ = ["merchant", "operator", "storefront"]
