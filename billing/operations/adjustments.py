"""Goodwill, fees and write-offs: one person proposes, another decides, the ledger follows the decision."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound, StateRefused
from backoffice.kernel.money import Money
from billing.chart import Code
from billing.entries import adjustments as entries
from billing.errors import WriteOffAboveDebt
from billing.fees.tax import tax_on
from billing.models import Adjustment, AdjustmentKind, AdjustmentState, LegalEntity
from billing.operations.holds import end_as_charged, untie_charge
from billing.operations.ledger import post_entry
from billing.operations.second_person import require_second_person
from billing.permissions import ADJUST_BALANCE, APPROVE_ADJUSTMENT
from billing.selectors.balances import lock_merchant_balances
from billing.selectors.fee_tax import decide_fee_tax, fee_day
from mas.selectors.merchants import get_merchant

BUILDERS = {
    AdjustmentKind.GOODWILL: entries.goodwill,
    AdjustmentKind.FEE: entries.merchant_fee,
    AdjustmentKind.PENALTY: entries.penalty,
    AdjustmentKind.WRITE_OFF: entries.write_off,
}


@transaction.atomic
def propose_adjustment(
    merchant_ref: str,
    *,
    entity: LegalEntity,
    kind: str,
    amount: Money,
    reason: str,
    actor: Actor,
) -> Adjustment:
    """Ask for an amount for or against a merchant; nothing moves before another person approves."""
    actor.require(ADJUST_BALANCE)
    if amount.minor <= 0:
        raise InvalidInput(
            _("The amount must be above zero."), fields={"amount": _("Enter a positive amount.")}
        )
    if not reason.strip():
        raise InvalidInput(_("Give the reason."), fields={"reason": _("The merchant reads this reason.")})
    adjustment = Adjustment.objects.create(
        entity=entity,
        merchant=get_merchant(merchant_ref, actor=actor),
        kind=kind,
        currency=amount.currency,
        amount_minor=amount.minor,
        reason=reason.strip(),
        proposed_by_user_id=actor.user_id,
        proposed_by_label=actor.label,
    )
    audit.record("billing.adjustment.proposed", actor=actor, subject=adjustment, note=reason)
    return adjustment


def _lock(ref: str) -> Adjustment:
    found: Adjustment | None = (
        Adjustment.objects.select_for_update(of=("self",))
        .select_related("entity", "merchant")
        .filter(ref=ref)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such adjustment."))
    return found


@transaction.atomic
def approve_adjustment(ref: str, *, actor: Actor) -> Adjustment:
    """Approve as second person and post it (E11, E16). Safe to repeat; refused for its proposer (`SamePerson`)."""
    actor.require(APPROVE_ADJUSTMENT)
    adjustment = _lock(ref)
    if adjustment.state == AdjustmentState.APPROVED:
        return adjustment
    if adjustment.state != AdjustmentState.PROPOSED:
        raise StateRefused(_("This adjustment was refused."))
    require_second_person(
        actor,
        adjustment.proposed_by_user_id,
        _("You proposed this adjustment. Another person must approve it."),
    )
    if adjustment.kind == AdjustmentKind.WRITE_OFF:
        _check_debt(adjustment)
    if adjustment.kind == AdjustmentKind.FEE:
        _add_tax(adjustment)
    end_as_charged(adjustment, actor=actor)
    _decide(adjustment, AdjustmentState.APPROVED, actor)
    decision = entries.Decision(
        adjustment.entity_id,
        adjustment.ref,
        adjustment.merchant_id,
        adjustment.currency,
        adjustment.amount_minor,
        adjustment.tax_minor,
    )
    post_entry(BUILDERS[AdjustmentKind(adjustment.kind)](decision, occurred_at=clock.now()), actor=actor)
    return adjustment


def _add_tax(adjustment: Adjustment) -> None:
    """A service has its tax, by the place of supply and the rate of the day; the amount stated is net of it."""
    tax = decide_fee_tax(adjustment.entity, adjustment.merchant, fee_day(adjustment.entity, clock.now()))
    adjustment.tax_minor = tax_on(adjustment.amount_minor, tax)
    adjustment.save(update_fields=["tax_minor"])


def _check_debt(adjustment: Adjustment) -> None:
    """A write-off gives up a debt, so it never exceeds what the merchant owes now."""
    held = lock_merchant_balances(adjustment.entity_id, adjustment.merchant_id, adjustment.currency)
    owed = max(0, -held.get(Code.AVAILABLE, 0))
    if adjustment.amount_minor > owed:
        raise WriteOffAboveDebt(
            _("The merchant owes %(owed)s, so no more than that can be written off.")
            % {"owed": Money(owed, adjustment.currency).display()},
            owed_minor=owed,
        )


@transaction.atomic
def refuse_adjustment(ref: str, *, actor: Actor) -> Adjustment:
    """Refuse a proposal; nothing moves, and an amount held for it stays held. Safe to repeat."""
    actor.require(APPROVE_ADJUSTMENT)
    adjustment = _lock(ref)
    if adjustment.state == AdjustmentState.PROPOSED:
        _decide(adjustment, AdjustmentState.REFUSED, actor)
        untie_charge(adjustment)
    elif adjustment.state == AdjustmentState.APPROVED:
        raise StateRefused(_("This adjustment was approved and booked."))
    return adjustment


def _decide(adjustment: Adjustment, state: AdjustmentState, actor: Actor) -> None:
    adjustment.state = state
    adjustment.decided_at = clock.now()
    adjustment.decided_by_user_id, adjustment.decided_by_label = actor.user_id, actor.label
    adjustment.save(update_fields=["state", "decided_at", "decided_by_user_id", "decided_by_label"])
    audit.record(f"billing.adjustment.{state}", actor=actor, subject=adjustment)
