"""Steps that settlement and payout tests share: earn, cut, approve, send."""

from datetime import UTC, date, datetime

from backoffice.kernel import clock
from billing.models import Payout, Settlement
from billing.operations.payout_files import create_batch
from billing.operations.settlement_review import (
    approve_settlement,
)
from billing.operations.settlement_run import run_settlements
from billing.permissions import APPROVE_SETTLEMENT, HOLD_PAYOUTS, PREPARE_SETTLEMENT, SEND_PAYOUTS
from tests.factories.actors import operator_actor
from tests.factories.billing import funded

PREPARER = operator_actor(PREPARE_SETTLEMENT, SEND_PAYOUTS, HOLD_PAYOUTS, label="Paula Preparer", user_id=1)
APPROVER = operator_actor(APPROVE_SETTLEMENT, SEND_PAYOUTS, label="Anna Approver", user_id=2)
SECOND = operator_actor(APPROVE_SETTLEMENT, label="Sven Second", user_id=3)
# A Wednesday; the weekly cut after it is Monday 22 June 2026, 00:00 in Berlin.
WEDNESDAY = datetime(2026, 6, 17, 10, tzinfo=UTC)
MONDAY = datetime(2026, 6, 22, 6, tzinfo=UTC)


def settle(books, at=MONDAY):
    with clock.frozen_at(at):
        return run_settlements(books.code, actor=PREPARER)


def reviewed(books, seller, amount=10000):
    with clock.frozen_at(WEDNESDAY):
        funded(books, seller.pk, amount)
    settle(books)
    return Settlement.objects.get(merchant=seller)


def approved(settlement, actor=APPROVER):
    return approve_settlement(settlement.ref, statement_sha256=settlement.statement_sha256, actor=actor)


def paid_out(books, seller, amount=10000):
    approved(reviewed(books, seller, amount))
    return Payout.objects.get(merchant=seller)


def batch_of(*payouts, file_format="pain.001.001.09"):
    return create_batch(
        [payout.ref for payout in payouts],
        file_format=file_format,
        execution_on=date(2026, 6, 24),
        actor=PREPARER,
    )
