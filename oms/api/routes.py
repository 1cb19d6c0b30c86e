"""The routers of the three audiences."""

from oms.api import merchant_stock  # noqa: F401  adds its endpoints to the merchants' router
from oms.api.merchant import merchant
from oms.api.operator import operator
from oms.api.storefront import storefront

__all__ = ["merchant", "operator", "storefront"]
