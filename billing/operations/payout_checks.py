"""What is asked before money leaves: at the claim, and again when the bank file is written."""

from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import StateRefused
from billing.chart import Code
from billing.errors import FileVoid, NotEnoughAvailable, PayoutHeld, SamePerson, StatementChanged
from billing.models import Payout, PayoutBatch, SettlementApproval
from billing.operations.settlement_review import is_unchanged
from billing.selectors.balances import lock_merchant_balances
from billing.selectors.payout_blocks import SHORT, Block, list_obstacles


def check_other_person(payout: Payout, actor: Actor) -> None:
    """The person who sends must not have signed the statement."""
    signed = SettlementApproval.objects.filter(
        settlement_id=payout.settlement_id, user_id=actor.user_id or -1
    )
    if signed.exists():
        raise SamePerson(
            _("You approved the statement of %(ref)s. Another person must send the money.")
            % {"ref": payout.ref}
        )


def check_file_stands(batch: PayoutBatch) -> None:
    """Raise `FileVoid` for a file that must not go to the bank, or for which that is being decided."""
    if batch.voided_at is not None:
        raise FileVoid(
            _("%(ref)s is void and must not be executed; another file took its place.") % {"ref": batch.ref}
        )
    if batch.void_asked_at is not None:
        raise FileVoid(
            _("%(name)s asked to take payouts out of %(ref)s. Decide that first.")
            % {"name": batch.void_asked_by_label, "ref": batch.ref}
        )


def check_signed(payout: Payout) -> None:
    """Raise `StatementChanged` unless the statement still is what was signed, line by line."""
    settlement = payout.settlement
    signed = settlement.approvals.filter(statement_sha256=payout.statement_sha256).exists()
    if (
        not signed
        or settlement.statement_sha256 != payout.statement_sha256
        or payout.amount_minor != settlement.payable_minor
        or not is_unchanged(settlement)
    ):
        raise StatementChanged(
            _("The statement %(ref)s is no longer what was signed. It must be reviewed again.")
            % {"ref": settlement.ref}
        )


def check_free(payout: Payout) -> None:
    """Raise `PayoutHeld` with everything that holds this payout now, `NotEnoughAvailable` when only money is lacking.

    Locks the merchant's balances until the transaction ends, so that no hold is set between the question and the deed.
    """
    obstacles = list_obstacles_now(payout)
    if obstacles:
        raise obstacle_error(payout, obstacles)


def obstacle_error(payout: Payout, obstacles: list[Block]) -> StateRefused:
    codes = [block.code for block in obstacles]
    kind = NotEnoughAvailable if codes == [SHORT] else PayoutHeld
    message = _("%(ref)s to %(merchant)s is held: %(reasons)s") % {
        "ref": payout.ref,
        "merchant": payout.merchant.name,
        "reasons": " ".join(f"{block.reason} {block.note}".strip() for block in obstacles),
    }
    return kind(message, reasons=codes)


def list_obstacles_now(payout: Payout) -> list[Block]:
    """Why this payout cannot leave; its merchant's balances stay locked until the transaction ends."""
    balances = lock_merchant_balances(payout.entity_id, payout.merchant_id, payout.currency)
    return list_obstacles(payout, available_minor=balances.get(Code.AVAILABLE, 0))
