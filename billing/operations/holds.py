"""Stops on payouts by people: of all of them, or of an amount that is charged, lifted or lapses."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor, timer_actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from backoffice.kernel.money import exponent
from backoffice.kernel.periodic import periodic
from backoffice.kernel.phrases import gettext as _
from billing.models import Adjustment, Hold, HoldEnd
from billing.permissions import HOLD_PAYOUTS
from billing.selectors.balances import lock_all_balances
from billing.selectors.holds import lock_hold
from mas.selectors.merchants import get_merchant


@transaction.atomic
def hold_payouts(
    merchant_ref: str,
    *,
    reason: str,
    actor: Actor,
    amount_minor: int | None = None,
    currency: str = "",
    lapses_at: datetime | None = None,
) -> Hold:
    """Hold all payouts of a merchant, or an amount of its next ones, for good or until `lapses_at`.

    The merchant sees the reason. Takes the lock of the merchant's balances that claims and bank files take: whoever
    comes second sees the first. Raises `InvalidInput` at the field, `UnknownCurrency`.
    """
    actor.require(HOLD_PAYOUTS)
    if not reason.strip():
        raise InvalidInput(
            _("Say why the payouts are held."), fields={"reason": _("The merchant reads this reason.")}
        )
    if amount_minor is not None and (amount_minor <= 0 or not currency):
        raise InvalidInput(
            _("A held amount is above zero and has a currency."),
            fields={"amount": _("Enter a positive amount.")},
        )
    if amount_minor is not None:
        exponent(currency)
    if lapses_at is not None and lapses_at <= clock.now():
        raise InvalidInput(
            _("A hold ends in the future."), fields={"lapses_at": _("Choose a later day, or none.")}
        )
    merchant = get_merchant(merchant_ref, actor=actor)
    lock_all_balances(merchant.pk)
    hold: Hold = Hold.objects.create(
        merchant=merchant,
        reason=reason.strip(),
        amount_minor=amount_minor,
        currency=currency,
        lapses_at=lapses_at,
        created_by_label=actor.label,
    )
    audit.record("billing.payouts.held", actor=actor, subject=hold, note=reason)
    return hold


@transaction.atomic
def release_hold(ref: str, *, actor: Actor) -> Hold:
    """Lift a hold that finance set. Safe to repeat.

    Raises `StateRefused` for a hold of an incident, which ends with the incident, for one that was charged, and while a
    charge out of it waits for the second person.
    """
    actor.require(HOLD_PAYOUTS)
    hold = lock_hold(ref, actor=actor)
    if hold.source_key:
        raise StateRefused(
            _("This hold ends when the incident %(ref)s is closed.") % {"ref": hold.incident_ref}
        )
    if hold.ended_as == HoldEnd.CHARGED:
        raise StateRefused(_("This amount was charged. Take the charge back to undo it."))
    if hold.released_at is not None:
        return hold
    if hold.charge_id is not None:
        raise StateRefused(
            _("The charge %(ref)s out of this amount waits for a decision. Refuse it first.")
            % {"ref": hold.charge}
        )
    hold.released_at, hold.released_by_label, hold.ended_as = clock.now(), actor.label, HoldEnd.LIFTED
    hold.save(update_fields=["released_at", "released_by_label", "ended_as"])
    audit.record("billing.payouts.released", actor=actor, subject=hold)
    return hold


@periodic("billing.lapse_holds", every=timedelta(hours=1))
def lapse_holds() -> int:
    """Close the holds whose time is over; they count no more since that moment. Safe to repeat."""
    actor = timer_actor("hold's time over")
    ended = 0
    for hold_id in list(Hold.objects.lapsed().values_list("pk", flat=True)):
        ended += _lapse(hold_id, actor)
    return ended


@transaction.atomic
def _lapse(hold_id: int, actor: Actor) -> int:
    ended: int = (
        Hold.objects.lapsed()
        .filter(pk=hold_id)
        .update(released_at=F("lapses_at"), released_by_label=actor.label, ended_as=HoldEnd.LAPSED)
    )
    if ended:
        audit.record("billing.payouts.lapsed", actor=actor, subject=Hold.objects.get(pk=hold_id))
    return ended


def end_as_charged(charge: Adjustment, *, actor: Actor) -> None:
    """The second phase: the hold that this charge was proposed out of ends with it, its rest is free. Once.

    Raises `StateRefused` when the hold lapsed meanwhile. Does nothing for a charge out of no hold.
    """
    holds = Hold.objects.filter(charge=charge)
    if not holds.exists():
        return
    if not holds.open().update(
        released_at=clock.now(), released_by_label=actor.label, ended_as=HoldEnd.CHARGED
    ):
        raise StateRefused(
            _("The amount is no longer held: its time was over. Refuse this charge, then propose it anew.")
        )


def untie_charge(charge: Adjustment) -> None:
    """A refused charge leaves the amount held, for another decision."""
    Hold.objects.filter(charge=charge).update(charge=None)
