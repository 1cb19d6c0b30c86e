"""A person says what an unmatched bank line is: it leaves suspense for where it belongs, once."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from billing.chart import Code, Kind
from billing.entries.bank import Place, placed
from billing.entries.drafts import Owner, merchant
from billing.errors import BankLineSettled
from billing.models import AT_THE_BANK, BankLine, BankLineState, MatchRule, Payout, PayoutState
from billing.operations.bank_statements import book_payout_line, move_of_line
from billing.operations.ledger import post_entry, reverse_entry
from billing.permissions import SEND_PAYOUTS
from billing.selectors.balances import lock_merchant_balances
from billing.selectors.bank_lines import list_provider_accounts, lock_bank_line
from billing.selectors.debts import names_merchant
from billing.selectors.journal import get_live_entry
from billing.selectors.payouts import lock_payout
from mas.selectors.merchants import get_merchant

PAYER = "merchant:"
PLACES = {"bank_charges": Code.BANK_CHARGES, "buyer_funds": Code.BUYER_FUNDS}


@transaction.atomic
def match_bank_line(ref: str, *, payout_ref: str, note: str, actor: Actor) -> BankLine:
    """The line is this payout, leaving or coming back: the suspense entry is reversed and the payout's own is posted.

    Refused when amount, company or state do not fit (`BankLineSettled`). Safe to repeat.
    """
    actor.require(SEND_PAYOUTS)
    line = lock_bank_line(ref)
    payout = lock_payout(payout_ref)
    if line.state == BankLineState.RESOLVED and line.payout_id == payout.pk:
        return line
    _check_open(line)
    _check_fits(line, payout)
    line.payout, line.match_rule = payout, MatchRule.PERSON
    _close(line, note, actor)
    suspense = get_live_entry("bank_line", line.ref, "bank_line_suspended")
    reverse_entry(suspense.pk, reason=note or f"{line.ref} = {payout.ref}", actor=actor)
    fee = payout.amount_minor - line.amount_minor if line.amount_minor > 0 else 0
    book_payout_line(line, payout.ref, fee_minor=fee, actor=actor)
    return line


@transaction.atomic
def place_bank_line(ref: str, *, place: str, note: str, actor: Actor) -> BankLine:
    """The line is something else: bank charges, a buyer's payment without order, a payment provider's transfer.

    `place` is `bank_charges`, `buyer_funds`, the owner of a provider's account (`psp:card`) or the merchant that paid
    its debt (`merchant:MER-…`). Safe to repeat.
    """
    actor.require(SEND_PAYOUTS)
    line = lock_bank_line(ref)
    if line.state == BankLineState.RESOLVED and line.payout_id is None:
        return line
    _check_open(line)
    if not note.strip():
        raise InvalidInput(_("Say what this line is."), fields={"note": _("Auditors read this note.")})
    target = _place(line, place, actor)
    line.match_rule = MatchRule.PERSON
    _close(line, note, actor)
    post_entry(placed(move_of_line(line), target, occurred_at=clock.now(), note=note[:300]), actor=actor)
    return line


def _check_open(line: BankLine) -> None:
    if line.state != BankLineState.OPEN:
        raise BankLineSettled(_("%(ref)s is matched or resolved already.") % {"ref": line.ref})


def _check_fits(line: BankLine, payout: Payout) -> None:
    if (payout.entity_id, payout.currency) != (line.entity_id, line.currency):
        raise BankLineSettled(_("%(ref)s is of another company or currency.") % {"ref": payout.ref})
    if line.amount_minor < 0:
        fits = payout.amount_minor == -line.amount_minor
        possible = payout.state in (*AT_THE_BANK, PayoutState.EXECUTED)
        taken = payout.bank_lines.filter(amount_minor__lt=0)
    else:
        fits = 0 < line.amount_minor <= payout.amount_minor
        possible = payout.state in (PayoutState.EXECUTED, PayoutState.RECONCILED)
        taken = payout.bank_lines.filter(amount_minor__gt=0)
    if not fits:
        raise BankLineSettled(_("%(ref)s has another amount than this line.") % {"ref": payout.ref})
    if not possible or taken.exists():
        raise BankLineSettled(
            _("%(ref)s is %(state)s, so this line cannot be it.")
            % {"ref": payout.ref, "state": payout.get_state_display()}
        )


def _close(line: BankLine, note: str, actor: Actor) -> None:
    line.state, line.note = BankLineState.RESOLVED, note.strip()[:300]
    line.resolved_at, line.resolved_by_label = clock.now(), actor.label
    line.save(update_fields=["state", "note", "payout", "match_rule", "resolved_at", "resolved_by_label"])
    audit.record("billing.bank_line.resolved", actor=actor, subject=line, note=note)


def _place(line: BankLine, place: str, actor: Actor) -> Place:
    if place.startswith(PAYER):
        return _merchant_place(line, place.removeprefix(PAYER), actor)
    if place in PLACES:
        return Place(PLACES[place])
    owners = {account.owner_type for account in list_provider_accounts(line)}
    if place in owners:
        return Place(Code.PSP, Owner(place, 0))
    raise InvalidInput(
        _("There is no account for “%(place)s”.") % {"place": place},
        fields={"place": _("Choose one of the list.")},
    )


def _merchant_place(line: BankLine, merchant_ref: str, actor: Actor) -> Place:
    """A merchant's transfer to us. More than it owes is its money only if the transfer itself names it: else one person
    could give a merchant money."""
    payer = get_merchant(merchant_ref, actor=actor)
    held = lock_merchant_balances(line.entity_id, payer.pk, line.currency)
    owed = max(0, -held.get(Code.AVAILABLE, 0))
    if line.amount_minor <= 0 or (line.amount_minor > owed and not names_merchant(line, payer.ref)):
        raise InvalidInput(
            _("%(merchant)s owes less than this line, and the line does not name %(ref)s.")
            % {"merchant": payer.name, "ref": payer.ref},
            fields={"place": _("Choose one of the list.")},
        )
    return Place(Code.AVAILABLE, merchant(payer.pk), Kind.PAID_IN)
