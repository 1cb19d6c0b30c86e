"""Where buyers transfer their money to."""

from dataclasses import dataclass

from mms.errors import UnknownView
from mms.selectors.preferences import get_preference
from mms.selectors.scopes import get_store_context
from oms.models import Order
from oms.preferences import BANK_HOLDER, BANK_IBAN, BANK_NAME


@dataclass(frozen=True, slots=True)
class BankDetails:
    holder: str
    iban: str
    bank: str

    @property
    def is_known(self) -> bool:
        return bool(self.iban)


def get_bank_details(order: Order) -> BankDetails:
    """The operator's account for orders of this website; empty while nobody entered it in the settings."""
    try:
        path = get_store_context(order.store_copy.get("view_code", "")).scope_path
    except UnknownView:
        return BankDetails("", "", "")
    return BankDetails(
        get_preference(BANK_HOLDER, path) or "",
        get_preference(BANK_IBAN, path) or "",
        get_preference(BANK_NAME, path) or "",
    )
