"""What of a merchant's money is still open: the answer to merchant administration's one question upwards."""

from django.utils.translation import gettext_lazy as _

from billing.models import Balance, Payout
from mas.ports import OpenObligation

MOVING = ("created", "claimed", "exported", "unknown")


def list_open_money(merchant_id: int) -> list[OpenObligation]:
    """Balances that are not zero, in either direction, and payouts the bank has not executed."""
    balances = Balance.objects.filter(account__owner_type="merchant", account__owner_id=merchant_id)
    payouts = Payout.objects.filter(merchant_id=merchant_id, state__in=MOVING)
    return [
        OpenObligation(
            "billing.open_balances", _("Balances that are not zero"), balances.exclude(posted_minor=0).count()
        ),
        OpenObligation("billing.open_payouts", _("Payouts under way"), payouts.count()),
    ]
