"""A job for the fault tests: it counts slowly, so that a kill always meets it in the middle."""

import time

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.jobs import JobRun
from backoffice.kernel.models import IdempotencyKey

KIND = "tests.count_slowly"


def count_slowly(run: JobRun) -> None:
    """Write the numbers below `until`, one row each, in the transaction of its checkpoint."""
    for number in range(run.state.get("next", 0), run.payload["until"]):
        with transaction.atomic():
            # The time makes every key another one: a number that is written twice would show.
            key = f"{number}-{clock.now().timestamp()}"
            IdempotencyKey.objects.create(caller="counting", key=key, payload_sha256="")
            time.sleep(0.02)
            run.checkpoint(done=number + 1, state={"next": number + 1})
