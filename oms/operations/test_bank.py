"""The buyer's answer on the page of the test card's make-believe bank."""

from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound
from oms.models import TestCardOperation


def confirm_at_test_bank(order_ref: str, *, is_approved: bool) -> None:
    """Decide the waiting payment of an order; the bank tells the shop by message too. Raises `NotFound`."""
    waiting = TestCardOperation.objects.filter(key=f"authorise-{order_ref}", is_decided=False)
    message = "" if is_approved else _("You did not confirm the payment.")
    if not waiting.update(
        is_decided=True, approved=is_approved, message=message, notify_at=clock.now(), notify_times=1
    ):
        raise NotFound(_("No payment of this order waits for the bank."))
