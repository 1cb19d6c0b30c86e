"""Counting, moving and taking back pieces; warnings, hot articles and the reconciler."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from backoffice.kernel import clock, jobs
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import Conflict, InvalidInput, NotFound, StateRefused
from backoffice.kernel.work import drain
from mms.models import Task
from oms.errors import LineQuantityRefused, OutOfStock
from oms.invariants import stock_counters
from oms.models import (
    Reservation,
    StockAlert,
    StockCountLine,
    StockHeat,
    StockInspection,
    StockItem,
    StockReconciliation,
)
from oms.operations.counts import cancel_count, enter_counts, open_count, post_count
from oms.operations.drawing import Buying
from oms.operations.inspections import Verdict, inspect_returned
from oms.operations.kits import define_kit
from oms.operations.reconciliation import reconcile_stock, request_reconciliation
from oms.operations.reservations import Wanted, fulfil_line, release_reservations, reserve
from oms.operations.slots import COOL_AFTER, HOT_WAITS, merge_slots, note_wait, spread, tune_slots
from oms.operations.stock import LocationTerms, StockFigures, change_location, count_stock
from oms.operations.stock_alerts import judge_alerts, set_alert_limit
from oms.operations.transfers import receive_transfer, return_transfer, send_transfer
from oms.permissions import MANAGE_STOCK
from oms.selectors.stock import get_stock_item, list_stock_items
from tests.factories import mas, oms, pim
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
ACTOR = system_actor("tests")
STRANGER = stranger_actor(MANAGE_STOCK)


@pytest.fixture
def stocked():
    """A merchant's offer, 10 pieces at its first place, and a second place."""
    merchant = mas.merchant()
    offer = pim.offer(merchant=merchant)
    item = oms.stock(offer, 10)
    return offer, item, oms.location(merchant, name="South"), merchant_actor(merchant.pk, MANAGE_STOCK)


def take(offer, quantity, key="k"):
    with transaction.atomic():
        return reserve(
            [Wanted(key, offer.pk, quantity)], purpose=f"order:{key}", actor=ACTOR, buying=Buying()
        )


def on_hand(item):
    item.refresh_from_db()
    return item.on_hand


def test_a_count_corrects_stock_by_its_differences_once(stocked):
    offer, item, _south, clerk = stocked
    sheet = open_count(item.location.ref, actor=clerk)
    enter_counts(sheet.ref, {offer.ref: 8}, actor=clerk)
    assert on_hand(item) == 10
    for _time in range(2):
        post_count(sheet.ref, actor=clerk)
    assert on_hand(item) == 8
    assert StockCountLine.objects.get().outcome == "posted"
    offer.refresh_from_db()
    assert offer.available_quantity == 8
    assert list(stock_counters()) == []


def test_sales_between_counting_and_posting_do_not_blur_the_difference():
    part = oms.merchant_order(state="in_preparation", lines=((3, 1000),))
    line = part.lines.get()
    item = StockItem.objects.get()
    clerk = merchant_actor(part.merchant_id, MANAGE_STOCK)
    sheet = open_count(item.location.ref, actor=clerk)
    enter_counts(sheet.ref, {line.offer_ref: item.on_hand - 1}, actor=clerk)
    fulfil_line(line.pk, 3, actor=ACTOR, reference="SHP-1")
    post_count(sheet.ref, actor=clerk)
    assert on_hand(item) == 13 - 3 - 1


def test_a_count_below_what_was_promised_is_refused_line_by_line_and_opens_a_task(stocked):
    offer, item, _south, clerk = stocked
    other = pim.offer(merchant=offer.merchant)
    second = oms.stock(other, 4)
    take(offer, 9)
    sheet = open_count(item.location.ref, actor=clerk)
    enter_counts(sheet.ref, {offer.ref: 5, other.ref: 6}, actor=clerk)
    post_count(sheet.ref, actor=clerk)
    assert (on_hand(item), on_hand(second)) == (10, 6)
    assert set(StockCountLine.objects.values_list("outcome", flat=True)) == {"refused", "posted"}
    assert Task.objects.filter(kind="oms.stock_shortage", merchant_id=offer.merchant_id).count() == 1


