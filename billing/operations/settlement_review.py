"""Review of a statement: two people, one hash; what was signed is what is paid."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import StateRefused
from backoffice.kernel.hashing import sha256_of
from backoffice.kernel.numbering import issue_number
from backoffice.kernel.periodic import periodic
from billing.errors import SamePerson, StatementChanged
from billing.models import Payout, Settlement, SettlementApproval, SettlementState
from billing.operations.second_person import require_second_person
from billing.operations.settlement_figures import digest_lines, statement_content
from billing.permissions import APPROVE_SETTLEMENT
from billing.selectors.payout_blocks import NEW_IBAN_DAYS, list_payout_blocks
from billing.selectors.settlements import lock_settlement
from mas.selectors.bank_accounts import list_bank_account_changers


@transaction.atomic
def approve_settlement(ref: str, *, statement_sha256: str, actor: Actor) -> Settlement:
    """Sign the statement whose hash the person saw; with enough signatures it becomes a numbered document.

    Refused for its preparer and for whoever changed the merchant's bank data in the last 7 days (`SamePerson`), when
    the statement is another one by now (`StatementChanged`), and while a finding blocks it. Safe to repeat.
    """
    actor.require(APPROVE_SETTLEMENT)
    settlement = lock_settlement(ref, actor=actor)
    if settlement.state in (SettlementState.APPROVED, SettlementState.PAYABLE, SettlementState.ON_HOLD):
        return settlement
    if settlement.state != SettlementState.IN_REVIEW:
        raise StateRefused(_("Only a statement in review can be approved."))
    _check_person(settlement, actor)
    if settlement.findings.filter(is_blocking=True).exists():
        raise StateRefused(
            _("The statement differs from the ledger. It cannot be approved before that is explained.")
        )
    if statement_sha256 != settlement.statement_sha256 or not is_unchanged(settlement):
        raise StatementChanged(
            _("The statement changed since you opened it. Look at it again before you sign.")
        )
    SettlementApproval.objects.get_or_create(
        settlement=settlement,
        user_id=actor.user_id or 0,
        statement_sha256=statement_sha256,
        defaults={"label": actor.label},
    )
    audit.record("billing.settlement.signed", actor=actor, subject=settlement, note=statement_sha256)
    if settlement.approvals.filter(statement_sha256=statement_sha256).count() < approvals_needed(settlement):
        return settlement
    settlement.approve()
    settlement.approved_by_user_id, settlement.approved_by_label = actor.user_id, actor.label
    settlement.approved_at = clock.now()
    settlement.save(update_fields=["state", "approved_by_user_id", "approved_by_label", "approved_at"])
    _make_payable(settlement)
    _issue(settlement)
    return settlement


def _issue(settlement: Settlement) -> None:
    """The statement is a document now: the next number of its company in the year it was approved in."""
    zone = ZoneInfo(settlement.entity.time_zone)
    issued = issue_number(
        "statement",
        owner=settlement.entity.code,
        year=clock.now().astimezone(zone).year,
        document=f"statement {settlement.ref}",
    )
    settlement.number = issued.text
    settlement.save(update_fields=["number"])


def approvals_needed(settlement: Settlement) -> int:
    """Two above the entity's limit, one otherwise."""
    limit = settlement.entity.second_approver_above_minor
    return 2 if limit is not None and settlement.payable_minor > limit else 1


def is_unchanged(settlement: Settlement) -> bool:
    """Whether figures and lines still are what the stored hash says, read again from the database."""
    lines = digest_lines(settlement)
    return (
        lines.sha256 == settlement.lines_sha256
        and lines.count == settlement.n_lines
        and settlement.opening_minor + lines.moved == settlement.closing_minor
        and sha256_of(statement_content(settlement)) == settlement.statement_sha256
    )


def _check_person(settlement: Settlement, actor: Actor) -> None:
    require_second_person(
        actor,
        settlement.prepared_by_user_id,
        _("You prepared this statement. Another person must approve it."),
    )
    since = clock.now() - timedelta(days=NEW_IBAN_DAYS)
    if actor.user_id in list_bank_account_changers(settlement.merchant_id, since):
        raise SamePerson(
            _("You changed this merchant's bank account in the last seven days. Another person must approve.")
        )


def _make_payable(settlement: Settlement) -> None:
    """Create the payout, or wait on hold while something about the merchant forbids it."""
    if list_payout_blocks(settlement.merchant_id):
        if settlement.state == SettlementState.APPROVED:
            settlement.hold()
            settlement.save(update_fields=["state"])
        return
    settlement.make_payable()
    settlement.save(update_fields=["state"])
    create_payout(settlement)


def create_payout(settlement: Settlement, *, attempt: int = 1) -> Payout:
    """The transfer of a payable statement; the database allows one live payout per statement."""
    return Payout.objects.create(
        settlement=settlement,
        merchant_id=settlement.merchant_id,
        entity_id=settlement.entity_id,
        currency=settlement.currency,
        amount_minor=settlement.payable_minor,
        statement_sha256=settlement.statement_sha256,
        attempt=attempt,
    )


@periodic("billing.release_held", every=timedelta(minutes=15))
def release_held_settlements() -> int:
    """Make payable what waited on hold and is free now; returns how many."""
    held = Settlement.objects.filter(state=SettlementState.ON_HOLD).values_list("pk", flat=True)
    return sum(_release(settlement_id) for settlement_id in list(held))


@transaction.atomic
def _release(settlement_id: int) -> bool:
    settlement = (
        Settlement.objects.select_for_update(of=("self",)).select_related("entity").get(pk=settlement_id)
    )
    if settlement.state != SettlementState.ON_HOLD:
        return False
    _make_payable(settlement)
    return bool(settlement.state == SettlementState.PAYABLE)


@transaction.atomic
def reject_settlement(ref: str, *, reason: str, actor: Actor) -> Settlement:
    """Send a statement back to its preparer with a reason; signatures so far are worth nothing. Safe to repeat."""
    actor.require(APPROVE_SETTLEMENT)
    settlement = lock_settlement(ref, actor=actor)
    if settlement.state == SettlementState.REJECTED:
        return settlement
    if settlement.state != SettlementState.IN_REVIEW:
        raise StateRefused(_("Only a statement in review can be rejected."))
    settlement.reject()
    settlement.rejected_reason = reason
    settlement.save(update_fields=["state", "rejected_reason"])
    audit.record("billing.settlement.rejected", actor=actor, subject=settlement, note=reason)
    return settlement
