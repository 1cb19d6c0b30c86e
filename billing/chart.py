"""The chart of accounts: four-digit codes, their names and normal sides.

Merchant accounts (2100-2130) exist once per merchant and currency and carry a materialised balance; operator accounts
are hot, so their balance is always a snapshot plus the postings since.
"""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Code(models.TextChoices):
    BANK = "1010", _("Bank")
    PSP = "1100", _("Payment provider receivable")
    DISPUTED = "1150", _("Chargebacks in dispute")
    INVENTORY = "1200", _("Inventory, first party")
    PENDING = "2100", _("Merchant payable: pending")
    AVAILABLE = "2110", _("Merchant payable: available")
    RESERVE = "2120", _("Merchant reserve")
    DISPUTE_HOLD = "2130", _("Merchant dispute hold")
    IN_TRANSIT = "2200", _("Payouts in transit")
    REFUND_CLEARING = "2300", _("Refund clearing (owed to buyers)")
    BUYER_FUNDS = "2310", _("Buyer funds: unallocated prepayment")
    FEE_VAT = "2400", _("VAT payable on own fees")
    FACILITATOR_TAX = "2410", _("Sales tax payable as facilitator")
    DEEMED_VAT = "2420", _("VAT payable as deemed supplier")
    WITHHELD_TAX = "2430", _("Tax withheld for merchants")
    STORE_CREDIT = "2500", _("Buyer store credit and gift cards")
    SUSPENSE = "2900", _("Suspense: unmatched bank lines")
    FX = "3900", _("Currency trading")
    COMMISSION = "4000", _("Commission revenue")
    SERVICE_FEE = "4010", _("Buyer service fee revenue")
    SHIPPING_REVENUE = "4020", _("Shipping revenue (operator-run)")
    MERCHANT_FEES = "4030", _("Merchant subscription and other fees")
    PSP_FEES = "5000", _("Payment provider fees")
    DISPUTE_FEES = "5010", _("Dispute fees")
    BANK_CHARGES = "5020", _("Bank charges")
    DISCOUNTS = "5100", _("Discounts funded")
    GOODWILL = "5110", _("Goodwill")
    BAD_DEBT = "5120", _("Bad debt")
    COGS = "5200", _("Cost of goods sold")
    FX_RESULT = "5900", _("Currency gain and loss")
    ROUNDING = "5910", _("Rounding differences")


MERCHANT_CODES: Final = frozenset({Code.PENDING, Code.AVAILABLE, Code.RESERVE, Code.DISPUTE_HOLD})

# Clearing accounts return to zero when every opened item is closed; what stays is shown by age on the finance home.
CLEARING_CODES: Final = (
    Code.PSP,
    Code.DISPUTED,
    Code.IN_TRANSIT,
    Code.REFUND_CLEARING,
    Code.SUSPENSE,
    Code.FX,
)

DEBIT_SIDE: Final = frozenset(code for code in Code if code.value[0] in "15")


class Kind(models.TextChoices):
    """What a posting means to the merchant who reads it on a statement."""

    NONE = "", _("Other")
    SALE = "sale", _("Sales")
    SHIPPING = "shipping", _("Shipping")
    SUBSIDY = "subsidy", _("Discounts paid by the marketplace")
    COMMISSION = "commission", _("Commission")
    FEE_TAX = "fee_tax", _("Tax on commission")
    REFUND = "refund", _("Refunds")
    COMMISSION_RETURN = "commission_return", _("Commission returned")
    FEE_TAX_RETURN = "fee_tax_return", _("Tax on commission returned")
    MATURED = "matured", _("Released from pending")
    RESERVE = "reserve", _("Kept as reserve")
    RESERVE_RELEASE = "reserve_release", _("Reserve released")
    DISPUTE = "dispute", _("Disputes")
    ADJUSTMENT = "adjustment", _("Adjustments")
    FEE = "fee", _("Subscription and other fees")
    PAYOUT = "payout", _("Payouts")
    PAYOUT_BACK = "payout_back", _("Payouts that came back")
    WRITE_OFF = "write_off", _("Written off")
    PAID_IN = "paid_in", _("Paid to us by transfer")


def normal_side(code: str) -> int:
    """+1 where a debit raises the account (assets, costs), -1 where a credit does."""
    return 1 if code in DEBIT_SIDE else -1
