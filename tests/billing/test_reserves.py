"""Reserves: kept by day or by agreement, used by chargebacks, filled again, and never kept above what is agreed."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.money import Money
from billing.hold_invariants import reserves_match
from billing.models import ReserveItem
from billing.operations.disputes import Case, lose_dispute, open_dispute
from billing.operations.maturity import mature_due
from billing.operations.payout_terms import change_payout_terms
from billing.operations.reserves import release_due_reserves
from tests.billing.test_disputes import CLERK
from tests.billing.test_order_money import Story
from tests.factories import billing as make
from tests.factories import oms

pytestmark = pytest.mark.django_db
MONTHS = timedelta(days=200)


def agreed(story, **changes):
    change_payout_terms(story.seller.ref, changes=changes, actor=make.ACTOR)


@pytest.fixture
def story():
    made = Story()
    agreed(made, fixed_reserve_minor=3000)
    return made


def sell_again(story):
    """Another order of the same merchant."""
    story.part = oms.merchant_order(story.seller, lines=((2, 5000),), shipping=600, captured=False)
    story.line = story.part.lines.get()
    story.place()
    story.capture(capture_id=story.part.pk)
    story.accept()
    story.receive()
    with clock.shifted(timedelta(days=15)):
        mature_due()


def charged_back(story, minor, number="case-1"):
    row = open_dispute(story.part.ref, case=Case(number, Money(minor, "EUR")), actor=CLERK)
    lose_dispute(row.ref, actor=CLERK)


def test_a_fixed_reserve_that_a_chargeback_used_is_filled_again_from_the_next_sales(story):
    story.until_mature()
    assert story.money == (0, 6052, 3000)
    charged_back(story, 2500)
    assert story.money == (0, 6052, 500)
    assert list(reserves_match()) == []

    sell_again(story)
    assert story.money == (0, 6052 + 9052 - 2500, 3000)
    assert list(reserves_match()) == []


def test_a_fixed_reserve_above_what_is_agreed_now_is_released_in_parts_and_once(story):
    story.until_mature()
    assert release_due_reserves() == 0
    for fixed, available in ((1800, 7252), (0, 9052)):
        agreed(story, fixed_reserve_minor=fixed)
        assert (release_due_reserves(), release_due_reserves()) == (1, 0)
        assert story.money == (0, available, fixed)
    item = ReserveItem.objects.get()
    assert (item.left_minor, item.released_at is None) == (0, False)
    assert list(reserves_match()) == []


def test_a_rolling_part_gives_back_on_its_day_only_what_a_chargeback_left(story):
    agreed(story, fixed_reserve_minor=100, reserve_bps=1000)
    story.until_mature()
    assert story.money == (0, 8047, 1005)
    charged_back(story, 400)
    assert [row.used_minor for row in ReserveItem.objects.order_by("amount_minor")] == [100, 300]

    with clock.shifted(MONTHS):
        assert (release_due_reserves(), release_due_reserves()) == (1, 0)
    assert story.money == (0, 8047 + 605, 0)
    assert list(reserves_match()) == []


def test_what_a_chargeback_used_up_is_no_longer_promised(story):
    story.until_mature()
    charged_back(story, 3000)
    assert ReserveItem.objects.filter(released_at__isnull=True).count() == 0
    with clock.shifted(MONTHS):
        assert release_due_reserves() == 0


def test_doctor_sees_a_part_that_the_ledger_does_not_know(story):
    story.until_mature()
    ReserveItem.objects.update(used_minor=1)
    assert len(list(reserves_match())) == 1
