from datetime import UTC, date, datetime

import pytest

from oms.models import OrderLine
from reports.periods import Period
from reports.selectors import sales
from reports.selectors.sales import Scope
from tests.factories import mas, oms
from tests.factories.actors import merchant_actor, operator_actor

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def placed(moment: datetime, **fields):
    return oms.order(placed_at=moment, **fields)


@pytest.fixture
def two_merchants():
    """Ada sells 3 × 10.00 and 1 × 5.00 on two days, Bela 2 × 7.50 on the second; April does not count."""
    ada, bela = mas.merchant(name="Ada"), mas.merchant(name="Bela")
    first = placed(datetime(2026, 3, 3, 10, tzinfo=UTC))
    second = placed(datetime(2026, 3, 4, 10, tzinfo=UTC))
    later = placed(datetime(2026, 4, 1, 10, tzinfo=UTC))
    oms.merchant_order(ada, order=first, lines=((3, 1000),))
    oms.merchant_order(ada, order=second, lines=((1, 500),))
    oms.merchant_order(bela, order=second, lines=((2, 750),))
    oms.merchant_order(bela, order=later, lines=((9, 900),))
    return ada, bela


def test_every_grouping_adds_up_to_the_total_of_its_lines(two_merchants):
    actor, scope = operator_actor("reports.view_reports"), Scope(MARCH, "EUR")

    total = sales.total_sales(actor, scope)

    assert (total.orders, total.units, total.sold_minor) == (2, 6, 5000)
    for grouping in (
        sales.sales_by_day,
        sales.sales_by_merchant,
        sales.sales_by_category,
        sales.sales_by_view,
    ):
        assert sum(figure.sold_minor for figure in grouping(actor, scope)) == 5000, grouping.__name__


def test_days_without_orders_are_listed_and_a_day_is_a_local_day(two_merchants):
    late_evening = placed(datetime(2026, 3, 9, 23, 30, tzinfo=UTC))  # half past midnight in Berlin
    oms.merchant_order(two_merchants[0], order=late_evening, lines=((1, 100),))

    by_day = {figure.key: figure for figure in sales.sales_by_day(operator_actor("x"), Scope(MARCH, "EUR"))}

    assert len(by_day) == 31
    assert by_day[date(2026, 3, 9)].sold_minor == 0
    assert by_day[date(2026, 3, 10)].sold_minor == 100


def test_net_leaves_out_what_was_withdrawn_and_given_back(two_merchants):
    line = OrderLine.objects.get(total_minor=3000)
    line.withdrawn_minor, line.refunded_minor = 1000, 500
    line.save()

    total = sales.total_sales(operator_actor("x"), Scope(MARCH, "EUR"))

    assert (total.sold_minor, total.net_minor) == (5000, 3500)


def test_a_merchant_sees_its_own_lines_only(two_merchants):
    ada, bela = two_merchants

    total = sales.total_sales(merchant_actor(bela.pk, "reports.view_own_reports"), Scope(MARCH, "EUR"))
    asked_for_ada = Scope(MARCH, "EUR", merchant_id=ada.pk)

    assert total.sold_minor == 1500
    assert sales.total_sales(merchant_actor(bela.pk, "x"), asked_for_ada).sold_minor == 0


def test_another_currency_is_another_report(two_merchants):
    assert sales.total_sales(operator_actor("x"), Scope(MARCH, "USD")).sold_minor == 0


def test_a_period_over_the_change_to_summer_time_is_an_hour_shorter():
    assert (
        Period(date(2026, 3, 29), date(2026, 3, 29)).end - Period(date(2026, 3, 29), date(2026, 3, 29)).start
    ).seconds == 23 * 3600
