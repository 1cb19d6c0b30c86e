from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.counting import Countable
from backoffice.ui.menus import MenuItem
from billing.permissions import VIEW_FINANCE
from billing.selectors.disputes import list_open_disputes
from billing.selectors.finance_home import list_waiting

GROUP = _("Finance")


def _in_review(_actor: Actor) -> Countable:
    return list_waiting()["settlements_in_review"]


def _to_send(_actor: Actor) -> Countable:
    return list_waiting()["payouts_to_send"]


def _unmatched(_actor: Actor) -> Countable:
    return list_waiting()["bank_lines"]


MENU = [
    MenuItem(
        _("Overview"),
        "console:billing-finance-home",
        icon="wallet",
        grant=VIEW_FINANCE,
        order=60,
        group=GROUP,
    ),
    MenuItem(
        _("Settlements"),
        "console:billing-settlement-list",
        icon="scale",
        grant=VIEW_FINANCE,
        order=61,
        group=GROUP,
        count=_in_review,
    ),
    MenuItem(
        _("Payouts"),
        "console:billing-payout-list",
        icon="money",
        grant=VIEW_FINANCE,
        order=62,
        group=GROUP,
        count=_to_send,
    ),
    MenuItem(
        _("Held payouts"),
        "console:billing-hold-list",
        icon="pause",
        grant=VIEW_FINANCE,
        order=62,
        group=GROUP,
    ),
    MenuItem(
        _("Bank files"), "console:billing-batch-list", icon="bank", grant=VIEW_FINANCE, order=63, group=GROUP
    ),
    MenuItem(
        _("From the bank"),
        "console:billing-bank-line-list",
        icon="inbox",
        grant=VIEW_FINANCE,
        order=63,
        group=GROUP,
        count=_unmatched,
    ),
    MenuItem(
        _("Adjustments"),
        "console:billing-adjustment-list",
        icon="edit",
        grant=VIEW_FINANCE,
        order=64,
        group=GROUP,
    ),
    MenuItem(
        _("Debts of merchants"),
        "console:billing-debt-list",
        icon="clock",
        grant=VIEW_FINANCE,
        order=64,
        group=GROUP,
    ),
    MenuItem(
        _("Chargebacks"),
        "console:billing-dispute-list",
        icon="undo",
        grant=VIEW_FINANCE,
        order=64,
        group=GROUP,
        count=list_open_disputes,
    ),
    MenuItem(
        _("Ledger"), "console:billing-trial-balance", icon="book", grant=VIEW_FINANCE, order=65, group=GROUP
    ),
    MenuItem(
        _("Fee rules"), "console:billing-fee-list", icon="percent", grant=VIEW_FINANCE, order=66, group=GROUP
    ),
    MenuItem(
        _("Companies"),
        "console:billing-company-list",
        icon="store",
        grant=VIEW_FINANCE,
        order=67,
        group=GROUP,
    ),
]
