"""A worker in a process of its own that is killed like `kill -9` does, in the middle of its n-th chunk or right after.

Called as `python -m tests.pim.imports.worker <job id> <inside|after> <n>`.
"""

import os
import signal
import sys

import django


def main(job_id: int, place: str, number: int) -> None:
    django.setup()
    from django.conf import settings

    # The files lie in the folder of the session that started this process.
    settings.STORAGES["private"]["OPTIONS"]["location"] = os.environ["PRIVATE_FILES"]
    import backoffice.celery  # noqa: F401
    import pim.imports.checking
    import pim.imports.jobs
    from backoffice.kernel import jobs, wake

    pim.imports.jobs.CHUNK = pim.imports.checking.CHUNK = 10
    wake._send = lambda *_args: None
    real, seen = jobs.JobRun.checkpoint, [0]

    def checkpoint(self, **values):
        seen[0] += 1
        # After: the chunk before was committed, this one has only been computed.
        if place == "after" and seen[0] == number + 1:
            os.kill(os.getpid(), signal.SIGKILL)
        real(self, **values)
        if place == "inside" and seen[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    jobs.JobRun.checkpoint = checkpoint
    jobs.run_job(job_id)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
