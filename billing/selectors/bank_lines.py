"""Reading what the bank told: files, statements, lines and the queue nobody knows yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from billing.chart import Code
from billing.models import Account, BankFile, BankLine, BankLineState, BankStatement, LegalEntity, Payout

CHUNK = 500


def list_bank_files() -> QuerySet[BankFile]:
    return BankFile.objects.defer("packed").order_by("-uploaded_at", "-id")


def get_bank_file(ref: str) -> BankFile:
    found = BankFile.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such file of the bank."))
    return found


def list_bank_lines() -> QuerySet[BankLine]:
    """All lines, newest first, with the payout or bank file each one belongs to."""
    return BankLine.objects.select_related(
        "statement", "entity", "payout", "payout__merchant", "batch"
    ).order_by("-booked_on", "-id")


def list_lines_of_file(file: BankFile) -> QuerySet[BankLine]:
    return list_bank_lines().filter(statement__file=file)


def list_lines_of_payout(payout: Payout) -> QuerySet[BankLine]:
    """Where a payout stood on the account statements: alone, or in the sum of its bank file."""
    own = Q(payout=payout)
    return list_bank_lines().filter(own | Q(batch=payout.batch) if payout.batch else own)


def has_left_by_line(payout: Payout) -> bool:
    """Whether a statement shows it leaving: alone, or in the sum of its bank file."""
    own = Q(payout=payout, amount_minor__lt=0)
    return BankLine.objects.filter(own | Q(batch=payout.batch) if payout.batch else own).exists()


def get_bank_line(ref: str) -> BankLine:
    found = list_bank_lines().select_related("statement__file").filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such line on a bank statement."))
    return found


def lock_bank_line(ref: str) -> BankLine:
    found = (
        BankLine.objects.select_for_update(of=("self",))
        .select_related("payout__settlement")
        .filter(ref=ref)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such line on a bank statement."))
    return found


def find_entity_by_account(account: str) -> LegalEntity | None:
    return LegalEntity.objects.filter(iban=account).exclude(iban="").order_by("id").first()


def find_last_statement(account: str, currency: str) -> BankStatement | None:
    """The statement that the next one must follow."""
    return BankStatement.objects.filter(account=account, currency=currency, next__isnull=True).first()


def list_last_statements() -> list[BankStatement]:
    """The newest statement of each bank account: what the books know of the bank, and since when."""
    return list(
        BankStatement.objects.filter(next__isnull=True)
        .select_related("entity", "file")
        .order_by("entity__name")
    )


def find_known_lines(account: str, entry_refs: Sequence[str]) -> set[tuple[str, date, int]]:
    """(entry reference, value date, amount) of the lines among these that the books have already."""
    known: set[tuple[str, date, int]] = set()
    refs = sorted(set(entry_refs))
    for start in range(0, len(refs), CHUNK):
        rows = BankLine.objects.filter(account=account, entry_ref__in=refs[start : start + CHUNK])
        known.update(rows.values_list("entry_ref", "value_on", "amount_minor"))
    return known


def list_payout_candidates(line: BankLine, limit: int = 20) -> list[Payout]:
    """Payouts this line could be: the amount fits (or, when it came back, was not less), newest first."""
    rows = Payout.objects.filter(entity_id=line.entity_id, currency=line.currency, batch__isnull=False)
    if line.amount_minor < 0:
        rows = rows.filter(amount_minor=-line.amount_minor).exclude(
            bank_lines__amount_minor__lt=0,
        )
    else:
        rows = rows.filter(
            amount_minor__gte=line.amount_minor,
            state__in=["executed", "reconciled"],
        ).order_by("amount_minor")
    return list(rows.select_related("merchant").order_by("amount_minor", "-created_at")[:limit])


def list_provider_accounts(line: BankLine) -> list[Account]:
    """The payment providers of the line's company and currency: a payment of theirs may be what came in."""
    return list(
        Account.objects.filter(entity_id=line.entity_id, code=Code.PSP, currency=line.currency)
        .exclude(owner_type="")
        .order_by("owner_type")
    )


@dataclass(frozen=True, slots=True)
class OpenLines:
    """How much nobody knows, and since when."""

    count: int
    oldest_on: date | None
    by_currency: dict[str, int]


def count_open_lines() -> OpenLines:
    rows = (
        BankLine.objects.filter(state=BankLineState.OPEN)
        .values("currency")
        .annotate(n=Count("pk"), oldest=Min("booked_on"), total=Sum("amount_minor", filter=Q()))
        .order_by("currency")
    )
    found = list(rows)
    return OpenLines(
        sum(row["n"] for row in found),
        min((row["oldest"] for row in found), default=None),
        {row["currency"]: row["total"] for row in found},
    )
