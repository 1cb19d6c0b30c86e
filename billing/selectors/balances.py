"""Balances: live for merchants, snapshot plus postings since for everybody, and as of a past moment on two axes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, Subquery, Sum

from backoffice.kernel import clock
from billing.chart import Code, normal_side
from billing.models import Account, Balance, BalanceSnapshot, JournalSeal, LegalEntity, Posting

Axis = Literal["booked", "effective"]


@dataclass(frozen=True, slots=True)
class MerchantBalance:
    """What the marketplace owes one merchant in one currency; + = the merchant's money."""

    entity_id: int
    currency: str
    # The zone in which the entity's days and cuts are counted.
    time_zone: str
    pending_minor: int = 0
    available_minor: int = 0
    reserve_minor: int = 0
    dispute_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.pending_minor + self.available_minor + self.reserve_minor + self.dispute_minor


_FIELDS = {
    Code.PENDING: "pending_minor",
    Code.AVAILABLE: "available_minor",
    Code.RESERVE: "reserve_minor",
    Code.DISPUTE_HOLD: "dispute_minor",
}


def get_merchant_balances(merchant_id: int) -> list[MerchantBalance]:
    """Live balances per entity and currency, in one statement whatever the history's length."""
    found: dict[tuple[int, str, str], dict[str, int]] = {}
    rows = Balance.objects.filter(account__owner_type="merchant", account__owner_id=merchant_id).values_list(
        "account__entity_id",
        "account__currency",
        "account__entity__time_zone",
        "account__code",
        "posted_minor",
    )
    for entity_id, currency, zone, code, posted in rows:
        found.setdefault((entity_id, currency, zone), {})[_FIELDS[Code(code)]] = -posted
    return [
        MerchantBalance(entity_id=entity_id, currency=currency, time_zone=zone, **amounts)
        for (entity_id, currency, zone), amounts in sorted(found.items())
    ]


def find_merchant_balance(entity_id: int, merchant_id: int, currency: str) -> MerchantBalance:
    """One live balance; zero where nothing was booked yet."""
    for row in get_merchant_balances(merchant_id):
        if (row.entity_id, row.currency) == (entity_id, currency):
            return row
    zone = LegalEntity.objects.values_list("time_zone", flat=True).get(pk=entity_id)
    return MerchantBalance(entity_id=entity_id, currency=currency, time_zone=zone)


def lock_merchant_balances(entity_id: int, merchant_id: int, currency: str) -> dict[str, int]:
    """A merchant's balances by code in merchant terms, their rows locked in account order as every writer does."""
    rows = (
        Balance.objects.select_for_update(of=("self",))
        .filter(
            account__entity_id=entity_id,
            account__owner_type="merchant",
            account__owner_id=merchant_id,
            account__currency=currency,
        )
        .order_by("account_id")
    )
    return {code: -posted for code, posted in rows.values_list("account__code", "posted_minor")}


def lock_balances(entity_id: int, merchant_ids: Iterable[int], currency: str) -> None:
    """Lock the balances of many merchants at once, in account order, before one of them is asked or changed."""
    rows = Balance.objects.select_for_update(of=("self",)).filter(
        account__entity_id=entity_id,
        account__owner_type="merchant",
        account__owner_id__in=sorted(set(merchant_ids)),
        account__currency=currency,
    )
    list(rows.order_by("account_id").values_list("pk"))


def lock_all_balances(merchant_id: int) -> None:
    """Lock every balance of one merchant, whatever its company and currency, in account order."""
    rows = Balance.objects.select_for_update(of=("self",)).filter(
        account__owner_type="merchant", account__owner_id=merchant_id
    )
    list(rows.order_by("account_id").values_list("pk"))


def find_balance(account: Account) -> Balance | None:
    return Balance.objects.filter(account=account).first()


def get_balance(account_id: int) -> int:
    """An account's balance now (debit > 0): its last snapshot plus the postings since."""
    return get_balances([account_id])[account_id]


