"""Stops on payouts by people, and the terms of payout."""

from typing import Any

from django.db import transaction

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound, StateRefused
from backoffice.kernel.phrases import gettext as _
from billing.models import Hold, PayoutTerms
from billing.permissions import HOLD_PAYOUTS, PREPARE_SETTLEMENT
from billing.selectors.terms_of import get_payout_terms
from mas.selectors.merchants import get_merchant


@transaction.atomic
def hold_payouts(
    merchant_ref: str, *, reason: str, actor: Actor, amount_minor: int | None = None, currency: str = ""
) -> Hold:
    """Hold all payouts of a merchant, or an amount of its next ones; the merchant sees the reason."""
    actor.require(HOLD_PAYOUTS)
    if not reason.strip():
        raise InvalidInput(
            _("Say why the payouts are held."), fields={"reason": _("The merchant reads this reason.")}
        )
    if amount_minor is not None and (amount_minor <= 0 or not currency):
        raise InvalidInput(_("A held amount is above zero and has a currency."))
    merchant = get_merchant(merchant_ref, actor=actor)
    hold: Hold = Hold.objects.create(
        merchant=merchant,
        reason=reason.strip(),
        amount_minor=amount_minor,
        currency=currency,
        created_by_label=actor.label,
    )
    audit.record("billing.payouts.held", actor=actor, subject=hold, note=reason)
    return hold


@transaction.atomic
def release_hold(hold_id: int, *, actor: Actor) -> Hold:
    """Lift a hold that finance set. Safe to repeat; a hold of an incident ends with the incident (`StateRefused`)."""
    actor.require(HOLD_PAYOUTS)
    hold: Hold | None = Hold.objects.select_for_update().filter(pk=hold_id).first()
    if hold is None:
        raise NotFound(_("There is no such hold."))
    if hold.source_key:
        raise StateRefused(
            _("This hold ends when the incident %(ref)s is closed.") % {"ref": hold.incident_ref}
        )
    if hold.released_at is None:
        hold.released_at, hold.released_by_label = clock.now(), actor.label
        hold.save(update_fields=["released_at", "released_by_label"])
        audit.record("billing.payouts.released", actor=actor, subject=hold)
    return hold


TERMS_FIELDS = (
    "cycle",
    "reserve_bps",
    "reserve_days",
    "fixed_reserve_minor",
    "minimum_payout_minor",
    "minimum_balance_minor",
)


@transaction.atomic
def change_payout_terms(merchant_ref: str, *, changes: dict[str, Any], actor: Actor) -> PayoutTerms:
    """Agree a merchant's cycle, reserve and smallest payout; counts for what matures and is cut from now on."""
    actor.require(PREPARE_SETTLEMENT)
    merchant = get_merchant(merchant_ref, actor=actor)
    terms = get_payout_terms(merchant.pk)
    told = {}
    for name, value in changes.items():
        if name not in TERMS_FIELDS:
            raise InvalidInput(_("%(name)s is not part of the payout terms.") % {"name": name})
        if getattr(terms, name) != value:
            told[name] = [getattr(terms, name), value]
            setattr(terms, name, value)
    terms.save()
    if told:
        audit.record("billing.payout_terms.changed", actor=actor, subject=merchant, changes=told)
    return terms