def test_sheets_end_once_and_refuse_what_is_not_on_them(stocked):
    offer, item, south, clerk = stocked
    sheet = open_count(item.location.ref, actor=clerk)
    with pytest.raises(StateRefused):
        post_count(sheet.ref, actor=clerk)
    with pytest.raises(InvalidInput):
        enter_counts(sheet.ref, {pim.offer().ref: 1}, actor=clerk)
    with pytest.raises(InvalidInput):
        enter_counts(sheet.ref, {offer.ref: -1}, actor=clerk)
    with pytest.raises(InvalidInput):
        open_count(south.ref, actor=clerk)
    for _time in range(2):
        cancel_count(sheet.ref, actor=clerk)
    with pytest.raises(StateRefused):
        enter_counts(sheet.ref, {offer.ref: 1}, actor=clerk)


def test_pieces_on_the_way_are_at_neither_place(stocked):
    offer, item, south, clerk = stocked
    transfer = send_transfer(item.location.ref, south.ref, {offer.ref: 6}, actor=clerk)
    offer.refresh_from_db()
    assert (on_hand(item), offer.available_quantity) == (4, 4)
    for _time in range(2):
        receive_transfer(transfer.ref, {offer.ref: 5}, actor=clerk)
    transfer.refresh_from_db()
    assert transfer.state == "short"
    assert StockItem.objects.get(location=south).on_hand == 5
    assert transfer.lines.get().missing == 1
    with pytest.raises(StateRefused):
        receive_transfer(transfer.ref, {offer.ref: 6}, actor=clerk)
    assert list(stock_counters()) == []


def test_promised_pieces_do_not_travel(stocked):
    offer, item, south, clerk = stocked
    take(offer, 8)
    with pytest.raises(OutOfStock) as refused, transaction.atomic():
        send_transfer(item.location.ref, south.ref, {offer.ref: 3}, actor=clerk)
    assert refused.value.params["short"] == {offer.pk: 2}
    assert on_hand(item) == 10


def test_a_transfer_that_turned_back_is_where_it_came_from(stocked):
    offer, item, south, clerk = stocked
    transfer = send_transfer(item.location.ref, south.ref, {offer.ref: 6}, actor=clerk)
    for _time in range(2):
        return_transfer(transfer.ref, actor=clerk)
    assert on_hand(item) == 10
    with pytest.raises(StateRefused):
        receive_transfer(transfer.ref, actor=clerk)


@pytest.mark.parametrize("pieces", [{}, {"x": 0}])
def test_transfers_of_nothing_or_to_the_same_place_are_refused(stocked, pieces):
    offer, item, south, clerk = stocked
    with pytest.raises(InvalidInput):
        send_transfer(item.location.ref, south.ref, dict.fromkeys(pieces, 0), actor=clerk)
    with pytest.raises(InvalidInput):
        send_transfer(item.location.ref, item.location.ref, {offer.ref: 1}, actor=clerk)


