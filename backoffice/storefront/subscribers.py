"""Whoever changes information pages, in Wagtail or by program, tells every process."""

from typing import Any

from backoffice.storefront.selectors import FOOTERS
from mms.operations.versions import announce_change


def on_pages_changed(**_kwargs: Any) -> None:
    """Footers are read from memory; the next page of a buyer shows the change."""
    announce_change(FOOTERS)
