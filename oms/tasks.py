"""Background entry points of the order system: worker tasks and work by the clock."""

from datetime import timedelta

from celery import shared_task

from backoffice.kernel.actors import system_actor, timer_actor
from backoffice.kernel.periodic import periodic
from oms.operations import (
    carts,
    incidents,
    payment_notifications,
    payments,
    reconciliation,
    reservations,
    slots,
    stock_alerts,
    timeouts,
)


@shared_task(name="oms.process_payment_attempt")
def process_payment_attempt_task(attempt_id: int) -> None:
    payments.process_attempt(attempt_id, actor=system_actor("payments"), only_due=True)


@periodic("oms.payment_attempts", every=timedelta(seconds=20))
def process_due_attempts() -> int:
    return payments.process_due_attempts(actor=timer_actor("payment-recovery"))


@shared_task(name="oms.handle_payment_notification")
def handle_payment_notification_task(notification_id: int) -> None:
    payment_notifications.handle_notification(notification_id, actor=system_actor("payments"))


@periodic("oms.payment_notifications", every=timedelta(seconds=20))
def handle_payment_notifications() -> int:
    payment_notifications.send_test_card_notifications()
    return payment_notifications.handle_due_notifications(actor=timer_actor("payment-messages"))


@periodic("oms.quiet_incidents", every=timedelta(hours=1))
def close_quiet_incidents() -> int:
    return incidents.close_quiet_incidents()


@periodic("oms.expiring_payments", every=timedelta(minutes=30))
def charge_expiring_payments() -> int:
    return timeouts.charge_expiring_payments()


@periodic("oms.old_payment_notifications", every=timedelta(hours=24))
def forget_old_payment_notifications() -> int:
    return payment_notifications.forget_old_notifications()


@periodic("oms.holds", every=timedelta(seconds=60))
def expire_holds() -> int:
    return reservations.expire_holds(actor=timer_actor("hold-expiry"))


@periodic("oms.time_limits", every=timedelta(seconds=60))
def run_due_time_limits() -> int:
    return timeouts.run_due_time_limits()


@periodic("oms.nudges", every=timedelta(seconds=60))
def send_due_nudges() -> int:
    return timeouts.send_due_nudges()


@periodic("oms.old_carts", every=timedelta(hours=24))
def forget_old_carts() -> int:
    return carts.forget_old_carts()


@periodic("oms.stock_alerts", every=timedelta(seconds=60))
def judge_stock_alerts() -> int:
    return stock_alerts.judge_alerts()


@periodic("oms.hot_stock", every=timedelta(seconds=60))
def tune_hot_stock() -> int:
    return slots.tune_slots(actor=timer_actor("hot stock"))


@periodic("oms.reconcile_stock", every=timedelta(hours=24))
def reconcile_stock_daily() -> int:
    return reconciliation.reconcile_stock(actor=timer_actor("reconciler")).found