def test_strangers_find_no_sheets_transfers_places_or_orders(stocked):
    offer, item, south, clerk = stocked
    sheet = open_count(item.location.ref, actor=clerk)
    transfer = send_transfer(item.location.ref, south.ref, {offer.ref: 1}, actor=clerk)
    part = oms.merchant_order(offer.merchant, state="shipped")
    for act in (
        lambda: open_count(item.location.ref, actor=STRANGER),
        lambda: enter_counts(sheet.ref, {offer.ref: 1}, actor=STRANGER),
        lambda: post_count(sheet.ref, actor=STRANGER),
        lambda: send_transfer(item.location.ref, south.ref, {offer.ref: 1}, actor=STRANGER),
        lambda: receive_transfer(transfer.ref, actor=STRANGER),
        lambda: return_transfer(transfer.ref, actor=STRANGER),
        lambda: change_location(south.ref, LocationTerms("Mine"), actor=STRANGER),
        lambda: set_alert_limit(offer.ref, item.location.ref, 3, actor=STRANGER),
        lambda: inspect_returned(part.ref, Verdict(1, 1, "scrap", south.ref), key="k", actor=STRANGER),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.fixture
def shipped():
    """Three shipped pieces of a line."""
    part = oms.merchant_order(state="in_preparation", lines=((3, 1000),))
    line = part.lines.get()
    fulfil_line(line.pk, 3, actor=ACTOR, reference="SHP-1")
    part.lines.update(quantity_shipped=3)
    item = StockItem.objects.get()
    return part, item, merchant_actor(part.merchant_id, MANAGE_STOCK)


def test_returned_pieces_enter_stock_by_their_grade_only(shipped):
    part, item, clerk = shipped
    second = pim.offer(merchant=part.merchant)
    place = item.location.ref
    before = on_hand(item)
    for _time in range(2):
        inspect_returned(part.ref, Verdict(1, 1, "restock_a", place), key="a", actor=clerk)
    assert on_hand(item) == before + 1
    inspect_returned(part.ref, Verdict(1, 1, "restock_b", place, second.ref), key="b", actor=clerk)
    assert StockItem.objects.get(offer=second).on_hand == 1
    inspect_returned(part.ref, Verdict(1, 1, "scrap", place, note="Broken"), key="c", actor=clerk)
    assert on_hand(item) == before + 1
    with pytest.raises(LineQuantityRefused):
        inspect_returned(part.ref, Verdict(1, 1, "restock_a", place), key="d", actor=clerk)
    assert list(stock_counters()) == []


def test_inspections_with_wrong_input_are_refused(shipped):
    part, item, clerk = shipped
    place = item.location.ref
    inspect_returned(part.ref, Verdict(1, 1, "quarantine", place), key="q", actor=clerk)
    with pytest.raises(Conflict):
        inspect_returned(part.ref, Verdict(1, 2, "quarantine", place), key="q", actor=clerk)
    for verdict in (
        Verdict(1, 1, "restock_b", place),
        Verdict(1, 1, "restock_b", place, item.offer.ref),
        Verdict(1, 1, "perfect", place),
        Verdict(1, 1, "scrap", oms.location().ref),
    ):
        with pytest.raises((InvalidInput, NotFound)):
            inspect_returned(part.ref, verdict, key=str(verdict), actor=clerk)
    with pytest.raises(LineQuantityRefused):
        inspect_returned(part.ref, Verdict(9, 1, "scrap", place), key="x", actor=clerk)
    assert StockInspection.objects.count() == 1


def test_a_returned_kit_comes_back_as_its_components(shop):
    merchant = mas.merchant()
    made, bulb = shop.offer(on_hand=0, merchant=merchant), shop.offer(on_hand=9, merchant=merchant)
    clerk = merchant_actor(merchant.pk, MANAGE_STOCK)
    define_kit(made.ref, {bulb.ref: 2}, actor=clerk)
    part = shop.order((made, 2)).merchant_orders.get()
    line = part.lines.get()
    fulfil_line(line.pk, 2, actor=ACTOR, reference="SHP-1")
    part.lines.update(quantity_shipped=2)
    item = StockItem.objects.get(offer=bulb)
    inspect_returned(part.ref, Verdict(1, 1, "restock_a", item.location.ref), key="a", actor=clerk)
    assert on_hand(item) == 9 - 4 + 2


def test_alerts_open_below_the_limit_and_close_by_themselves(stocked):
    offer, item, _south, clerk = stocked
    set_alert_limit(offer.ref, item.location.ref, 5, actor=clerk)
    assert not StockAlert.objects.exists()
    take(offer, 6)
    for _time in range(2):
        judge_alerts()
    alert = StockAlert.objects.get()
    assert (alert.free, alert.closed_at) == (4, None)
    count_stock(offer.ref, item.location.ref, StockFigures(20), actor=clerk)
    judge_alerts()
    alert.refresh_from_db()
    assert alert.closed_at is not None
    set_alert_limit(offer.ref, item.location.ref, 50, actor=clerk)
    set_alert_limit(offer.ref, item.location.ref, None, actor=clerk)
    assert not StockAlert.objects.filter(closed_at=None).exists()


def test_alerts_are_judged_in_a_fixed_number_of_statements(stocked, django_assert_num_queries):
    offer, _item, _south, _clerk = stocked
    for _number in range(5):
        oms.stock(pim.offer(merchant=offer.merchant), 1, alert_below=3)
    with django_assert_num_queries(5):
        assert judge_alerts() == 5


def test_a_place_out_of_use_sells_nothing_and_keeps_its_promises(stocked):
    offer, _item, south, clerk = stocked
    second = oms.stock(offer, 5, at=south)
    change_location(south.ref, LocationTerms("South", "FR", 3, is_active=False), actor=clerk)
    offer.refresh_from_db()
    assert offer.available_quantity == 10
    with pytest.raises(OutOfStock):
        take(offer, 11)
    change_location(south.ref, LocationTerms("South", "FR", 3), actor=clerk)
    take(offer, 15)
    second.refresh_from_db()
    assert second.reserved == 5


def test_hot_stock_is_spread_sold_to_the_last_piece_and_merged(stocked):
    offer, item, _south, clerk = stocked
    first = take(offer, 1, "before")
    assert spread(offer.pk, item.location_id, 4, actor=ACTOR)
    assert sorted(StockItem.objects.values_list("on_hand", flat=True)) == [2, 2, 2, 4]
    shown = get_stock_item(offer.ref, item.location.ref, actor=clerk)
    assert (shown.place_on_hand, shown.place_reserved, shown.place_available) == (10, 1, 9)
    assert list_stock_items(clerk).count() == 1
    take(offer, 4, "wide")
    for number in range(5):
        take(offer, 1, f"k{number}")
    with pytest.raises(OutOfStock):
        take(offer, 1, "late")
    release_reservations("order:wide", actor=ACTOR)
    with transaction.atomic():
        merge_slots(offer.pk, item.location_id)
    item.refresh_from_db()
    assert (item.on_hand, item.reserved) == (10, 6)
    assert set(Reservation.objects.filter(open_quantity__gt=0).values_list("item_id", flat=True)) == {item.pk}
    assert first[0].item_id == item.pk
    assert list(stock_counters()) == []


def test_counting_and_stating_hot_stock_bring_it_together_first(stocked):
    offer, item, _south, clerk = stocked
    spread(offer.pk, item.location_id, 4, actor=ACTOR)
    take(offer, 1)
    count_stock(offer.ref, item.location.ref, StockFigures(7), actor=clerk)
    assert sum(StockItem.objects.values_list("on_hand", flat=True)) == 7
    assert on_hand(item) == 7
    assert list(stock_counters()) == []


def test_waits_switch_slots_on_and_calm_merges_them(stocked, django_capture_on_commit_callbacks):
    offer, item, _south, _clerk = stocked
    with django_capture_on_commit_callbacks(execute=True):
        for _number in range(HOT_WAITS):
            note_wait(item, 0.04)
    assert tune_slots(actor=ACTOR) == 1
    heat = StockHeat.objects.get()
    assert (heat.slots, heat.waits) == (4, 0)
    assert StockItem.objects.filter(offer=offer, on_hand__gt=0).count() == 4
    assert tune_slots(actor=ACTOR) == 0
    with clock.shifted(COOL_AFTER + timedelta(minutes=1)):
        assert tune_slots(actor=ACTOR) == 1
    assert on_hand(item) == 10
    assert StockHeat.objects.get().slots == 1


def test_too_few_pieces_are_not_spread(stocked):
    offer, item, _south, _clerk = stocked
    take(offer, 8)
    assert not spread(offer.pk, item.location_id, 4, actor=ACTOR)
    assert StockItem.objects.count() == 1


def test_the_reconciler_reports_tells_and_repairs(stocked, capsys):
    offer, _item, _south, _clerk = stocked
    take(offer, 2)
    StockItem.objects.update(reserved=4)
    operator = operator_actor(MANAGE_STOCK)
    report = reconcile_stock(actor=operator)
    assert [row["counter"] for row in report.findings] == ["reserved", "reserved_movements"]
    assert Task.objects.get(kind="oms.stock_disagrees").closed_at is None
    call_command("reconcile_stock", "--repair")
    assert "2 differ, repaired" in capsys.readouterr().out
    assert StockItem.objects.get().reserved == 2
    assert Task.objects.get(kind="oms.stock_disagrees").closed_at is not None
    assert reconcile_stock(actor=operator).found == 0


def test_a_worker_reconciles_when_asked(stocked, django_capture_on_commit_callbacks):
    operator = operator_actor(MANAGE_STOCK)
    job = request_reconciliation(repair=True, actor=operator)
    drain()
    assert jobs.get_job(job.ref, actor=operator).state == "done"
    assert StockReconciliation.objects.filter(actor_label=operator.label).exists()
