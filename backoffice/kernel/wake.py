"""Waking a worker: a hint sent after commit. A lost hint costs time, never work, because rows hold the work."""

import logging
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def on_commit(task_name: str, *args: Any) -> None:
    """Send the Celery task by name once the surrounding transaction has committed."""
    transaction.on_commit(partial(_send, task_name, *args))


def _send(task_name: str, *args: Any) -> None:
    try:
        current_app.tasks[task_name].apply_async(args=args, retry=False)
    except Exception:
        # The broker may be down: the row waits and the next beat or drain finds it.
        logger.warning("could not wake a worker for %s", task_name, exc_info=True)
