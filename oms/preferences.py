"""Settings of the order system that people may state per website or store."""

from django.utils.translation import gettext_lazy as _

from mms.preferences import preference
from oms.allocation import list_strategies


def _check_strategy(code: str) -> str:
    codes = [strategy.code for strategy in list_strategies()]
    return "" if code in codes else str(_("Choose one of: %(codes)s.")) % {"codes": ", ".join(codes)}


ALLOCATION = preference(
    "oms.allocation_strategy",
    str,
    default="fewest_parcels",
    label=_("How places are chosen"),
    group=_("Stock"),
    help_text=_(
        "fewest_parcels: one parcel where possible, then by rank. same_country: the same, places in the buyer's "
        "country first. by_rank: empty places one after the other."
    ),
    lowest_depth=2,
    check=_check_strategy,
)

PAYMENT = _("Payment")
BANK_HOLDER = preference(
    "oms.bank_holder",
    str,
    default="",
    label=_("Account holder"),
    group=PAYMENT,
    help_text=_("Told to buyers who pay by bank transfer."),
    lowest_depth=1,
)
BANK_IBAN = preference(
    "oms.bank_iban", str, default="", label=_("IBAN for transfers"), group=PAYMENT, lowest_depth=1
)
BANK_NAME = preference(
    "oms.bank_name", str, default="", label=_("Bank for transfers"), group=PAYMENT, lowest_depth=1
)
