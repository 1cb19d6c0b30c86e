"""News and its cause become true together; every deferred subscriber hears it at least once, none twice."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import transaction

from backoffice.kernel import clock, work
from backoffice.kernel.events import MAX_ATTEMPTS, Event, backoff, deliver_due, publish, replay, subscribe
from backoffice.kernel.models import Delivery, DeliveryState, OutboxEvent, PeriodicMark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registries")]


@dataclass(frozen=True)
class ParcelSent(Event):
    name: ClassVar[str] = "tests.parcel_sent.v1"

    ref: str
    rows: tuple[tuple[int, int], ...] = ()
    at: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def announce(ref="P-1"):
    with transaction.atomic():
        publish(ParcelSent(ref=ref, rows=((1, 2), (3, 4))))


def test_inline_subscribers_run_in_the_transaction_of_the_cause():
    @subscribe(ParcelSent, mode="inline")
    def on_parcel_sent(event):
        PeriodicMark.objects.create(name=event.ref, next_at=clock.now())
        raise LookupError("the ledger says no")

    with pytest.raises(LookupError):
        announce()
    assert not PeriodicMark.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_an_event_outside_a_transaction_is_refused(transactional_db):
    with pytest.raises(RuntimeError, match="outside a transaction"):
        publish(ParcelSent(ref="P-1"))
    assert not OutboxEvent.objects.exists()


def test_a_deferred_subscriber_gets_the_event_as_it_was_published():
    heard = []

    @subscribe(ParcelSent, mode="deferred")
    def on_parcel_sent(event):
        heard.append(event)

    announce()
    assert heard == []
    assert deliver_due() == 1
    assert heard == [ParcelSent(ref="P-1", rows=((1, 2), (3, 4)))]
    assert deliver_due() == 0
    assert len(heard) == 1


def test_an_event_that_nobody_waits_for_is_still_recorded():
    announce()
    assert OutboxEvent.objects.get().payload["ref"] == "P-1"
    assert not Delivery.objects.exists()


def test_one_failing_subscriber_does_not_hold_up_the_other():
    heard = []

    @subscribe(ParcelSent, mode="deferred")
    def on_parcel_sent_fails(event):
        PeriodicMark.objects.create(name="half done", next_at=clock.now())
        raise ConnectionError("no answer")

    @subscribe(ParcelSent, mode="deferred")
    def on_parcel_sent_works(event):
        heard.append(event.ref)

    announce()
    assert deliver_due() == 1
    assert heard == ["P-1"]
    assert not PeriodicMark.objects.exists()
    failed = Delivery.objects.get(state=DeliveryState.WAITING)
    assert failed.attempts == 1
    assert failed.last_error == "ConnectionError: no answer"


def test_a_failed_delivery_is_tried_again_only_after_its_back_off():
    tries = []

    @subscribe(ParcelSent, mode="deferred")
    def on_parcel_sent(event):
        tries.append(clock.now())
        if len(tries) == 1:
            raise ConnectionError("no answer")

    start = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with clock.frozen_at(start):
        announce()
        assert deliver_due() == 0
    with clock.frozen_at(start + timedelta(seconds=9)):
        assert deliver_due() == 0
        assert len(tries) == 1
    with clock.frozen_at(start + timedelta(seconds=10)):
        assert deliver_due() == 1
    assert Delivery.objects.get().state == DeliveryState.DONE


def test_the_back_off_triples_up_to_half_a_day_and_spans_days():
    waits = [backoff(attempt) for attempt in range(1, MAX_ATTEMPTS)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (10, 30, 90, 270)]
    assert timedelta(days=1.5) < sum(waits, timedelta()) < timedelta(days=2.5)
    assert backoff(600) == timedelta(hours=12)


def test_a_delivery_that_never_works_is_parked_and_can_be_replayed():
    broken = [True]
    heard = []

    @subscribe(ParcelSent, mode="deferred")
    def on_parcel_sent(event):
        if broken[0]:
            raise ConnectionError("no answer")
        heard.append(event.ref)

    announce()
    for attempt in range(MAX_ATTEMPTS):
        assert Delivery.objects.get().state == DeliveryState.WAITING
        with clock.shifted(timedelta(days=attempt)):
            deliver_due()
    parked = Delivery.objects.get()
    assert (parked.state, parked.attempts) == (DeliveryState.PARKED, MAX_ATTEMPTS)
    with clock.shifted(timedelta(days=99)):
        assert deliver_due() == 0
        broken[0] = False
        replay(parked.pk)
        assert deliver_due() == 1
    assert heard == ["P-1"]
    replay(parked.pk)
    assert Delivery.objects.get().state == DeliveryState.DONE


def test_a_subscriber_that_was_removed_parks_with_a_reason_instead_of_being_lost(registries, monkeypatch):
    @subscribe(ParcelSent, mode="deferred")
    def on_parcel_sent(event):
        raise AssertionError("not registered any more")

    announce()
    monkeypatch.setattr("backoffice.kernel.events._deferred", {})
    deliver_due()
    assert "no subscriber" in Delivery.objects.get().last_error


def test_a_delivery_of_a_killed_worker_is_taken_over_after_the_lease():
    heard = []

    @subscribe(ParcelSent, mode="deferred")
    def on_parcel_sent(event):
        heard.append(event.ref)

    announce()
    # What a claim leaves behind when its worker dies before doing anything.
    Delivery.objects.update(attempts=1, due_at=clock.now() + timedelta(minutes=5))
    assert deliver_due() == 0
    with clock.shifted(timedelta(minutes=5, seconds=1)):
        assert deliver_due() == 1
    assert heard == ["P-1"]


def test_a_worker_that_was_overtaken_leaves_nothing_behind():
    """The slow worker finishes after another one took its delivery over: its effect is rolled back."""

    @subscribe(ParcelSent, mode="deferred")
    def on_parcel_sent(event):
        if not PeriodicMark.objects.filter(name="overtaking").exists():
            PeriodicMark.objects.create(name="slow", next_at=clock.now())
            Delivery.objects.update(attempts=2, state=DeliveryState.WAITING)

    announce()
    assert deliver_due() == 0
    assert not PeriodicMark.objects.filter(name="slow").exists()


def test_commit_wakes_a_worker(transactional_db):
    heard = []

    @subscribe(ParcelSent, mode="deferred")
    def on_parcel_sent(event):
        heard.append(event.ref)

    with transaction.atomic():
        publish(ParcelSent(ref="P-1"))
        assert heard == []
    assert heard == ["P-1"]
    with transaction.atomic():
        publish(ParcelSent(ref="P-2"))
        transaction.set_rollback(True)
    assert work.drain() == 0
    assert heard == ["P-1"]
