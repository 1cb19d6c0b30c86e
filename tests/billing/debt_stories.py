"""How merchants come to owe money and pay it, by days after noon of 15 June."""

from datetime import timedelta

from backoffice.kernel import clock
from billing.entries.drafts import Line, merchant
from billing.models import Balance, DebtReminder
from billing.operations.debts import remind_debtors
from billing.permissions import ADJUST_BALANCE, REMIND_DEBTORS, SEND_PAYOUTS, VIEW_FINANCE
from tests.factories.actors import operator_actor
from tests.factories.billing import NOON, funded, posted

FINANCE = operator_actor(REMIND_DEBTORS, VIEW_FINANCE, SEND_PAYOUTS, ADJUST_BALANCE, label="Fina", user_id=5)


def owes(books, seller, amount=5000, *, on=0, currency="EUR"):
    """A refund after the payout, so many days after noon of 15 June."""
    with clock.frozen_at(NOON + timedelta(days=on)):
        posted(
            books.pk,
            Line("2110", amount, currency, merchant(seller.pk), "refund"),
            Line("2300", -amount, currency),
        )


def earns(books, seller, amount, *, on):
    with clock.frozen_at(NOON + timedelta(days=on)):
        funded(books, seller.pk, amount)


def reminded(*, on):
    """What the clock's work sends on a day."""
    with clock.frozen_at(NOON + timedelta(days=on)):
        return remind_debtors()


def levels():
    return list(DebtReminder.objects.order_by("pk").values_list("level", flat=True))


def ref_of(books, seller):
    return f"{books.code}~2110~EUR~merchant~{seller.pk}"


def since_of(books, seller):
    return Balance.objects.get(
        account__entity=books, account__owner_id=seller.pk, account__code="2110"
    ).below_zero_since
