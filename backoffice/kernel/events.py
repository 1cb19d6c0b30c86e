"""News travels up by event: a frozen dataclass, one outbox row in the caller's transaction, two ways to hear it.

Inline subscribers run at once in the same transaction: only what must never disagree with its cause (postings, stock,
stored facts), no network, no slow work. Deferred subscribers get a `Delivery` row each and are called by a worker at
least once, retried with back-off, parked after `MAX_ATTEMPTS`.
"""

import dataclasses
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, TypeVar

from django.db import transaction
from django.db.models import F

from backoffice.kernel import clock, wake
from backoffice.kernel.bulk import insert_rows
from backoffice.kernel.models import Delivery, DeliveryState, OutboxEvent

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
LEASE = timedelta(minutes=5)
# Metadata of an event's field that only spares inline subscribers a look-up and is never written down.
IN_HAND = "in_hand"


class LeaseLost(Exception):
    """Another worker took the delivery over; what this one did is rolled back."""


class Event:
    """Base of all events. Subclasses are frozen dataclasses of refs, ids and plain values, with a versioned `name`."""

    name: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """The event as JSON-ready values; tuples become lists, dates become ISO text.

        A field with `IN_HAND` is left out: inline subscribers get it, deferred ones its default.
        """
        result = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
            if IN_HAND not in field.metadata
        }
        return {
            key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in result.items()
        }

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "Event":
        """Rebuild an event for a deferred subscriber: lists become tuples, ISO text of datetime fields datetimes."""
        values = {}
        for field in dataclasses.fields(cls):  # type: ignore[arg-type]
            if IN_HAND in field.metadata:
                continue
            value = payload[field.name]
            if isinstance(value, list):
                value = tuple(tuple(item) if isinstance(item, list) else item for item in value)
            elif field.type is datetime and isinstance(value, str):
                value = datetime.fromisoformat(value)
            values[field.name] = value
        return cls(**values)


E = TypeVar("E", bound=Event)
Subscriber = Callable[[Any], None]

_classes: dict[str, type[Event]] = {}
_inline: dict[str, list[Subscriber]] = {}
_deferred: dict[str, dict[str, Subscriber]] = {}


def subscribe(
    event_class: type[E], *, mode: Literal["inline", "deferred"]
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Decorator for `on_<event>` functions in an app's `subscribers.py`."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        name = event_class.name
        _classes[name] = event_class
        if mode == "inline":
            _inline.setdefault(name, []).append(function)
        else:
            key = f"{function.__module__}.{function.__name__}"
            _deferred.setdefault(name, {})[key] = function
        return function

    return register


def publish(*news: Event) -> None:
    """Announce in the caller's transaction: write the outbox rows, queue deferred subscribers, run inline ones.

    Several events that become true together are written together. Must be called inside a transaction, so that the
    news and its cause become true together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{news[0].name} was published outside a transaction")
    rows = OutboxEvent.objects.bulk_create(
        [OutboxEvent(name=event.name, payload=event.payload()) for event in news]
    )
    deliveries = [
        (row.pk, key, DeliveryState.WAITING, 0, row.created_at, "")
        for row in rows
        for key in _deferred.get(row.name, ())
    ]
    if deliveries:
        insert_rows(
            Delivery, ("event_id", "subscriber", "state", "attempts", "due_at", "last_error"), deliveries
        )
        wake.on_commit("kernel.deliver_event", *dict.fromkeys(event_id for event_id, *_rest in deliveries))
    for event in news:
        for subscriber in _inline.get(event.name, ()):
            subscriber(event)


def deliver_events(event_ids: Sequence[int]) -> int:
    """Deliver the due deferred shares of these events; returns how many were done."""
    return _deliver(Delivery.objects.filter(event_id__in=event_ids).order_by("id"))


def deliver_due(limit: int = 500) -> int:
    """Deliver whatever is due, oldest first; returns how many were done."""
    return _deliver(Delivery.objects.order_by("id"), limit)


def _deliver(candidates: Any, limit: int = 500) -> int:
    now = clock.now()
    due = list(
        candidates.filter(state=DeliveryState.WAITING, due_at__lte=now).select_related("event")[:limit]
    )
    return sum(_deliver_one(delivery) for delivery in due)


def _deliver_one(delivery: Delivery) -> bool:
    now = clock.now()
    # The lease is the claim: pushing due_at forward by a conditional update keeps other workers off.
    claimed = Delivery.objects.filter(
        pk=delivery.pk, state=DeliveryState.WAITING, attempts=delivery.attempts, due_at__lte=now
    ).update(due_at=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return False
    attempts = delivery.attempts + 1
    # What this worker holds; another one takes over after the lease by counting one attempt more.
    mine = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, attempts=attempts)
    try:
        subscriber = _deferred.get(delivery.event.name, {}).get(delivery.subscriber)
        if subscriber is None:
            raise LookupError(f"no subscriber {delivery.subscriber} is registered")
        event = _classes[delivery.event.name].from_payload(delivery.event.payload)
        with transaction.atomic():
            subscriber(event)
            if not mine.update(state=DeliveryState.DONE, done_at=clock.now(), last_error=""):
                raise LeaseLost(delivery.subscriber)
        return True
    except LeaseLost:
        logger.warning("delivery %s to %s was taken over", delivery.event_id, delivery.subscriber)
    except Exception as error:
        logger.exception("delivery %s to %s failed", delivery.event_id, delivery.subscriber)
        mine.update(
            state=DeliveryState.PARKED if attempts >= MAX_ATTEMPTS else DeliveryState.WAITING,
            due_at=clock.now() + backoff(attempts),
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )
    return False


def backoff(attempts: int) -> timedelta:
    """10 s, 30 s, 90 s … up to 12 h: twelve tries span about two days."""
    return timedelta(seconds=min(10 * 3 ** min(attempts - 1, 20), 12 * 3600))


def replay(delivery_id: int) -> None:
    """Make a parked delivery due again with a fresh count of attempts; called from the console."""
    changed = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.PARKED).update(
        state=DeliveryState.WAITING, attempts=0, due_at=clock.now()
    )
    if changed:
        wake.on_commit("kernel.do_due_work")
