"""The identity check of a merchant, independent of its status: selling goes on, payouts wait for it."""

from django.db import transaction
from django_fsm import can_proceed

from backoffice.kernel import audit, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import gettext as _
from mas.errors import MerchantStateRefused
from mas.events import MerchantKycChanged
from mas.models import KycStatus, Merchant
from mas.operations.notices import tell_owners
from mas.operations.status import required_reason
from mas.permissions import EDIT_COMPANY, REVIEW_MERCHANT
from mas.selectors.merchants import lock_merchant


@transaction.atomic
def approve_kyc(ref: str, *, actor: Actor, reason: str = "") -> Merchant:
    """The identity was checked and payouts may leave; repeating it changes nothing."""
    return _decide(ref, "approve_kyc", KycStatus.APPROVED, actor, reason.strip())


@transaction.atomic
def refuse_kyc(ref: str, *, actor: Actor, reason: str) -> Merchant:
    """The identity could not be confirmed: the merchant reads why and may hand it in again. Payouts are held."""
    return _decide(ref, "refuse_kyc", KycStatus.REFUSED, actor, required_reason(reason))


@transaction.atomic
def waive_kyc(ref: str, *, actor: Actor, reason: str) -> Merchant:
    """No identity check is required of this merchant, and why; payouts may leave."""
    return _decide(ref, "waive_kyc", KycStatus.NOT_REQUIRED, actor, required_reason(reason))


def _decide(ref: str, transition: str, target: KycStatus, actor: Actor, reason: str) -> Merchant:
    merchant = lock_merchant(ref, actor=actor)
    actor.require(REVIEW_MERCHANT)
    if merchant.kyc_status != target:
        change_kyc(merchant, transition, actor=actor, reason=reason)
        tell_owners(merchant, "kyc_changed", reason=reason)
    return merchant


def change_kyc(merchant: Merchant, transition: str, *, actor: Actor, reason: str) -> None:
    """Move the KYC machine of the locked merchant; `MerchantKycChanged` is published."""
    move = getattr(merchant, transition)
    if not can_proceed(move):
        raise MerchantStateRefused(
            _("The identity check of %(merchant)s is “%(status)s”, and this step does not follow from there.")
            % {"merchant": merchant.name, "status": merchant.get_kyc_status_display()},
            kyc_status=str(merchant.kyc_status),
        )
    before = str(merchant.kyc_status)
    move()
    merchant.kyc_reason = reason
    merchant.save(update_fields=["kyc_status", "kyc_reason"])
    audit.record(
        "mas.merchant.kyc_changed",
        actor=actor,
        subject=merchant,
        changes={"kyc_status": [before, str(merchant.kyc_status)]},
        note=reason,
    )
    events.publish(MerchantKycChanged(merchant.pk, merchant.ref))


@transaction.atomic
def submit_kyc(ref: str, *, actor: Actor) -> Merchant:
    """The merchant asks for the check (again, after a refusal)."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_COMPANY, merchant_id=merchant.pk)
    if merchant.kyc_status != KycStatus.TO_APPROVE:
        change_kyc(merchant, "submit_kyc", actor=actor, reason="")
    return merchant
