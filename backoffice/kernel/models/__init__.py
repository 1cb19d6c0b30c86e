"""Kernel tables: outbox, jobs, audit trail, idempotency keys, document numbers, periodic marks."""

from backoffice.kernel.models.audit import AuditEntry, AuditSeal
from backoffice.kernel.models.idempotency import IdempotencyKey
from backoffice.kernel.models.jobs import Job, JobState
from backoffice.kernel.models.numbering import IssuedNumber, NumberSeries
from backoffice.kernel.models.outbox import Delivery, DeliveryState, OutboxEvent
from backoffice.kernel.models.periodic import PeriodicMark

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "Delivery",
    "DeliveryState",
    "IdempotencyKey",
    "IssuedNumber",
    "Job",
    "JobState",
    "NumberSeries",
    "OutboxEvent",
    "PeriodicMark",
]
