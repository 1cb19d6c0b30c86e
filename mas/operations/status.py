"""One step of a merchant's status: guard, change, audit, news. The named operations are its only callers."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django_fsm import can_proceed

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor
from mas.errors import MerchantStateRefused, ReasonMissing
from mas.events import MerchantEvent
from mas.models import Merchant


@dataclass(frozen=True, slots=True)
class Step:
    """A transition of the model, the name it has in the audit trail, and the event that tells of it."""

    transition: str
    action: str
    event: type[MerchantEvent] | None


def take_step(
    merchant: Merchant, step: Step, *, actor: Actor, reason: str = "", saved_fields: tuple[str, ...] = ()
) -> None:
    """Move the locked merchant; raises `MerchantStateRefused` when its status does not allow the step."""
    move = getattr(merchant, step.transition)
    if not can_proceed(move):
        raise refusal(merchant)
    before = str(merchant.status)
    move()
    merchant.status_reason = reason
    merchant.status_changed_at = clock.now()
    merchant.save(update_fields=["status", "status_reason", "status_changed_at", *saved_fields])
    audit.record(
        step.action,
        actor=actor,
        subject=merchant,
        changes={"status": [before, str(merchant.status)]},
        note=reason,
    )
    if step.event is not None:
        events.publish(step.event(merchant.pk, merchant.ref))


def refusal(merchant: Merchant) -> MerchantStateRefused:
    """The refusal that names the status people see."""
    label: Any = merchant.get_status_display()
    return MerchantStateRefused(
        _(
            "%(merchant)s is “%(status)s”, and this step does not follow from there. Reload the page to see what does."
        )
        % {"merchant": merchant.name, "status": label},
        status=str(merchant.status),
    )


def required_reason(reason: str) -> str:
    """The reason without blanks around it; raises `ReasonMissing` when nothing is left."""
    reason = reason.strip()
    if not reason:
        message = _("Give a reason: the merchant and your colleagues will read it.")
        raise ReasonMissing(message, fields={"reason": message})
    return reason
