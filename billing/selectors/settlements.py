"""Reading settlements and what stands on them."""

from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from billing.chart import Kind
from billing.models import Balance, JournalEntry, Posting, Settlement, SettlementLine


def list_settlements(actor: Actor) -> QuerySet[Settlement]:
    """The settlements the actor may see, newest first."""
    rows: QuerySet[Settlement] = Settlement.objects.visible_to(actor).select_related("merchant", "entity")
    return rows.order_by("-to_at", "-id")


def get_settlement(ref: str, *, actor: Actor) -> Settlement:
    """One settlement. Raises `NotFound`, also for those of other merchants."""
    found: Settlement | None = list_settlements(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such settlement."))
    return found


def lock_settlement(ref: str, *, actor: Actor) -> Settlement:
    rows: QuerySet[Settlement] = Settlement.objects.visible_to(actor)
    found = rows.select_for_update(of=("self",)).select_related("entity", "merchant").filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such settlement."))
    return found


def list_statement_lines(settlement: Settlement) -> QuerySet[SettlementLine]:
    """The movements of a statement in journal order, with what each belongs to."""
    return (
        SettlementLine.objects.filter(settlement=settlement)
        .select_related("posting", "posting__entry", "posting__entry__seal")
        .order_by("posting__entry__seal__seq", "posting__line_no")
    )


def get_totals(settlement: Settlement) -> list[tuple[str, int]]:
    """The statement's summary: (label, amount in merchant terms) in the chart's order, zero kinds left out."""
    order = [kind.value for kind in Kind]
    known = sorted(
        settlement.totals.items(), key=lambda item: order.index(item[0]) if item[0] in order else 99
    )
    return [(str(Kind(kind).label) if kind in order else kind, amount) for kind, amount in known if amount]


def max_seq_before(moment: datetime) -> int:
    """The last journal sequence that was booked before a moment (0 for none); of those booked at once, the last."""
    return (
        JournalEntry.objects.filter(booked_at__lt=moment, seal__seq__isnull=False)
        .order_by("-booked_at", "-seal__seq")[:1]
        .values_list("seal__seq", flat=True)
        .first()
        or 0
    )


def balances_at(account_ids: list[int], seq: int) -> dict[int, int]:
    """Each account's balance at a journal sequence: the live one less what moved since, in one statement."""
    since = Posting.objects.filter(
        Q(entry__seal__seq__gt=seq) | Q(entry__seal__seq__isnull=True), account_id=OuterRef("account_id")
    )
    moved = since.order_by().values("account_id").annotate(moved=Sum("amount_minor")).values("moved")
    rows = Balance.objects.filter(account_id__in=account_ids).annotate(
        then=F("posted_minor") - Coalesce(Subquery(moved), 0)
    )
    return dict(rows.values_list("account_id", "then"))
