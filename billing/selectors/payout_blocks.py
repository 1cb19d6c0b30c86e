"""Why a merchant cannot be paid now: asked at the claim and at the export, shown to the merchant with the way out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.money import Money
from backoffice.kernel.phrases import shown
from billing.models import ENDED_UNPAID, Hold, Payout, PayoutBatch, PayoutState
from billing.selectors.payout_holds import BalanceKey, list_held_amounts
from mas.selectors.payouts import BLOCK_REASONS, PayoutProfile, get_payout_profile, get_payout_profiles

NEW_IBAN_DAYS = 7
UNVERIFIED = "bank_account_not_verified"
SHORT = "not_enough_available"
# Marks the holds among the payouts that are read with them.
HELD = "held"

# Stable code → what frees it, in the words of the merchant.
WAYS_OUT: dict[str, Any] = {
    "kyc_not_approved": _("Complete the identity check in your company profile."),
    "no_bank_account": _("Enter a bank account under Team and settings."),
    "bank_account_not_verified": _(
        "We verify new bank accounts within two working days; nothing to do for you."
    ),
    "payout_returned": _("Correct your bank account under Team and settings, or tell us that it is right."),
    "new_iban": _("The account was changed recently. Payouts go on seven days after the change."),
    "merchant_not_active": _("Payouts go on when the marketplace lifts the suspension of your shop."),
    "held_by_finance": _("Contact the marketplace; finance decides when payouts go on."),
}
# Stable code → the page of the portal where the merchant does it.
PAGES = {
    "kyc_not_approved": "portal:mas-company-detail",
    "no_bank_account": "portal:mas-bank_account-detail",
    "payout_returned": "portal:mas-bank_account-detail",
}
REASONS: dict[str, Any] = {
    **BLOCK_REASONS,
    "payout_returned": _("Your bank sent the last payout to this account back."),
    "new_iban": _("The bank account was changed in the last seven days."),
    "merchant_not_active": _("The merchant is suspended or closed."),
    "held_by_finance": _("Finance holds the payouts."),
    # Of one payout, never of the merchant as a whole.
    SHORT: _("The balance is smaller than this payout."),
    "amount_held": _("Too little of the balance would be left for the amounts that are held back."),
    "account_changed": _("The bank account changed since it was claimed. Reject the payout, then review."),
}


@dataclass(frozen=True, slots=True)
class Block:
    code: str
    note: str = ""

    @property
    def reason(self) -> str:
        return str(REASONS.get(self.code, self.code))

    @property
    def page(self) -> str:
        """The name of the page where the merchant can free it; empty where only the marketplace can."""
        return PAGES.get(self.code, "")

    @property
    def way_out(self) -> str:
        return str(WAYS_OUT.get(self.code, ""))


def list_payout_blocks(merchant_id: int) -> list[Block]:
    """Everything that holds this merchant's payouts now; empty when nothing does."""
    return find_payout_blocks([merchant_id])[merchant_id]


def find_payout_blocks(merchant_ids: Iterable[int]) -> dict[int, list[Block]]:
    """The blocks of many merchants, in two statements."""
    ids = sorted(set(merchant_ids))
    profiles = get_payout_profiles(ids)
    paid = Q(claimed_at__isnull=False) & ~Q(state__in=ENDED_UNPAID)
    payouts = Payout.objects.filter(paid | Q(state=PayoutState.RETURNED), merchant_id__in=ids).order_by()
    open_holds = Hold.objects.open().filter(merchant_id__in=ids, amount_minor__isnull=True)
    rows = payouts.values_list("merchant_id", "state", "iban", "account_number").union(
        open_holds.order_by().values_list("merchant_id", Value(HELD), "reason", Value(""))
    )
    holds: dict[int, str] = {}
    paid_before: dict[int, set[str]] = {}
    sent_back: set[tuple[int, str]] = set()
    for merchant_id, state, iban_or_reason, number in rows:
        if state == HELD:
            holds[merchant_id] = iban_or_reason
        elif state == PayoutState.RETURNED:
            sent_back.add((merchant_id, number))
        else:
            paid_before.setdefault(merchant_id, set()).add(iban_or_reason or number)
    return {pk: _blocks(profiles.get(pk), holds.get(pk), paid_before.get(pk, set()), sent_back) for pk in ids}


def _blocks(
    profile: PayoutProfile | None, hold: str | None, paid_before: set[str], sent_back: set[tuple[int, str]]
) -> list[Block]:
    if profile is None:
        return [Block("merchant_not_active")]
    blocks = [Block(code) for code in profile.block_reasons]
    if (profile.merchant_id, profile.account_number) in sent_back and not profile.is_verified:
        blocks = [Block("payout_returned") if row.code == UNVERIFIED else row for row in blocks]
    if profile.merchant_status != "approved":
        blocks.append(Block("merchant_not_active"))
    # The first account ever used is not "changed": it was verified with the registration.
    changed_lately = profile.changed_at is not None and profile.changed_at > clock.now() - timedelta(
        days=NEW_IBAN_DAYS
    )
    if changed_lately and paid_before and (profile.iban or profile.account_number) not in paid_before:
        blocks.append(Block("new_iban"))
    if hold is not None:
        blocks.append(Block("held_by_finance", hold))
    return blocks


def list_obstacles(payout: Payout, *, available_minor: int) -> list[Block]:
    """Why a payout that waits cannot leave now: the merchant's blocks, another account, too little money, amounts held.

    `available_minor` is the merchant's available balance, in merchant terms; a claimed payout has left it already.
    """
    return [
        *list_payout_blocks(payout.merchant_id),
        *_account_obstacles(payout),
        *_money_obstacles(payout, available_minor),
    ]


def _account_obstacles(payout: Payout) -> Iterable[Block]:
    if payout.state != PayoutState.CLAIMED:
        return
    profile = get_payout_profile(payout.merchant_id)
    if (profile.iban, profile.account_number) != (payout.iban, payout.account_number):
        yield Block("account_changed")


def _money_obstacles(payout: Payout, available_minor: int) -> Iterable[Block]:
    """What the balance keeps after this payout must cover every amount held on it."""
    left = available_minor
    if payout.state == PayoutState.CREATED:
        if left < payout.amount_minor:
            yield Block(SHORT, Money(left, payout.currency).display())
        left -= payout.amount_minor
    held = list_held_amounts(BalanceKey(payout.entity_id, payout.merchant_id, payout.currency))
    if held and left < sum(row.amount_minor for row in held):
        yield Block("amount_held", " ".join(row.text for row in held))


@dataclass(frozen=True, slots=True)
class KeptBack:
    """A payout that was left out of a bank file, and why."""

    ref: str
    merchant: str
    blocks: tuple[Block, ...]

    @property
    def reasons(self) -> str:
        return " ".join(f"{block.reason} {block.note}".strip() for block in self.blocks)


def list_kept_back(batch: PayoutBatch) -> list[KeptBack]:
    """What was chosen for a file and left out of it, in the reader's language."""
    return [
        KeptBack(row["ref"], row["merchant"], tuple(Block(code, shown(note)) for code, note in row["blocks"]))
        for row in batch.kept_back or ()
    ]
