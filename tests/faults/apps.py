"""Loads the counting job and the sudden deaths into the worker processes of the fault tests."""

import os
from datetime import timedelta

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        from backoffice.kernel import jobs
        from tests.faults.counting import KIND, count_slowly

        # A killed worker is replaced after its lease; the test does not wait a minute for it.
        jobs.LEASE = timedelta(seconds=1)
        jobs.job_handler(KIND)(count_slowly)
        if "DIE_AT" in os.environ:
            from tests.faults.dying import die_at

            die_at(*os.environ["DIE_AT"].split(":"))
