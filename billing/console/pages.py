"""What the finance pages share."""

from backoffice.ui.pages import ConsolePage


class FinancePage(ConsolePage):
    """A page of the Finance menu."""
