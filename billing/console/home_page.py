"""Finance home: what waits for me, exposure, clearing items by age."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.counting import count_together
from backoffice.ui.charts import Chart, Series
from backoffice.ui.pages import ConsolePage, Page
from billing.permissions import (
    APPROVE_ADJUSTMENT,
    APPROVE_FEES,
    APPROVE_REVERSAL,
    APPROVE_SETTLEMENT,
    HOLD_PAYOUTS,
    SEND_PAYOUTS,
    VIEW_FINANCE,
)
from billing.selectors.bank_lines import list_last_statements
from billing.selectors.debts import list_debt_ages
from billing.selectors.finance_home import (
    ClearingAccount,
    list_clearing_accounts,
    list_exposures,
    list_waiting,
)
from billing.selectors.periods import count_unsealed_entries

# Queue → label, page, its filter, and the grant of whoever moves it on.
QUEUES: tuple[tuple[str, Any, str, str, str], ...] = (
    ("settlements_in_review", _("Statements to sign"), "settlement-list", "state=in_review", APPROVE_SETTLEMENT),
    ("payouts_to_send", _("Payouts to send"), "payout-list", "state=created&state=claimed", SEND_PAYOUTS),
    ("bank_files", _("Bank files to check"), "bank-file-list", "", SEND_PAYOUTS),
    ("bank_lines", _("Bank lines nobody knows"), "bank-line-list", "state=open", SEND_PAYOUTS),
    ("bank_line_undos", _("Bank lines to take back"), "bank-line-list", "undo=yes", APPROVE_REVERSAL),
    ("payouts_held_late", _("Payouts held since their file was written"), "payout-list", "held=yes", SEND_PAYOUTS),
    ("batches_to_void", _("Bank files to take payouts out of"), "batch-list", "to_void=yes", HOLD_PAYOUTS),
    ("payouts_unknown", _("Payouts without an answer"), "payout-list", "state=unknown", SEND_PAYOUTS),
    ("adjustments", _("Adjustments to decide"), "adjustment-list", "state=proposed", APPROVE_ADJUSTMENT),
    ("reversals", _("Reversals to confirm"), "reversal-list", "state=asked", APPROVE_REVERSAL),
    ("fee_drafts", _("Fee rules to approve"), "fee-list", "state=draft", APPROVE_FEES),
    ("settlements_on_hold", _("Statements on hold"), "settlement-list", "state=on_hold", HOLD_PAYOUTS),
    ("payouts_at_bank", _("Payouts at the bank"), "payout-list", "state=exported&state=accepted", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Queue:
    label: Any
    count: int
    url: str
    is_mine: bool


def list_queues(actor: Actor) -> list[Queue]:
    """Every queue of finance, those first that this person can move on."""
    # Who may sign is told of what they may sign themselves; everybody else of what waits for those who do.
    signer = actor.user_id if actor.can(APPROVE_SETTLEMENT) else None
    waiting = count_together(list_waiting(signer))
    queues = [
        Queue(
            label,
            waiting[name],
            reverse(f"console:billing-{page}") + (f"?{query}" if query else ""),
            bool(grant) and actor.can(grant),
        )
        for name, label, page, query, grant in QUEUES
    ]
    return sorted(queues, key=lambda queue: not queue.is_mine)


def age_chart(accounts: Sequence[ClearingAccount]) -> Chart | None:
    """How many clearing items are open, by age; stays away while none is."""
    itemised = [account for account in accounts if account.items]
    if not itemised:
        return None
    return Chart(
        title=gettext("Open clearing items by age"),
        labels=[gettext("Up to 3 days"), gettext("Up to 7 days"), gettext("Up to 30 days"), gettext("Older")],
        series=[
            Series(f"{account.label} ({account.currency})", account.items_by_age) for account in itemised
        ],
        kind="bar",
        x_label=gettext("Age"),
    )


class FinanceHomeView(ConsolePage, Page):
    grant = VIEW_FINANCE
    title = _("Finance")
    template_name = "billing/console/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        clearing = list_clearing_accounts()
        queues = list_queues(self.actor)
        return super().get_context_data(
            mine=[queue for queue in queues if queue.is_mine],
            others=[queue for queue in queues if not queue.is_mine],
            exposures=list_exposures(),
            debts=list_debt_ages(),
            clearing=clearing,
            chart=age_chart(clearing),
            statements=list_last_statements(),
            unchained=count_unsealed_entries(),
            **kwargs,
        )
