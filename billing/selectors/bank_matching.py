"""Which payout a bank movement is: by end-to-end id, then amount, account and date, then reference text, else none."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from billing.bankfiles.camt import Movement
from billing.chart import Code
from billing.models import AT_THE_BANK, BankLine, MatchRule, Payout, PayoutBatch, PayoutState, Posting

CHUNK = 500
DATE_WINDOW = timedelta(days=3)
PAYOUT_REF = re.compile(r"\b(PAY-[0-9A-Z]{10})\b")
SETTLEMENT_REF = re.compile(r"\b(STL-[0-9A-Z]{10})\b")
BATCH_REF = re.compile(r"\b(BAT-[0-9A-Z]{10})\b")
MAY_LEAVE = (*AT_THE_BANK, PayoutState.EXECUTED)
# A person recorded it before the statement came: the line is linked, nothing is booked again.
HAS_LEFT = (PayoutState.RECONCILED, PayoutState.RETURNED)


@dataclass(frozen=True, slots=True)
class Match:
    """What a movement is; without rule nobody knows, and `note` says what was tried."""

    rule: str = ""
    payout: Payout | None = None
    batch: PayoutBatch | None = None
    note: str = ""
    fee_minor: int = 0


class Matcher:
    """Candidates of one company loaded once, so a statement costs the same few statements whatever its length."""

    def __init__(self, entity_id: int, movements: Iterable[Movement], gone: Iterable[int] = ()) -> None:
        rows = list(movements)
        named = {row.end_to_end_id for row in rows if row.end_to_end_id}
        settled: set[str] = set()
        batches: set[str] = set()
        for row in rows:
            named.update(PAYOUT_REF.findall(row.text))
            settled.update(SETTLEMENT_REF.findall(row.text))
            batches.update(BATCH_REF.findall(f"{row.text} {row.payment_info_id}"))
        known = Payout.objects.filter(entity_id=entity_id).select_related("merchant", "settlement", "batch")
        self.by_ref: dict[str, Payout] = {}
        refs = sorted(named)
        for start in range(0, len(refs), CHUNK):
            self.by_ref |= {row.ref: row for row in known.filter(ref__in=refs[start : start + CHUNK])}
        self.by_settlement: dict[str, list[Payout]] = defaultdict(list)
        for row in known.filter(settlement__ref__in=settled):
            self.by_settlement[row.settlement.ref].append(row)
        self.by_account: dict[tuple[int, str], list[Payout]] = defaultdict(list)
        for row in known.filter(state__in=MAY_LEAVE):
            self.by_account[(row.amount_minor, row.iban or row.account_number)].append(row)
        found = PayoutBatch.objects.filter(entity_id=entity_id, ref__in=batches).prefetch_related("payouts")
        self.batches: dict[str, PayoutBatch] = {row.ref: row for row in found}
        candidates = {row.pk for row in self.by_ref.values()}
        for group in (*self.by_settlement.values(), *self.by_account.values()):
            candidates.update(row.pk for row in group)
        for batch in self.batches.values():
            candidates.update(row.pk for row in batch.payouts.all())
        self.left, self.back = _linked(candidates)
        self.left.update(gone)

    def match(self, movement: Movement) -> Match:
        """The payout, batch or nobody; a payout is given away once per direction."""
        found = self._went_out(movement) if movement.amount_minor < 0 else self._came_in(movement)
        if found.payout is not None and found.rule:
            (self.left if movement.amount_minor < 0 else self.back).add(found.payout.pk)
        if found.batch is not None:
            self.left.update(row.pk for row in _open_parts(found.batch))
        return found

    def _went_out(self, movement: Movement) -> Match:
        named = self.by_ref.get(movement.end_to_end_id)
        if named is not None:
            reason = self._not_leaving(named, movement)
            return Match(note=reason) if reason else Match(MatchRule.END_TO_END, named)
        if not movement.end_to_end_id or movement.end_to_end_id == "NOTPROVIDED":
            batch = self._as_batch(movement)
            if batch is not None:
                return Match(MatchRule.BATCH, batch=batch)
        candidates = [
            row
            for row in self.by_account.get((-movement.amount_minor, movement.party_account), [])
            if movement.party_account
            and row.batch is not None
            and abs(row.batch.execution_on - movement.booked_on) <= DATE_WINDOW
            and not self._not_leaving(row, movement)
        ]
        if len(candidates) == 1:
            return Match(MatchRule.AMOUNT_ACCOUNT, candidates[0])
        in_text = [row for row in self._in_text(movement) if not self._not_leaving(row, movement)]
        if len(in_text) == 1:
            return Match(MatchRule.REFERENCE, in_text[0])
        several = candidates or in_text
        if several:
            refs = ", ".join(row.ref for row in several[:4])
            return Match(note=_("Several payouts fit: %(refs)s") % {"refs": refs})
        return Match(note=_("No payout fits."))

    def _not_leaving(self, payout: Payout, movement: Movement) -> str:
        """Why this payout cannot be what left; empty when it can."""
        if payout.currency != movement.currency or payout.amount_minor != -movement.amount_minor:
            return _("%(ref)s has another amount.") % {"ref": payout.ref}
        if payout.pk in self.left:
            return _("%(ref)s left the account already.") % {"ref": payout.ref}
        if payout.state not in (*MAY_LEAVE, *HAS_LEFT):
            return _("%(ref)s is %(state)s, yet the bank sent it.") % {
                "ref": payout.ref,
                "state": payout.get_state_display(),
            }
        return ""

    def _as_batch(self, movement: Movement) -> PayoutBatch | None:
        for ref in BATCH_REF.findall(f"{movement.payment_info_id} {movement.text}"):
            batch = self.batches.get(ref)
            if batch is None or batch.currency != movement.currency:
                continue
            parts = [row for row in _open_parts(batch) if row.pk not in self.left]
            if parts and sum(row.amount_minor for row in parts) == -movement.amount_minor:
                return batch
        return None

    def _in_text(self, movement: Movement) -> list[Payout]:
        found = {
            self.by_ref[ref].pk: self.by_ref[ref]
            for ref in PAYOUT_REF.findall(movement.text)
            if ref in self.by_ref
        }
        if not found:
            for ref in SETTLEMENT_REF.findall(movement.text):
                found |= {row.pk: row for row in self.by_settlement[ref]}
        return list(found.values())

    def _came_in(self, movement: Movement) -> Match:
        named = self.by_ref.get(movement.end_to_end_id)
        rule = MatchRule.END_TO_END
        if named is None and movement.is_return:
            in_text = self._in_text(movement)
            named = in_text[0] if len(in_text) == 1 else None
            rule = MatchRule.REFERENCE
        if named is None:
            return Match(note=_("No payout fits."))
        fee = named.amount_minor - movement.amount_minor
        if named.currency != movement.currency or not 0 <= fee < named.amount_minor:
            return Match(note=_("%(ref)s has another amount.") % {"ref": named.ref})
        if named.pk in self.back:
            return Match(note=_("%(ref)s came back already.") % {"ref": named.ref})
        if named.state == PayoutState.RETURNED:
            if _booked_back(named) == movement.amount_minor:
                return Match(rule, named, fee_minor=fee)
            return Match(note=_("%(ref)s was recorded as returned with another fee.") % {"ref": named.ref})
        if named.state not in (PayoutState.EXECUTED, PayoutState.RECONCILED) and named.pk not in self.left:
            return Match(note=_("%(ref)s came back before it left.") % {"ref": named.ref})
        return Match(rule, named, fee_minor=fee)


def _linked(payout_ids: set[int]) -> tuple[set[int], set[int]]:
    """Of these payouts, those with a line that left the account and those with one that came back."""
    left: set[int] = set()
    back: set[int] = set()
    ids = sorted(payout_ids)
    for start in range(0, len(ids), CHUNK):
        rows = BankLine.objects.filter(payout_id__in=ids[start : start + CHUNK])
        for payout_id, amount in rows.values_list("payout_id", "amount_minor"):
            (left if amount < 0 else back).add(payout_id)
    return left, back


def _open_parts(batch: PayoutBatch) -> list[Payout]:
    return [row for row in batch.payouts.all() if row.state in MAY_LEAVE]


def _booked_back(payout: Payout) -> int:
    """What the entry of a return put back on the bank account."""
    rows = Posting.objects.filter(
        entry__source_type="payout",
        entry__source_id=payout.ref,
        entry__event_type="payout_returned",
        entry__reversed_by=None,
        account__code=Code.BANK,
    )
    return sum(rows.values_list("amount_minor", flat=True))
