"""Stopping a merchant from selling, letting it sell again, ending the business relation."""

from django.db import transaction

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _
from mas.errors import ObligationsOpen
from mas.events import MerchantClosed, MerchantReinstated, MerchantSuspended
from mas.models import Merchant, MerchantStatus, SuspensionType
from mas.operations.notices import tell_owners
from mas.operations.status import Step, refusal, required_reason, take_step
from mas.permissions import CLOSE_MERCHANT, SUSPEND_MERCHANT
from mas.ports import list_open_obligations
from mas.selectors.merchants import lock_merchant

SUSPEND = Step("suspend", "mas.merchant.suspended", MerchantSuspended)
REINSTATE = Step("reinstate", "mas.merchant.reinstated", MerchantReinstated)
CLOSE = Step("close", "mas.merchant.closed", MerchantClosed)


@transaction.atomic
def suspend_merchant(
    ref: str, *, actor: Actor, reason: str, type: str = SuspensionType.MANUAL, cause: str = ""
) -> Merchant:
    """Stop new orders at once; open orders can still be shipped and refunded. `MerchantSuspended` is published.

    Nothing of the merchant's listings is touched: whether they sell is asked of the merchant, so lifting the
    suspension brings back each listing exactly as it was. `cause` names the rule of an automatic suspension.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(SUSPEND_MERCHANT)
    if merchant.status == MerchantStatus.SUSPENDED:
        return merchant
    reason = required_reason(reason)
    if type not in SuspensionType.values:
        message = _("Choose one of the kinds of suspension.")
        raise InvalidInput(message, fields={"type": message})
    merchant.suspension_type = type
    merchant.suspension_cause = cause
    take_step(
        merchant, SUSPEND, actor=actor, reason=reason, saved_fields=("suspension_type", "suspension_cause")
    )
    tell_owners(merchant, "suspended", reason=reason)
    return merchant


@transaction.atomic
def reinstate_merchant(ref: str, *, actor: Actor, reason: str) -> Merchant:
    """Let a suspended merchant sell again; `MerchantReinstated` is published. Repeating it changes nothing."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(SUSPEND_MERCHANT)
    if merchant.status == MerchantStatus.APPROVED:
        return merchant
    return lift_suspension(merchant, actor=actor, reason=required_reason(reason))


def lift_suspension(merchant: Merchant, *, actor: Actor, reason: str) -> Merchant:
    """The locked merchant sells again; also called by the rule that had suspended it."""
    merchant.suspension_type = ""
    merchant.suspension_cause = ""
    take_step(
        merchant, REINSTATE, actor=actor, reason=reason, saved_fields=("suspension_type", "suspension_cause")
    )
    tell_owners(merchant, "reinstated", reason=reason)
    return merchant


@transaction.atomic
def close_merchant(ref: str, *, actor: Actor, reason: str) -> Merchant:
    """End the business relation for good; `MerchantClosed` is published. Repeating it changes nothing.

    Raises `ObligationsOpen` naming every order, return or balance that is still open.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(CLOSE_MERCHANT)
    if merchant.status == MerchantStatus.CLOSED:
        return merchant
    reason = required_reason(reason)
    if merchant.status not in {MerchantStatus.APPROVED, MerchantStatus.SUSPENDED}:
        raise refusal(merchant)
    open_obligations = list_open_obligations(merchant.pk)
    if open_obligations:
        raise ObligationsOpen(
            _(
                "%(merchant)s cannot be closed yet: %(open)s. Suspend it meanwhile, so that nothing new comes in."
            )
            % {
                "merchant": merchant.name,
                "open": ", ".join(f"{item.count} × {item.label}" for item in open_obligations),
            },
            obligations={item.code: item.count for item in open_obligations},
        )
    merchant.suspension_type = ""
    merchant.suspension_cause = ""
    take_step(
        merchant, CLOSE, actor=actor, reason=reason, saved_fields=("suspension_type", "suspension_cause")
    )
    tell_owners(merchant, "closed", reason=reason)
    return merchant
