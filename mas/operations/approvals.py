"""Letting a merchant sell: by a person, or by itself where the operator chose that."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor, system_actor
from backoffice.kernel.clock import now
from mas.errors import ItemsOpen
from mas.events import MerchantApproved
from mas.models import Merchant, MerchantStatus
from mas.operations.notices import tell_owners
from mas.operations.status import Step, required_reason, take_step
from mas.permissions import REVIEW_MERCHANT
from mas.selectors.merchants import lock_merchant
from mas.selectors.onboarding import get_policy, list_points_before_approval
from mms.operations.tasks import close_tasks

APPROVE = Step("approve", "mas.merchant.approved", MerchantApproved)
REVIEW_TASK = "mas.review_merchant"


@transaction.atomic
def approve_merchant(ref: str, *, actor: Actor, reason: str = "", anyway: bool = False) -> Merchant:
    """Let the merchant sell and tell it; `MerchantApproved` is published. Repeating it changes nothing.

    Open required points refuse it with `ItemsOpen`, unless `anyway` with a reason, which the audit trail keeps
    together with the points. KYC and the bank account are approved on their own: until then payouts are held.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(REVIEW_MERCHANT)
    if merchant.status == MerchantStatus.APPROVED:
        return merchant
    points = list_points_before_approval(merchant) if merchant.status == MerchantStatus.IN_REVIEW else []
    if points and not anyway:
        raise ItemsOpen(
            _(
                "Not everything required is there: %(items)s. Settle or waive it, or approve anyway with a reason."
            )
            % {"items": ", ".join(point.title for point in points)},
            items=[point.code for point in points],
        )
    if points:
        reason = required_reason(reason)
        audit.record(
            "mas.merchant.approved_anyway",
            actor=actor,
            subject=merchant,
            changes={"open": [[point.code for point in points], []]},
            note=reason,
        )
    _approve(merchant, actor, reason)
    return merchant


def approve_if_complete(merchant: Merchant) -> bool:
    """Approve a merchant in review by itself when the operator's policy says so and nothing required is open."""
    if merchant.status != MerchantStatus.IN_REVIEW or not get_policy().auto_approve:
        return False
    if list_points_before_approval(merchant):
        return False
    _approve(
        merchant, system_actor("auto-approve"), _("Approved automatically: everything required is there.")
    )
    return True


def _approve(merchant: Merchant, actor: Actor, reason: str) -> None:
    merchant.approved_at = now()
    take_step(merchant, APPROVE, actor=actor, reason=reason, saved_fields=("approved_at",))
    close_tasks(REVIEW_TASK, merchant.ref, actor=actor)
    tell_owners(merchant, "approved", reason=reason)
