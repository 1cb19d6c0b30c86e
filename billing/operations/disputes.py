"""Chargebacks: opened when the buyer's bank takes money back, then won, lost, or borne by the marketplace."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from billing.chart import Code
from billing.entries import reversals as entries
from billing.errors import DisputeAboveCapture, DisputeDecided, PayloadConflict
from billing.models import Dispute, DisputeReason, DisputeState, Earning
from billing.operations.ledger import post_entries, post_entry
from billing.operations.reserves import use_reserve
from billing.operations.second_person import require_second_person
from billing.permissions import APPROVE_ADJUSTMENT, HANDLE_DISPUTES
from billing.selectors.balances import lock_merchant_balances
from billing.selectors.disputes import find_dispute, lock_dispute, sum_disputed
from billing.selectors.earnings import get_earning, lock_earning, sum_pending_by_kind
from billing.selectors.payout_holds import BalanceKey
from mms.operations.tasks import close_tasks, open_task

TASK = "billing.dispute"


@dataclass(frozen=True, slots=True)
class Case:
    """What the provider says about a chargeback; `amount` and `fee_minor` are in the order's currency."""

    case_number: str
    amount: Money
    fee_minor: int = 0
    reason: str = DisputeReason.OTHER
    line_ref: str = ""
    answer_by: date | None = None
    occurred_at: datetime | None = None


@transaction.atomic
def open_dispute(merchant_order_ref: str, *, case: Case, actor: Actor) -> Dispute:
    """E8 and E8h: book what the provider took back and hold it from the merchant: reserve, pending, then available.

    Safe to repeat with the same case; the same case number with another amount or order raises `PayloadConflict`, more
    than was captured `DisputeAboveCapture`.
    """
    actor.require(HANDLE_DISPUTES)
    _check(case)
    earning = _locked_earning(merchant_order_ref, actor)
    known = find_dispute(earning.psp, case.case_number)
    if known is not None:
        if (known.earning_id, known.amount_minor) != (earning.pk, case.amount.minor):
            raise PayloadConflict(
                _("Case %(case)s is known with another amount or order: %(ref)s.")
                % {"case": case.case_number, "ref": known.ref},
                ref=known.ref,
            )
        return known
    _check_amount(earning, case)
    held = lock_merchant_balances(earning.entity_id, earning.merchant_id, earning.currency)
    reserve = min(max(0, held.get(Code.RESERVE, 0)), case.amount.minor)
    pending = min(_pending_of(earning), case.amount.minor - reserve)
    use_reserve(BalanceKey(earning.entity_id, earning.merchant_id, earning.currency), reserve)
    dispute = Dispute.objects.create(
        entity_id=earning.entity_id,
        merchant_id=earning.merchant_id,
        earning=earning,
        psp=earning.psp,
        case_number=case.case_number,
        line_ref=case.line_ref,
        reason=case.reason,
        currency=earning.currency,
        amount_minor=case.amount.minor,
        fee_minor=case.fee_minor,
        held_reserve_minor=reserve,
        held_pending_minor=pending,
        answer_by=case.answer_by,
        occurred_at=case.occurred_at or clock.now(),
        opened_by_label=actor.label,
    )
    stated = _stated(dispute)
    drafts = [
        entries.dispute_opened(stated),
        entries.dispute_held(stated, reserve_minor=reserve, pending_minor=pending),
    ]
    post_entries(drafts, actor=actor)
    audit.record("billing.dispute.opened", actor=actor, subject=dispute, note=case.case_number)
    open_task(
        kind=TASK,
        title=_("Answer the chargeback %(ref)s") % {"ref": dispute.ref},
        url_name="console:billing-dispute-detail",
        url_args=[dispute.ref],
        subject_ref=dispute.ref,
        merchant_id=dispute.merchant_id,
        due_at=make_aware(datetime.combine(case.answer_by, time(12))) if case.answer_by else None,
    )
    return dispute


def _check(case: Case) -> None:
    problems = {}
    if not case.case_number.strip():
        problems["case_number"] = _("Enter the number the provider gave this case.")
    if case.amount.minor <= 0:
        problems["amount"] = _("Enter an amount above zero.")
    if case.fee_minor < 0:
        problems["fee"] = _("Enter a fee of zero or more.")
    if case.reason not in DisputeReason.values:
        problems["reason"] = _("Choose one of the reasons.")
    if problems:
        raise InvalidInput(_("The chargeback is not complete."), fields=problems)


def _locked_earning(merchant_order_ref: str, actor: Actor) -> Earning:
    found = get_earning(merchant_order_ref, actor=actor)
    return lock_earning(found.merchant_order_id) or found


def _check_amount(earning: Earning, case: Case) -> None:
    if case.amount.currency != earning.currency:
        raise InvalidInput(
            _("The order was paid in %(currency)s.") % {"currency": earning.currency},
            fields={"amount": _("Enter the amount in %(currency)s.") % {"currency": earning.currency}},
        )
    left = earning.captured_minor - sum_disputed(earning.pk)
    if case.amount.minor > left:
        shown = Money(max(0, left), earning.currency).display()
        raise DisputeAboveCapture(
            _("Only %(left)s of the captured amount is not in dispute yet.") % {"left": shown},
            fields={"amount": _("At most %(left)s.") % {"left": shown}},
        )
    if case.line_ref and not case.line_ref.startswith(f"{earning.merchant_order_ref}/"):
        raise InvalidInput(
            _("This line is not part of the order."),
            fields={"line_ref": _("Lines are named like %(ref)s/1.") % {"ref": earning.merchant_order_ref}},
        )


