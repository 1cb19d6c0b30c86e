"""The routers that the APIs collect, by audience."""

from pim.api.merchant import merchant
from pim.api.operator import operator
from pim.api.storefront import storefront

__all__ = ["merchant", "operator", "storefront"]