def get_balances(account_ids: Iterable[int]) -> dict[int, int]:
    """Balances now of many accounts: two statements, however long their histories."""
    ids = sorted(set(account_ids))
    result = dict.fromkeys(ids, 0)
    last = BalanceSnapshot.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    if last:
        # One seek per account, however many days it has lived.
        newest = BalanceSnapshot.objects.filter(account_id=OuterRef("pk")).order_by("-seq")
        known = Account.objects.filter(pk__in=ids).annotate(kept=Subquery(newest.values("posted_minor")[:1]))
        result |= {pk: kept or 0 for pk, kept in known.order_by().values_list("pk", "kept")}
    if last:
        # Start at the few entries since the snapshot; the sum hides the account's index, which leads through its life.
        late = JournalSeal.objects.filter(Q(seq__gt=last) | Q(seq__isnull=True)).values("entry_id")
        since = Posting.objects.alias(own=F("account_id") + 0).filter(entry_id__in=late, own__in=ids)
    else:
        since = Posting.objects.alias(own=F("account_id")).filter(own__in=ids)
    for account_id, moved in since.order_by().values_list("account_id").annotate(moved=Sum("amount_minor")):
        result[account_id] += moved
    return result


def effective_by(at: datetime) -> Q:
    """Entries that count at a moment: they had occurred, and the month that took them had begun.

    A late event of a closed month counts from the start of the month it landed in, so a closed month never changes.
    """
    begun = Q()
    for entity_id, zone in LegalEntity.objects.values_list("pk", "time_zone"):
        today = at.astimezone(ZoneInfo(zone)).date()
        begun |= Q(entry__entity_id=entity_id, entry__period__starts_on__lte=today)
    return Q(entry__occurred_at__lte=at) & begun


def get_balance_as_of(account_id: int, at: datetime, *, axis: Axis = "booked") -> int:
    """The balance at a past moment: what we knew then (`booked`), or what was true then (`effective`).

    The booked axis starts at the nearest earlier snapshot. The effective axis may change while late events arrive,
    until the month is closed for good.
    """
    postings = Posting.objects.filter(account_id=account_id)
    if axis == "effective":
        return postings.filter(effective_by(at)).aggregate(total=Sum("amount_minor"))["total"] or 0
    snapshot = (
        BalanceSnapshot.objects.filter(account_id=account_id, as_of__lte=at)
        .order_by("-as_of", "-seq")
        .first()
    )
    if snapshot is None:
        return postings.filter(entry__booked_at__lte=at).aggregate(total=Sum("amount_minor"))["total"] or 0
    later = postings.filter(
        Q(entry__seal__seq__gt=snapshot.seq) | Q(entry__seal__seq__isnull=True), entry__booked_at__lte=at
    )
    return snapshot.posted_minor + (later.aggregate(total=Sum("amount_minor"))["total"] or 0)


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One line of the trial balance, on the account's normal side."""

    code: str
    currency: str
    minor: int

    @property
    def label(self) -> str:
        return str(Code(self.code).label)


def get_trial_balance(
    entity_id: int | None = None, *, at: datetime | None = None, axis: Axis = "booked"
) -> list[TrialRow]:
    """The sum of every code and currency as known (`booked`) or as true (`effective`) at a moment.

    Each on its normal side; all debits equal all credits on both axes, because an entry has one date of each kind.
    """
    moment = at or clock.now()
    known = Q(entry__booked_at__lte=moment) if axis == "booked" else effective_by(moment)
    postings = Posting.objects.filter(known)
    if entity_id is not None:
        postings = postings.filter(account__entity_id=entity_id)
    rows = postings.values("account__code", "currency").annotate(total=Sum("amount_minor"))
    return [
        TrialRow(
            code=row["account__code"],
            currency=row["currency"],
            minor=row["total"] * normal_side(row["account__code"]),
        )
        for row in rows.order_by("account__code", "currency")
    ]
