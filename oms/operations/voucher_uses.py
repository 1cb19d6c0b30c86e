"""Uses of vouchers: taken with the draft of an order, given back when nothing of it was sent.

A use is the order's from the draft on, while the buyer's bank decides. It goes back when the draft is abandoned
(declined, unanswered, given up), and when the merchant's part is refused or cancelled as a whole before anything was
shipped, also for want of payment. Refunds after shipping keep it.
"""

from collections.abc import Sequence

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from oms.errors import VoucherRefused
from oms.models import MerchantOrder, Voucher, VoucherState, VoucherUse
from oms.operations.order_plan import OrderPlan


def use_vouchers(plan: OrderPlan, merchant_orders: Sequence[MerchantOrder], *, buyer_email: str) -> None:
    """Count the plan's vouchers as used, in the draft's transaction; no statement without any.

    Raises `VoucherRefused` where a voucher ended, was used up or used by this buyer since the cart was priced: of two
    buyers of the last use exactly one gets it.
    """
    email = buyer_email.strip().lower()
    pairs = zip(plan.parts, merchant_orders, strict=True)
    rows = [
        VoucherUse(
            voucher_id=part.voucher.voucher_id,
            merchant_order=merchant_order,
            buyer_email=email,
            discount_minor=part.discount_minor,
        )
        for part, merchant_order in pairs
        if part.voucher is not None
    ]
    # In the order of keys, as all rows that several people want are locked.
    for row in sorted(rows, key=lambda use: use.voucher_id):
        _take_use(row.voucher_id, email)
    if rows:
        VoucherUse.objects.bulk_create(rows)


def _take_use(voucher_id: int, email: str) -> None:
    now = clock.now()
    usable = Voucher.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=now),
        Q(max_uses=None) | Q(max_uses__gt=F("uses")),
        pk=voucher_id,
        state=VoucherState.ACTIVE,
        valid_from__lte=now,
    )
    if not usable.update(uses=F("uses") + 1):
        _refuse(
            _("Somebody else used this voucher up while you were ordering. Look at the new total."), "used_up"
        )
    # The update locked the voucher: no other order of this buyer is between counting and writing.
    mine = Q(redemptions__buyer_email=email, redemptions__given_back_at=None)
    voucher = Voucher.objects.filter(pk=voucher_id).annotate(mine=Count("redemptions", filter=mine))
    if voucher.filter(max_uses_per_buyer__lte=F("mine")).exists():
        _refuse(_("You have used this voucher already. Look at the new total."), "used_by_you")


def _refuse(message: str, reason: str) -> None:
    raise VoucherRefused(message, fields={"voucher": message}, reason=reason)


def give_back_vouchers(parts: Sequence[MerchantOrder]) -> None:
    """Nothing of these merchant orders will be sent: their vouchers can be used again. Safe to repeat.

    Call it before stock goes back: orders are written voucher first, stock last.
    """
    for part in parts:
        if not part.voucher_code:
            continue
        used = VoucherUse.objects.filter(merchant_order=part, given_back_at=None)
        if used.update(given_back_at=clock.now()):
            Voucher.objects.filter(redemptions__merchant_order=part).update(uses=F("uses") - 1)
