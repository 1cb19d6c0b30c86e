"""Settings of the order system that people may state per website."""

from django.utils.translation import gettext_lazy as _

from mms.preferences import preference

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
