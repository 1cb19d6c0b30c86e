"""Working time: weekdays, holidays, cut-off hour, and the clocks that are counted by it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from mms.models import Mail, Task
from mms.selectors.tasks import list_open_tasks
from oms.business_time import WorkingTime
from oms.models import FulfilmentTerms, Holiday, TimeLimit
from oms.operations.acceptance import accept_merchant_order, refuse_merchant_order
from oms.operations.cancellation import cancel_merchant_order
from oms.operations.fulfilment_terms import (
    WorkingTerms,
    add_holidays,
    assign_fulfilment_centre,
    change_terms,
    read_holiday_lines,
)
from oms.operations.shipments import Parcel, ship_parcel
from oms.operations.time_limits import change_time_rule, start
from oms.operations.timeouts import run_due_time_limits, send_due_nudges
from oms.permissions import (
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    MANAGE_FULFILMENT,
    MANAGE_TIME_LIMITS,
    SHIP_ORDERS,
)
from oms.selectors.time_limits import Rule, preview_rules, rules
from tests.factories import mas, mms, oms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

DESK = operator_actor(MANAGE_TIME_LIMITS, MANAGE_FULFILMENT, ACCEPT_ORDERS, CANCEL_ORDERS, SHIP_ORDERS)
BERLIN = ZoneInfo("Europe/Berlin")
# A Friday before a long weekend: Monday is off.
FRIDAY = datetime(2026, 4, 3, 9, 0, tzinfo=BERLIN)
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})


@pytest.mark.parametrize(
    ("moment", "cut_off", "holidays", "days", "expected"),
    [
        (datetime(2026, 4, 7, 9, tzinfo=BERLIN), 14, EASTER, 1, date(2026, 4, 8)),
        # After the cut-off the next day counts.
        (datetime(2026, 4, 7, 14, tzinfo=BERLIN), 14, EASTER, 1, date(2026, 4, 9)),
        # Friday and Monday are holidays: Tuesday counts, Wednesday it ships.
        (datetime(2026, 4, 3, 9, tzinfo=BERLIN), 14, EASTER, 1, date(2026, 4, 8)),
        (datetime(2026, 4, 4, 9, tzinfo=BERLIN), 24, frozenset(), 2, date(2026, 4, 8)),
        # 23:30 UTC is the next day in Berlin already.
        (datetime(2026, 4, 7, 23, 30, tzinfo=UTC), 24, frozenset(), 1, date(2026, 4, 9)),
    ],
)
def test_ship_by_counts_working_days_from_the_day_the_order_belongs_to(
    moment, cut_off, holidays, days, expected
):
    time = WorkingTime("12345", cut_off, BERLIN, holidays)
    assert time.ship_by(moment, days).astimezone(BERLIN).date() == expected
    assert time.ship_by(moment, days).astimezone(BERLIN).hour == 23


def test_hours_of_working_days_skip_the_weekend_and_the_holiday():
    time = WorkingTime("12345", 24, BERLIN, frozenset({date(2026, 4, 6)}))
    end = time.add_hours(FRIDAY, 24)
    # Fifteen hours are left of Friday, nine more come on Tuesday.
    assert end.astimezone(BERLIN) == datetime(2026, 4, 7, 9, tzinfo=BERLIN)


def test_a_day_that_the_clock_change_makes_shorter_keeps_its_real_hours():
    time = WorkingTime("1234567", 24, BERLIN)
    start_of_day = datetime(2026, 3, 29, 0, tzinfo=BERLIN)
    assert time.add_hours(start_of_day, 24) - start_of_day.astimezone(UTC) == timedelta(hours=24)
    assert time.add_hours(start_of_day, 24).astimezone(BERLIN).hour == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.integers(1, 200),
    st.integers(1, 200),
    st.sets(st.sampled_from("1234567"), min_size=1),
    st.sets(st.integers(0, 1000), max_size=20),
)
def test_more_hours_never_end_earlier_and_always_on_a_working_day(minutes, hours, more, weekdays, off):
    first = datetime(2026, 1, 1, tzinfo=UTC)
    holidays = frozenset(first.date() + timedelta(days=number) for number in off)
    time = WorkingTime("".join(sorted(weekdays)), 24, BERLIN, holidays)
    moment = first + timedelta(minutes=minutes)
    end = time.add_hours(moment, hours)
    assert end - moment >= timedelta(hours=hours)
    assert time.add_hours(moment, hours + more) > end
    assert time.is_working_day((end - timedelta(microseconds=1)).astimezone(BERLIN).date())


def test_a_calendar_without_a_working_day_is_an_error_not_an_endless_search():
    with pytest.raises(ValueError, match="no working days"):
        WorkingTime("8").next_working_day(date(2026, 1, 1))


@pytest.mark.django_db
def test_the_acceptance_limit_follows_the_merchants_own_calendar():
    change_time_rule("accept", Rule(24, "working_days"), actor=DESK)
    part, sibling = oms.merchant_order(), oms.merchant_order()
    change_terms(sibling.merchant.ref, WorkingTerms(weekdays="1234567", time_zone="UTC"), actor=DESK)
    friday = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
    add_holidays(
        [(part.merchant.country, date(2026, 4, 6), "Easter"), ("XX", date(2026, 4, 7), "-")], actor=DESK
    )
    with clock.shifted(friday - clock.now()):
        assert start("accept", part).due_at.date() == date(2026, 4, 7)
        # It works on weekends, but the holiday of its country counts for it too.
        assert start("accept", sibling).due_at.date() == date(2026, 4, 4)


@pytest.mark.django_db
def test_merchants_are_reminded_at_50_and_80_percent_and_not_again():
    part = oms.merchant_order()
    start("accept", part)
    for hours, mails in ((23, 0), (25, 1), (26, 1), (39, 2), (47, 2)):
        with clock.shifted(timedelta(hours=hours)):
            send_due_nudges()
        assert Mail.objects.filter(template="oms.merchant_order_due").count() == mails, hours
    mail = Mail.objects.filter(template="oms.merchant_order_due").first()
    assert mail.to == part.merchant.email
    assert part.ref in mail.subject


@pytest.mark.django_db
def test_after_an_outage_one_reminder_is_enough_and_none_comes_after_the_answer():
    part, answered = oms.merchant_order(), oms.merchant_order()
    start("accept", part)
    start("accept", answered)
    accept_merchant_order(answered.ref, actor=DESK)
    TimeLimit.objects.filter(kind="ship").update(nudge_at=None)
    with clock.shifted(timedelta(hours=45)):
        assert send_due_nudges() == 1
        assert send_due_nudges() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer",
    [
        lambda part: accept_merchant_order(part.ref, actor=DESK),
        lambda part: refuse_merchant_order(part.ref, reason="x", actor=DESK),
        lambda part: cancel_merchant_order(part.ref, reason="x", actor=DESK),
    ],
)
def test_a_reminder_is_one_task_of_the_merchant_and_closes_itself_when_the_order_moves_on(client, answer):
    part = oms.merchant_order()
    limit = start("accept", part)
    for hours in (25, 39):
        with clock.shifted(timedelta(hours=hours)):
            send_due_nudges()
    task = Task.objects.get(kind="oms.accept_due")
    assert (task.subject_ref, task.due_at, task.is_open) == (part.ref, limit.due_at, True)
    # It is the merchant's work, not the operator's.
    assert list_open_tasks().count() == 0
    mms.sign_in(client, mms.merchant_user(part.merchant))
    page = client.get("/portal/").content.decode()
    assert f"Accept or refuse order {part.ref}" in page
    assert f'href="/portal/orders/{part.ref}/"' in page
    answer(part)
    task.refresh_from_db()
    assert not task.is_open
    assert "Accept or refuse order" not in client.get("/portal/").content.decode()


@pytest.mark.django_db
def test_the_task_to_ship_stays_while_the_order_is_late_and_ends_with_the_last_parcel():
    part = oms.merchant_order(lines=((2, 1000),))
    accept_merchant_order(part.ref, actor=DESK)
    due = TimeLimit.objects.get(merchant_order=part, kind="ship").due_at
    with clock.shifted(due - clock.now() - timedelta(minutes=1)):
        assert send_due_nudges() == 1
    with clock.shifted(due - clock.now() + timedelta(minutes=1)):
        run_due_time_limits()
    task = Task.objects.get(kind="oms.ship_due")
    ship_parcel(part.ref, Parcel(pieces={1: 1}), actor=DESK)
    task.refresh_from_db()
    assert task.is_open
    ship_parcel(part.ref, Parcel(), actor=DESK)
    task.refresh_from_db()
    assert not task.is_open


@pytest.mark.django_db
def test_reminders_can_be_switched_off():
    change_time_rule("accept", Rule(48, "hours", (0, 0)), actor=DESK)
    assert start("accept", oms.merchant_order()).nudge_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rule",
    [Rule(0), Rule(9000), Rule(48, "moons"), Rule(48, "hours", (80, 50)), Rule(48, "hours", (50, 100))],
)
def test_a_rule_that_makes_no_sense_is_refused_and_changes_nothing(rule):
    before = rules()
    with pytest.raises(InvalidInput):
        change_time_rule("accept", rule, actor=DESK)
    assert rules() == before


@pytest.mark.django_db
def test_the_preview_names_what_changes_and_saves_nothing():
    oms.time_limit(oms.merchant_order(), "accept", clock.now() + timedelta(hours=5))
    (effect,) = preview_rules({"accept": Rule(24), "closed": rules()["closed"]})
    assert (effect.kind, effect.running) == ("accept", 1)
    assert effect.before - effect.after == timedelta(hours=24)
    assert rules()["accept"].hours == 48


@pytest.mark.django_db
def test_accepting_promises_shipping_by_the_merchants_calendar():
    part = oms.merchant_order(lead_time_days=2)
    change_terms(part.merchant.ref, WorkingTerms("12345", 14, time_zone="Europe/Berlin"), actor=DESK)
    with clock.shifted(datetime(2026, 4, 2, 13, 30, tzinfo=UTC) - clock.now()):
        accept_merchant_order(part.ref, actor=DESK)
    part.refresh_from_db()
    # 15:30 in Berlin is after the cut-off: Friday counts, Tuesday is the second working day after it.
    assert part.ship_by.astimezone(BERLIN).date() == date(2026, 4, 7)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (WorkingTerms(weekdays=""), "weekdays"),
        (WorkingTerms(weekdays="21"), "weekdays"),
        (WorkingTerms(cut_off_hour=25), "cut_off_hour"),
        (WorkingTerms(time_zone="Mars/Olympus"), "time_zone"),
        (WorkingTerms(holiday_country="DEU"), "holiday_country"),
        (WorkingTerms(auto_accept_up_to_minor=-1), "auto_accept_up_to_minor"),
    ],
)
def test_terms_that_make_no_sense_are_refused_at_their_field(terms, field):
    merchant = mas.merchant()
    with pytest.raises(InvalidInput) as refused:
        change_terms(merchant.ref, terms, actor=merchant_actor(merchant.pk, MANAGE_FULFILMENT))
    assert set(refused.value.fields) == {field}
    assert not FulfilmentTerms.objects.exists()


@pytest.mark.django_db
def test_strangers_do_not_find_the_terms_and_merchants_do_not_choose_their_centre():
    merchant = mas.merchant()
    with pytest.raises(NotFound):
        change_terms(merchant.ref, WorkingTerms(), actor=stranger_actor(MANAGE_FULFILMENT))
    with pytest.raises(PermissionRefused):
        assign_fulfilment_centre(merchant.ref, "FC1", actor=merchant_actor(merchant.pk, MANAGE_FULFILMENT))


@pytest.mark.django_db
def test_holidays_are_pasted_as_lines_and_a_wrong_line_is_named():
    rows = read_holiday_lines(["DE 2026-12-25 Christmas Day", "at;2026-12-26;St. Stephen"])
    assert add_holidays(rows, actor=DESK) == 2
    assert add_holidays(rows, actor=DESK) == 0
    assert Holiday.objects.get(country="AT").name == "St. Stephen"
    with pytest.raises(InvalidInput, match="line 2"):
        read_holiday_lines(["DE 2026-12-25 x", "DE 25.12.2026 x"])
