"""Charging a merchant out of an amount held for it: the second of two phases."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from backoffice.kernel.money import Money
from billing.models import Adjustment, AdjustmentKind, Hold, LegalEntity
from billing.operations.adjustments import propose_adjustment
from billing.permissions import ADJUST_BALANCE
from billing.selectors.holds import lock_hold


@transaction.atomic
def charge_held_amount(
    ref: str, *, entity: LegalEntity, amount: Money, reason: str, actor: Actor
) -> Adjustment:
    """Propose a penalty out of a held amount, at most that amount; another person approves it like any adjustment.

    Approval books it and ends the hold at once, what is not charged is free; refusal leaves the amount held. Safe to
    repeat with the same amount while it waits. Raises `InvalidInput` at the field, `StateRefused` once the hold ended.
    """
    actor.require(ADJUST_BALANCE)
    hold = lock_hold(ref, actor=actor)
    _check(hold, amount)
    if hold.charge is not None:
        if hold.charge.amount_minor == amount.minor:
            return hold.charge
        raise StateRefused(
            _("The charge %(ref)s out of this amount waits for a decision. Refuse it first.")
            % {"ref": hold.charge.ref}
        )
    charge = propose_adjustment(
        hold.merchant.ref,
        entity=entity,
        kind=AdjustmentKind.PENALTY,
        amount=amount,
        reason=reason,
        actor=actor,
    )
    hold.charge = charge
    hold.save(update_fields=["charge"])
    return charge


def _check(hold: Hold, amount: Money) -> None:
    if not hold.is_open:
        raise StateRefused(_("This amount is no longer held."))
    if hold.source_key or hold.amount_minor is None:
        raise StateRefused(_("Only an amount that finance holds can be charged."))
    if amount.currency != hold.currency or amount.minor > hold.amount_minor:
        held = Money(hold.amount_minor, hold.currency).display()
        raise InvalidInput(
            _("At most %(held)s can be charged: that is what is held.") % {"held": held},
            fields={"amount": _("At most %(held)s.") % {"held": held}},
        )
