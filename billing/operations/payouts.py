"""Money on its way to merchants: claimed under a guard, never twice, never retried from the unknown by itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import StateRefused
from billing.entries import payouts as entries
from billing.errors import PayoutNotSendable
from billing.models import (
    AT_THE_BANK,
    ENDED_UNPAID,
    Payout,
    PayoutState,
    Settlement,
    SettlementState,
)
from billing.operations.ledger import post_entry
from billing.operations.payout_checks import check_file_stands, check_free, check_other_person, check_signed
from billing.operations.settlement_review import create_payout
from billing.permissions import SEND_PAYOUTS
from billing.selectors.payouts import lock_batch, lock_payout
from billing.selectors.settlements import lock_settlement
from mas.operations.bank_accounts import doubt_bank_account
from mas.selectors.payouts import get_payout_profile


def move_of(payout: Payout) -> entries.PayoutMove:
    return entries.PayoutMove(
        payout.entity_id,
        payout.ref,
        payout.merchant_id,
        payout.currency,
        payout.amount_minor,
        payout.times_reopened,
    )


@transaction.atomic
def claim_payout(ref: str, *, actor: Actor) -> Payout:
    """E6: take the amount out of the merchant's available balance for this transfer and copy the bank account.

    Refused for approvers of the statement, while payouts are held or amounts held are more than what would be left
    (`PayoutHeld`), when the signed statement is another by now, and when the amount is no longer available
    (`NotEnoughAvailable`). Safe to repeat.
    """
    actor.require(SEND_PAYOUTS)
    payout = lock_payout(ref)
    if payout.state == PayoutState.CLAIMED:
        return payout
    if payout.state != PayoutState.CREATED:
        raise PayoutNotSendable(_("%(ref)s is not waiting to be sent.") % {"ref": ref})
    check_other_person(payout, actor)
    check_free(payout)
    check_signed(payout)
    take_payout(payout, actor=actor)
    return payout


def take_payout(payout: Payout, *, actor: Actor) -> None:
    """The claim itself; the caller has locked the payout and asked everything in `payout_checks`."""
    profile = get_payout_profile(payout.merchant_id)
    now = clock.now()
    payout.account_holder, payout.iban, payout.bic = profile.account_holder, profile.iban, profile.bic
    payout.account_number, payout.routing_code = profile.account_number, profile.routing_code
    payout.claimed_at, payout.claimed_by_user_id = now, actor.user_id
    payout.claim()
    payout.save()
    post_entry(entries.claimed(move_of(payout), occurred_at=now), actor=actor)
    audit.record("billing.payout.claimed", actor=actor, subject=payout)


@transaction.atomic
def execute_payout(ref: str, *, actor: Actor) -> Payout:
    """E6b: the bank confirmed the transfer; the statement is paid. Safe to repeat."""
    actor.require(SEND_PAYOUTS)
    payout = lock_payout(ref)
    if payout.state in (PayoutState.EXECUTED, PayoutState.RECONCILED):
        return payout
    if payout.state not in AT_THE_BANK:
        raise PayoutNotSendable(
            _("%(ref)s is in no bank file, so it cannot have been executed.") % {"ref": ref}
        )
    payout.execute()
    payout.executed_at = clock.now()
    payout.save(update_fields=["state", "executed_at"])
    post_entry(entries.executed(move_of(payout), occurred_at=payout.executed_at), actor=actor)
    settlement = Settlement.objects.select_for_update().get(pk=payout.settlement_id)
    if settlement.state == SettlementState.PAYABLE:
        settlement.pay()
        settlement.paid_at = payout.executed_at
        settlement.save(update_fields=["state", "paid_at"])
    audit.record("billing.payout.executed", actor=actor, subject=payout)
    return payout


@transaction.atomic
def execute_batch(ref: str, *, actor: Actor) -> int:
    """The bank executed a whole file; returns how many transfers that closed. Safe to repeat.

    Refused while somebody asks to take payouts out, and for a void file (`FileVoid`).
    """
    actor.require(SEND_PAYOUTS)
    batch = lock_batch(ref)
    check_file_stands(batch)
    open_refs = list(
        batch.payouts.filter(state__in=[PayoutState.EXPORTED, PayoutState.ACCEPTED])
        .order_by("pk")
        .values_list("ref", flat=True)
    )
    for payout_ref in open_refs:
        execute_payout(payout_ref, actor=actor)
    return len(open_refs)


@transaction.atomic
def accept_payout(ref: str, *, actor: Actor) -> Payout:
    """The bank took the order. Safe to repeat; later news is never undone by it."""
    actor.require(SEND_PAYOUTS)
    payout = lock_payout(ref)
    if payout.state not in (PayoutState.EXPORTED, PayoutState.UNKNOWN):
        return payout
    payout.accept()
    payout.save(update_fields=["state"])
    audit.record("billing.payout.accepted", actor=actor, subject=payout)
    return payout


@transaction.atomic
def reconcile_payout(ref: str, *, actor: Actor) -> Payout:
    """The transfer stands on the account statement: it is executed (E6b, unless that was recorded) and closed."""
    payout = execute_payout(ref, actor=actor)
    if payout.state == PayoutState.RECONCILED:
        return payout
    payout.reconcile()
    payout.save(update_fields=["state"])
    audit.record("billing.payout.reconciled", actor=actor, subject=payout)
    return payout


@transaction.atomic
def lose_track_of_payout(ref: str, *, actor: Actor) -> Payout:
    """No answer from the bank: the money stays in transit, and nothing sends it again by itself."""
    actor.require(SEND_PAYOUTS)
    payout = lock_payout(ref)
    if payout.state == PayoutState.UNKNOWN:
        return payout
    if payout.state not in (PayoutState.EXPORTED, PayoutState.ACCEPTED):
        raise PayoutNotSendable(_("Only a payout in a bank file can be lost track of."))
    payout.lose_track()
    payout.save(update_fields=["state"])
    audit.record("billing.payout.unknown", actor=actor, subject=payout)
    return payout


@transaction.atomic
def reject_payout(ref: str, *, reason: str, actor: Actor) -> Payout:
    """E10a: the bank refused it before execution; the amount is available again. Safe to repeat."""
    actor.require(SEND_PAYOUTS)
    payout = lock_payout(ref)
    if payout.state == PayoutState.REJECTED:
        return payout
    if payout.state not in (PayoutState.CLAIMED, *AT_THE_BANK):
        raise PayoutNotSendable(_("%(ref)s cannot be rejected any more.") % {"ref": ref})
    payout.reject()
    payout.bank_reason = reason
    payout.save(update_fields=["state", "bank_reason"])
    post_entry(entries.rejected(move_of(payout), occurred_at=clock.now()), actor=actor)
    audit.record("billing.payout.rejected", actor=actor, subject=payout, note=reason)
    return payout


@transaction.atomic
def return_payout(ref: str, *, bank_fee_minor: int, reason: str, actor: Actor) -> Payout:
    """E10b: the money came back; the balance is restored once and the statement waits for a person. Safe to repeat.

    The account it was sent to counts as unverified from now on, which holds further payouts; the merchant gets a mail.
    """
    actor.require(SEND_PAYOUTS)
    payout = lock_payout(ref)
    if payout.state == PayoutState.RETURNED:
        return payout
    if payout.state not in (PayoutState.EXECUTED, PayoutState.RECONCILED):
        raise PayoutNotSendable(_("Only an executed payout can come back."))
    payout.come_back()
    payout.bank_reason = reason
    payout.save(update_fields=["state", "bank_reason"])
    post_entry(
        entries.returned(move_of(payout), bank_fee_minor=bank_fee_minor, occurred_at=clock.now()), actor=actor
    )
    settlement = Settlement.objects.select_for_update().get(pk=payout.settlement_id)
    if settlement.state == SettlementState.PAID:
        settlement.reopen()
        settlement.paid_at = None
        settlement.save(update_fields=["state", "paid_at"])
    audit.record("billing.payout.returned", actor=actor, subject=payout, note=reason)
    sent_to = payout.iban or payout.account_number
    doubt_bank_account(payout.merchant.ref, account_number=sent_to, reason=reason, actor=actor)
    return payout


@transaction.atomic
def cancel_payout(ref: str, *, reason: str, actor: Actor) -> Payout:
    """Give a payout up before anything moved. Safe to repeat."""
    actor.require(SEND_PAYOUTS)
    payout = lock_payout(ref)
    if payout.state == PayoutState.CANCELLED:
        return payout
    if payout.state != PayoutState.CREATED:
        raise PayoutNotSendable(
            _("%(ref)s was claimed already; record what the bank did instead.") % {"ref": ref}
        )
    payout.cancel()
    payout.bank_reason = reason
    payout.save(update_fields=["state", "bank_reason"])
    audit.record("billing.payout.cancelled", actor=actor, subject=payout, note=reason)
    return payout


@transaction.atomic
def retry_payout(settlement_ref: str, *, actor: Actor) -> Payout:
    """A person sends a failed payout again, as a new attempt; refused while one is live or a later statement follows.

    Once a later statement exists, the money that came back stands on it and is paid with it.
    """
    actor.require(SEND_PAYOUTS)
    settlement = lock_settlement(settlement_ref, actor=actor)
    if settlement.state != SettlementState.PAYABLE:
        raise StateRefused(_("Only a payable statement can be paid again."))
    if settlement.payouts.exclude(state__in=ENDED_UNPAID).exists():
        raise PayoutNotSendable(_("A payout of this statement is under way."))
    later = Settlement.objects.filter(
        entity_id=settlement.entity_id,
        merchant_id=settlement.merchant_id,
        currency=settlement.currency,
        from_at__gte=settlement.to_at,
    )
    if later.exists():
        raise StateRefused(_("A later statement contains this money already; it is paid with that one."))
    last = settlement.payouts.order_by("-attempt").values_list("attempt", flat=True).first() or 0
    payout = create_payout(settlement, attempt=last + 1)
    audit.record("billing.payout.retried", actor=actor, subject=payout)
    return payout
