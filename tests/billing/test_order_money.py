"""What orders do to the books, as the order system announces it: frozen fees, capture, commission, hold, refunds."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.db import DatabaseError, transaction

from backoffice.kernel import clock
from backoffice.kernel.events import publish
from billing.errors import MissingFeeRule, RefundAboveCharge
from billing.models import Earning, FeeRule, FeeSnapshot, JournalEntry, LegalEntity, ReserveItem
from billing.operations.maturity import mature_due
from billing.operations.payout_terms import change_payout_terms
from billing.operations.reserves import release_due_reserves
from billing.selectors.balances import get_merchant_balances
from billing.selectors.terms import TERMS
from mms.selectors import versions
from oms.events import (
    MerchantOrderAccepted,
    MerchantOrderReceived,
    OrderPlaced,
    PaymentCaptured,
    RefundFailed,
    RefundRequested,
    RefundSucceeded,
)
from tests.factories import billing as make
from tests.factories import mas, mms, oms

pytestmark = pytest.mark.django_db


@transaction.atomic
def tell(event):
    publish(event)


class Story:
    """One merchant order of 2 x 50.00 and 6.00 shipping, told step by step."""

    def __init__(self) -> None:
        mms.tax_rate("DE", rate_bps=2000)
        self.books = make.entity(website_id=1)
        self.seller = mas.merchant()
        self.part = oms.merchant_order(self.seller, lines=((2, 5000),), shipping=600, captured=False)
        self.line = self.part.lines.get()
        FeeRule.objects.filter(fee_kind="commission").update(
            rate_bps=1200, amounts={"EUR": {"per_line_minor": 30}}
        )
        versions.forget(TERMS)
        self.now = clock.now()

    def place(self):
        order = self.part.order
        tell(OrderPlaced(order.pk, order.ref, order.currency, order.website_id, self.now))

    def capture(self, amount=10600, capture_id=1):
        share = ((self.part.pk, self.seller.pk, amount),)
        tell(PaymentCaptured(capture_id, self.part.order_id, "card", "ch_1", "EUR", amount, share, self.now))

    def _news(self, cls):
        tell(cls(self.part.pk, self.part.ref, self.seller.pk, self.now))

    def accept(self):
        self._news(MerchantOrderAccepted)

    def receive(self):
        self._news(MerchantOrderReceived)

    def refund(self, cls=RefundRequested, *, amount=5000, shipping=0, refund_id=1, reason="returned"):
        line = ((self.line.pk, 1, amount - shipping),)
        whose = (refund_id, f"RF-{refund_id}", self.part.pk, self.seller.pk)
        tell(cls(*whose, "EUR", amount, shipping, line, reason, self.now))

    def until_mature(self):
        self.place()
        self.capture()
        self.accept()
        self.receive()
        with clock.shifted(timedelta(days=15)):
            mature_due()

    def balance(self, code):
        return make.balance_of(self.books, code)

    @property
    def money(self):
        row = get_merchant_balances(self.seller.pk)[0]
        return (row.pending_minor, row.available_minor, row.reserve_minor)


@pytest.fixture
def story():
    return Story()


def test_fees_are_frozen_at_placement_with_their_reasons(story):
    story.place()
    story.place()
    goods, shipping = FeeSnapshot.objects.order_by("-fee_minor")

    assert (goods.fee_minor, goods.tax_minor, goods.percent_minor) == (1230, 246, 1200)
    assert (shipping.fee_minor, shipping.tax_minor, shipping.order_line_id) == (60, 12, 0)
    assert "12 % of €100.00" in goods.explanation
    assert Earning.objects.count() == 1


def test_a_rule_changed_after_placement_changes_nothing(story):
    story.place()
    FeeRule.objects.update(rate_bps=5000)
    versions.forget(TERMS)
    story.capture()
    story.accept()

    assert story.balance("4000") == -1290


def test_without_any_rule_the_order_is_refused_and_never_free(story):
    FeeRule.objects.update(state="retired")
    versions.forget(TERMS)
    with pytest.raises(MissingFeeRule):
        story.place()
    assert not FeeSnapshot.objects.exists()


def test_the_first_order_of_a_website_opens_its_books(story):
    LegalEntity.objects.all().delete()
    versions.forget(TERMS)
    story.place()

    assert LegalEntity.objects.get().website_id == 1


def test_capture_and_commission_are_pending_until_the_hold_is_over(story):
    story.place()
    story.capture()
    assert story.money == (10600, 0, 0)
    story.accept()
    assert story.money == (10600 - 1290 - 258, 0, 0)
    story.receive()
    assert mature_due() == 0
    with clock.shifted(timedelta(days=15)):
        assert mature_due() == 1
        assert mature_due() == 0
    assert story.money == (0, 9052, 0)


def test_every_piece_of_news_may_come_twice(story):
    for _time in range(2):
        story.place()
        story.capture()
        story.accept()
        story.receive()
    with clock.shifted(timedelta(days=15)):
        mature_due()
    for _time in range(2):
        story.refund()
        story.refund(RefundSucceeded)

    assert story.money == (0, 9052 - 4280, 0)
    assert (story.balance("2300"), story.balance("1100")) == (0, 5600)
    assert JournalEntry.objects.count() == 5


def test_the_rolling_reserve_is_kept_and_released(story):
    change_payout_terms(story.seller.ref, changes={"reserve_bps": 1000}, actor=make.ACTOR)
    story.until_mature()
    assert story.money == (0, 8147, 905)

    with clock.shifted(timedelta(days=200)):
        assert release_due_reserves() == 1
        assert release_due_reserves() == 0
    assert story.money == (0, 9052, 0)
    assert ReserveItem.objects.get().released_minor == 905


def test_the_fixed_reserve_is_filled_and_no_more(story):
    change_payout_terms(story.seller.ref, changes={"fixed_reserve_minor": 1000}, actor=make.ACTOR)
    story.until_mature()

    assert story.money == (0, 8052, 1000)


def test_a_refund_takes_back_from_available_and_returns_the_percentage(story):
    story.until_mature()
    story.refund()

    assert story.money == (0, 9052 - 5000 + 600 + 120, 0)
    assert (story.balance("4000"), story.balance("2400"), story.balance("2300")) == (-690, -138, -5000)


def test_a_refund_before_the_hold_is_over_takes_back_from_pending(story):
    story.place()
    story.capture()
    story.accept()
    story.refund()
    story.receive()
    with clock.shifted(timedelta(days=15)):
        mature_due()

    assert story.money == (0, 9052 - 4280, 0)


def test_what_was_refused_before_acceptance_is_not_charged(story):
    story.place()
    story.capture()
    story.refund(reason="refused")
    story.accept()

    assert story.balance("4000") == -(615 + 60)
    assert story.money[0] == 5600 - 675 - 123 - 12


def test_refunding_everything_as_cancelled_gives_the_whole_fee_back(story):
    story.until_mature()
    story.refund(amount=5000, refund_id=1, reason="cancelled")
    story.refund(amount=5600, shipping=600, refund_id=2, reason="cancelled")

    assert story.money == (0, 0, 0)
    assert (story.balance("4000"), story.balance("2400")) == (0, 0)


def test_many_small_refunds_give_back_the_whole_fee_that_was_taken_of_the_net_price(story):
    """In net terms each refund lies a little less than half a cent above a whole one."""
    FeeRule.objects.filter(fee_kind="commission").update(base="net")
    versions.forget(TERMS)
    story.part.lines.update(tax_rate_bps=1900)
    story.until_mature()
    goods = FeeSnapshot.objects.get(order_line_id__gt=0)
    assert (goods.paid_minor, goods.base_minor, goods.charged_fee_minor) == (10000, 8403, 1038)

    for number in range(47):
        story.refund(amount=210, refund_id=number + 1, reason="cancelled")
    story.refund(amount=10600 - 47 * 210, shipping=600, refund_id=99, reason="cancelled")

    assert story.money == (0, 0, 0)
    assert (story.balance("4000"), story.balance("2400")) == (0, 0)


def test_a_rate_of_vat_changes_at_midnight_where_the_company_is_and_a_refund_returns_the_old_one(story):
    """Half an hour into a new year in Berlin it is still the old one in UTC."""
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    mms.tax_rate("DE", rate_bps=2500, valid_from=date(2027, 1, 1))
    for moment, rate in ((new_year - timedelta(hours=1), 2000), (new_year, 2500)):
        FeeSnapshot.objects.all().delete()
        Earning.objects.all().delete()
        type(story.part.order).objects.filter(pk=story.part.order_id).update(placed_at=moment)
        story.place()
        assert set(FeeSnapshot.objects.values_list("tax_rate_bps", flat=True)) == {rate}

    story.until_mature()
    mms.tax_rate("DE", rate_bps=3000, valid_from=date(2027, 1, 2))
    story.refund(amount=10600, shipping=600, reason="cancelled")
    assert (story.balance("2400"), story.balance("4000")) == (0, 0)


def test_a_refund_above_the_capture_is_refused_and_changes_nothing(story):
    story.until_mature()
    with pytest.raises(RefundAboveCharge):
        story.refund(amount=10601)

    assert story.money == (0, 9052, 0)
    assert Earning.objects.get().refunded_minor == 0


def test_a_failed_refund_still_owes_the_buyer(story):
    story.until_mature()
    story.refund()
    story.refund(RefundFailed)

    assert story.balance("2300") == -5000


def test_money_that_comes_after_the_hold_is_over_matures_at_once(story):
    story.place()
    story.accept()
    story.receive()
    with clock.shifted(timedelta(days=15)):
        assert mature_due() == 0
        story.capture()
        assert mature_due() == 1
    assert story.money == (0, 9052, 0)


def test_two_captures_of_one_order_split_shipping_cumulatively(story):
    story.place()
    story.capture(amount=5000, capture_id=1)
    story.capture(amount=5600, capture_id=2)
    story.accept()
    story.receive()
    with clock.shifted(timedelta(days=15)):
        mature_due()

    assert story.money == (0, 9052, 0)


def test_an_order_that_was_never_announced_is_reported_and_not_guessed(story):
    story.accept()
    story.refund()

    assert not JournalEntry.objects.exists()


def test_the_terms_of_a_frozen_fee_do_not_change_and_its_counters_do(story):
    story.until_mature()
    goods = FeeSnapshot.objects.get(order_line_id__gt=0)
    for terms in (
        {"fee_minor": 1},
        {"rule_version": 9},
        {"tax_rate_bps": 0},
        {"explanation": "Another story."},
        {"month_before_minor": 5},
        {"steps": []},
    ):
        with pytest.raises(DatabaseError, match="terms of a frozen fee"), transaction.atomic():
            FeeSnapshot.objects.filter(pk=goods.pk).update(**terms)
    FeeSnapshot.objects.filter(pk=goods.pk).update(refunded_paid_minor=7)
    goods.refresh_from_db()
    assert (goods.refunded_paid_minor, goods.rule_version) == (7, 1)


def test_every_column_of_a_frozen_fee_is_a_term_or_a_counter():
    columns = {field.attname for field in FeeSnapshot._meta.concrete_fields}
    counters = {name for name in columns if name.startswith(("charged_", "refunded_", "returned_"))}
    guard = import_module("billing.migrations.0006_frozen_fees")
    assert set(guard.TERMS) == columns - counters - {"id"}
