"""Page bases: an audience base (console, portal, storefront) mixed with a kind (index, detail, form, action)."""

from backoffice.ui.pages.action import ActionPage
from backoffice.ui.pages.base import ConsolePage, Page, PortalPage, StorefrontPage
from backoffice.ui.pages.bulk import BulkAction
from backoffice.ui.pages.detail import DetailPage, Fact
from backoffice.ui.pages.form import FormPage, StaleForm
from backoffice.ui.pages.index import IndexPage, Tab

__all__ = [
    "ActionPage",
    "BulkAction",
    "ConsolePage",
    "DetailPage",
    "Fact",
    "FormPage",
    "IndexPage",
    "Page",
    "PortalPage",
    "StaleForm",
    "StorefrontPage",
    "Tab",
]
