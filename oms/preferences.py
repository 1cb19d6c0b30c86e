"""Settings of the order system that people may state per website or store."""

from typing import Any

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mms.preferences import find_preference, preference
from oms.allocation import list_strategies
from oms.models import DebitMoment
from oms.ports import PaymentProvider


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
INVOICE_DAYS = preference(
    "oms.invoice_days",
    int,
    default=14,
    label=_("Days until an invoice is due"),
    group=PAYMENT,
    help_text=_("For ways of payment that are charged on the due date, counted from the first parcel."),
    lowest_depth=2,
    check=lambda value: "" if 1 <= value <= 90 else str(_("Choose a number from 1 to 90.")),
)


def offered_key(code: str) -> str:
    return f"oms.payment.{code}.offered"


def debit_key(code: str) -> str:
    return f"oms.payment.{code}.debit"


def declare_payment(provider: PaymentProvider, *, is_offered: bool = True) -> None:
    """The settings of one way of payment: whether a store offers it, and when its buyers are charged."""
    if find_preference(offered_key(provider.code)) is not None:
        return
    preference(
        offered_key(provider.code),
        bool,
        default=is_offered,
        label=format_lazy("{}: {}", provider.label, _("offered")),
        group=PAYMENT,
        lowest_depth=2,
    )
    labels: dict[str, Any] = dict(DebitMoment.choices)
    preference(
        debit_key(provider.code),
        str,
        default=provider.debit_moments[0],
        label=format_lazy("{}: {}", provider.label, _("when buyers are charged")),
        group=PAYMENT,
        help_text=_("Holds for orders placed from now on."),
        lowest_depth=2,
        choices=tuple((moment, labels[moment]) for moment in provider.debit_moments),
    )


# What stores offer without saying so: a card that moves no money is nothing for real buyers, and whether merchants are
# paid past the marketplace is its own decision.
OFFERED_ONLY_IF = {"test_card": not settings.PRODUCTION, "pay_merchant": False}

ORDERS = _("Orders")
INCIDENT_DAYS = preference(
    "oms.incident_days",
    int,
    default=3,
    label=_("Days until an answered incident closes itself"),
    group=ORDERS,
    help_text=_("Counted from the merchant's answer; the buyer can object until then."),
    lowest_depth=0,
    check=lambda value: "" if 1 <= value <= 60 else str(_("Choose a number from 1 to 60.")),
)
HIDE_ADDRESS = preference(
    "oms.hide_address_until_acceptance",
    bool,
    default=True,
    label=_("Hide the buyer's address until the merchant accepts"),
    group=ORDERS,
    help_text=_("Holds for orders that open from now on: on pages, in the API and on packing slips."),
    lowest_depth=1,
)
OTHER_CARRIERS = preference(
    "oms.other_carriers",
    bool,
    default=True,
    label=_("Merchants may ship with carriers that are not listed"),
    group=ORDERS,
    help_text=_("They then give the carrier's name and a tracking link."),
    lowest_depth=1,
)
