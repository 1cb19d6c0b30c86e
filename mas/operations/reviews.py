"""Handing a registration in, and what the operator answers besides approving it."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import gettext as _
from mas.errors import ItemsOpen
from mas.events import MerchantRejected, MerchantReturned, MerchantSubmitted
from mas.models import Invitation, InvitationState, KycStatus, Merchant, MerchantStatus
from mas.operations.approvals import REVIEW_TASK, approve_if_complete
from mas.operations.checklists import reopen_items
from mas.operations.notices import tell_owners
from mas.operations.status import Step, required_reason, take_step
from mas.permissions import ACCEPT_TERMS, REVIEW_MERCHANT
from mas.selectors.merchants import lock_merchant
from mas.selectors.onboarding import list_checklist, list_points_before_submission
from mms.operations.tasks import close_tasks, open_task

SUBMIT = Step("submit", "mas.merchant.submitted", MerchantSubmitted)
RETURN = Step("send_back", "mas.merchant.returned", MerchantReturned)
REJECT = Step("reject", "mas.merchant.rejected", MerchantRejected)
REVIEW_WITHIN = timedelta(days=2)


@transaction.atomic
def submit_onboarding(ref: str, *, actor: Actor) -> Merchant:
    """Hand the registration in; `MerchantSubmitted` is published and the operator gets a task.

    Raises `ItemsOpen` naming every required line that is open. Repeating it changes nothing. With auto-approve on and
    nothing left to check, the merchant is approved at once.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(ACCEPT_TERMS, merchant_id=merchant.pk)
    if merchant.status == MerchantStatus.IN_REVIEW:
        return merchant
    points = list_points_before_submission(merchant) if merchant.status == MerchantStatus.REGISTERING else []
    if points:
        raise ItemsOpen(
            _("These points are still open: %(items)s. Complete them, then hand the registration in.")
            % {"items": ", ".join(point.title for point in points)},
            items=[point.code for point in points],
        )
    merchant.submitted_at = clock.now()
    saved = ["submitted_at"]
    if merchant.kyc_status in {KycStatus.TO_SUBMIT, KycStatus.REFUSED}:
        merchant.submit_kyc()
        saved.append("kyc_status")
    take_step(merchant, SUBMIT, actor=actor, saved_fields=tuple(saved))
    if not approve_if_complete(merchant):
        open_task(
            kind=REVIEW_TASK,
            title=_("Review the registration of %(merchant)s") % {"merchant": merchant.name},
            url_name="console:mas-merchant-review",
            url_args=[merchant.ref],
            subject_ref=merchant.ref,
            merchant_id=merchant.pk,
            due_at=clock.now() + REVIEW_WITHIN,
        )
    return merchant


@transaction.atomic
def return_onboarding(ref: str, *, actor: Actor, reason: str, item_codes: Collection[str] = ()) -> Merchant:
    """Send the registration back with a reason, opening the named lines again; `MerchantReturned` is published."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(REVIEW_MERCHANT)
    reason = required_reason(reason)
    take_step(merchant, RETURN, actor=actor, reason=reason)
    named = [item for item in list_checklist(merchant) if item.rule.code in item_codes]
    reopen_items(merchant, named, reason, actor=actor)
    close_tasks(REVIEW_TASK, merchant.ref, actor=actor)
    tell_owners(merchant, "returned", reason=reason, items=[item.rule.title for item in named])
    return merchant


@transaction.atomic
def reject_merchant(ref: str, *, actor: Actor, reason: str) -> Merchant:
    """Turn a registration down for good and tell the merchant why; open invitations stop working."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(REVIEW_MERCHANT)
    if merchant.status == MerchantStatus.REJECTED:
        return merchant
    reason = required_reason(reason)
    take_step(merchant, REJECT, actor=actor, reason=reason)
    for invitation in Invitation.objects.filter(merchant=merchant, state=InvitationState.SENT):
        invitation.revoke()
        invitation.save(update_fields=["state"])
    close_tasks(REVIEW_TASK, merchant.ref, actor=actor)
    tell_owners(merchant, "rejected", reason=reason)
    return merchant