def _pending_of(earning: Earning) -> int:
    if earning.matured_times:
        return 0
    return max(0, sum(sum_pending_by_kind(earning.merchant_order_id, earning.currency).values()))


def _stated(dispute: Dispute) -> entries.Dispute:
    return entries.Dispute(
        entity_id=dispute.entity_id,
        dispute_id=dispute.ref,
        psp=dispute.psp,
        merchant_id=dispute.merchant_id,
        merchant_order_id=dispute.earning.merchant_order_id,
        currency=dispute.currency,
        amount_minor=dispute.amount_minor,
        fee_minor=dispute.fee_minor,
        occurred_at=dispute.occurred_at,
    )


@transaction.atomic
def win_dispute(ref: str, *, actor: Actor) -> Dispute:
    """E8-won: the bank gave the money back, so the merchant's hold is lifted. Safe to repeat."""
    actor.require(HANDLE_DISPUTES)
    dispute = lock_dispute(ref)
    if _is_decided(dispute, DisputeState.WON):
        return dispute
    draft = entries.dispute_won(
        _stated(dispute), occurred_at=clock.now(), pending_minor=_back_to_pending(dispute)
    )
    dispute.win()
    _decide(dispute, actor)
    post_entry(draft, actor=actor)
    return dispute


@transaction.atomic
def lose_dispute(ref: str, *, actor: Actor) -> Dispute:
    """E8-lost: the merchant bears the amount and the provider's fee; its balance may go below zero. Safe to repeat."""
    actor.require(HANDLE_DISPUTES)
    dispute = lock_dispute(ref)
    if _is_decided(dispute, DisputeState.LOST):
        return dispute
    dispute.lose()
    _decide(dispute, actor)
    post_entry(entries.dispute_lost(_stated(dispute), occurred_at=clock.now()), actor=actor)
    return dispute


@transaction.atomic
def ask_to_absorb_dispute(ref: str, *, reason: str, actor: Actor) -> Dispute:
    """First of two people: propose that the marketplace bears a lost case instead of the merchant."""
    actor.require(HANDLE_DISPUTES)
    dispute = lock_dispute(ref)
    if not dispute.is_open:
        raise DisputeDecided(_("This chargeback is decided already."), state=str(dispute.state))
    if not reason.strip():
        raise InvalidInput(
            _("Give the reason."), fields={"reason": _("The second person decides by this reason.")}
        )
    dispute.absorb_asked_by_user_id, dispute.absorb_asked_by_label = actor.user_id, actor.label
    dispute.absorb_reason = reason.strip()
    dispute.save(update_fields=["absorb_asked_by_user_id", "absorb_asked_by_label", "absorb_reason"])
    audit.record("billing.dispute.absorb_asked", actor=actor, subject=dispute, note=reason)
    return dispute


@transaction.atomic
def absorb_dispute(ref: str, *, actor: Actor) -> Dispute:
    """Second of two people: the marketplace bears it, the merchant's hold is lifted. Safe to repeat.

    Refused for the one who asked (`SamePerson`) and while nobody asked.
    """
    actor.require(APPROVE_ADJUSTMENT)
    dispute = lock_dispute(ref)
    if _is_decided(dispute, DisputeState.ABSORBED):
        return dispute
    if not dispute.absorb_asked_by_label:
        raise DisputeDecided(_("Nobody asked for this yet: one person proposes it, another one confirms."))
    require_second_person(
        actor,
        dispute.absorb_asked_by_user_id,
        _("You proposed to bear this loss. Another person must confirm it."),
    )
    draft = entries.dispute_absorbed(
        _stated(dispute), occurred_at=clock.now(), pending_minor=_back_to_pending(dispute)
    )
    dispute.absorb()
    _decide(dispute, actor)
    post_entry(draft, actor=actor)
    return dispute


def _is_decided(dispute: Dispute, wanted: str) -> bool:
    """Whether it is decided this way already; decided otherwise raises `DisputeDecided`."""
    if dispute.is_open:
        return False
    if dispute.state != wanted:
        raise DisputeDecided(
            _("This chargeback is decided already: %(state)s.") % {"state": dispute.get_state_display()},
            state=str(dispute.state),
        )
    return True


def _back_to_pending(dispute: Dispute) -> int:
    """What was held from pending returns there, unless the order matured meanwhile (then it is available)."""
    earning = lock_earning(dispute.earning.merchant_order_id)
    if earning is None or earning.matured_times or not dispute.held_pending_minor:
        return 0
    Earning.objects.filter(pk=earning.pk).update(has_pending=True)
    return dispute.held_pending_minor


def _decide(dispute: Dispute, actor: Actor) -> None:
    dispute.decided_at = clock.now()
    dispute.decided_by_user_id, dispute.decided_by_label = actor.user_id, actor.label
    dispute.save(update_fields=["state", "decided_at", "decided_by_user_id", "decided_by_label"])
    audit.record(f"billing.dispute.{dispute.state}", actor=actor, subject=dispute)
    close_tasks(TASK, dispute.ref, actor=actor)
