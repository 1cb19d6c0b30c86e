"""Where a merchant is paid: a change holds payouts until somebody of the operator verified the new account."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django_fsm import can_proceed

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor, ActorKind
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _
from mas.bank_reasons import bank_reason_text
from mas.errors import BankAccountStateRefused
from mas.events import BankAccountChanged, BankAccountVerified
from mas.models import BankAccount, BankAccountState, BankScheme, ItemKind, Merchant, MerchantStatus
from mas.numbers.bank_numbers import check_bank_number
from mas.operations.checklists import complete_items
from mas.operations.notices import tell_owners
from mas.operations.status import required_reason
from mas.permissions import EDIT_BANK_ACCOUNT, VERIFY_BANK_ACCOUNT
from mas.selectors.bank_accounts import find_bank_account
from mas.selectors.merchants import lock_merchant
from mms.operations.tasks import close_tasks, open_task

VERIFY_TASK = "mas.verify_bank_account"
VERIFY_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BankDetails:
    """An account as a merchant enters it."""

    holder: str
    account_number: str
    scheme: str = BankScheme.IBAN
    routing_code: str = ""
    bic: str = ""


@transaction.atomic
def set_bank_account(ref: str, details: BankDetails, *, actor: Actor) -> BankAccount:
    """Take a new account into use: payouts are held until it is verified, all owners get a mail.

    `BankAccountChanged` is published; the old account stays as history. The same account again changes nothing.
    Raises `InvalidInput` at the field at fault. The page that calls this asks the person to prove who they are again.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_BANK_ACCOUNT, merchant_id=merchant.pk)
    holder = " ".join(details.holder.split())
    if not holder:
        message = _("Enter the name of the account holder as the bank knows it.")
        raise InvalidInput(message, fields={"holder": message})
    number = check_bank_number(details.scheme, details.account_number, details.routing_code, details.bic)
    current = find_bank_account(merchant)
    wanted = (holder, number.scheme, number.account_number, number.routing_code, number.bic)
    if current is not None:
        if wanted == (
            current.holder,
            current.scheme,
            current.account_number,
            current.routing_code,
            current.bic,
        ):
            complete_items(merchant, ItemKind.BANK_ACCOUNT, actor=actor)
            return current
        current.replace()
        current.save(update_fields=["state"])
    account: BankAccount = BankAccount.objects.create(
        merchant=merchant,
        holder=holder,
        scheme=number.scheme,
        account_number=number.account_number,
        routing_code=number.routing_code,
        bic=number.bic,
        bank_name=number.bank_name,
        country=number.country,
        changed_by_id=actor.user_id,
        changed_by_label=actor.label,
    )
    audit.record(
        "mas.bank_account.changed",
        actor=actor,
        subject=merchant,
        changes={"account": [current.masked_number if current else None, account.masked_number]},
    )
    complete_items(merchant, ItemKind.BANK_ACCOUNT, actor=actor)
    events.publish(BankAccountChanged(merchant.pk, merchant.ref))
    tell_owners(merchant, "bank_account_changed", account=account, changed_by=actor.label)
    if merchant.status in {MerchantStatus.APPROVED, MerchantStatus.SUSPENDED}:
        _ask_to_verify(
            merchant, _("Verify the new bank account of %(merchant)s") % {"merchant": merchant.name}
        )
    return account


def _ask_to_verify(merchant: Merchant, title: str) -> None:
    open_task(
        kind=VERIFY_TASK,
        title=title,
        url_name="console:mas-merchant-detail",
        url_args=[merchant.ref],
        subject_ref=merchant.ref,
        merchant_id=merchant.pk,
        due_at=clock.now() + VERIFY_WITHIN,
    )


@transaction.atomic
def doubt_bank_account(ref: str, *, account_number: str, reason: str, actor: Actor) -> bool:
    """The bank sent money back from this account: it counts as not verified, payouts are held, owners get a mail.

    Says whether anything changed: an account that was replaced or is not verified anyway is left as it is. The caller
    checked the right to record what the bank did.
    """
    merchant = lock_merchant(ref, actor=actor)
    account = find_bank_account(merchant)
    if account is None or account.account_number != account_number or not can_proceed(account.doubt):
        return False
    account.doubt()
    account.verified_at, account.verified_by_label = None, ""
    account.save(update_fields=["state", "verified_at", "verified_by_label"])
    audit.record(
        "mas.bank_account.doubted", actor=actor, subject=merchant, note=f"{account.masked_number}: {reason}"
    )
    tell_owners(merchant, "bank_account_doubted", account=account, reason=bank_reason_text(reason))
    _ask_to_verify(
        merchant, _("A payout to %(merchant)s came back: check its account") % {"merchant": merchant.name}
    )
    return True


@transaction.atomic
def verify_bank_account(ref: str, account_ref: str, *, actor: Actor, note: str) -> BankAccount:
    """Say that the account is the merchant's and how that was checked; payouts may leave.

    `account_ref` is the account the person looked at: if another took its place meanwhile, this is refused, and so is
    the person who entered it. Repeating it changes nothing.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(VERIFY_BANK_ACCOUNT)
    account = find_bank_account(merchant)
    if account is None or account.ref != account_ref:
        raise BankAccountStateRefused(
            _("The bank account was changed meanwhile. Reload the page and check the one shown then.")
        )
    if account.state == BankAccountState.VERIFIED:
        return account
    if actor.user_id is not None and actor.user_id == account.changed_by_id:
        raise BankAccountStateRefused(_("You entered this account, so somebody else has to verify it."))
    if actor.kind == ActorKind.API_KEY:
        raise BankAccountStateRefused(
            _("A program cannot be the second person. Somebody must decide this in the console.")
        )
    note = required_reason(note)
    if not can_proceed(account.verify):
        raise BankAccountStateRefused(_("This account cannot be verified any more."))
    account.verify()
    account.verified_at = clock.now()
    account.verified_by_label = actor.label
    account.save(update_fields=["state", "verified_at", "verified_by_label"])
    audit.record(
        "mas.bank_account.verified",
        actor=actor,
        subject=merchant,
        note=f"{account.masked_number}: {note}",
    )
    close_tasks(VERIFY_TASK, merchant.ref, actor=actor)
    events.publish(BankAccountVerified(merchant.pk, merchant.ref))
    return account
