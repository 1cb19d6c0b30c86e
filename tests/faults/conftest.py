import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """The test database as the worker processes must name it."""
    entry = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{entry['NAME']}"
    login = entry["USER"] + (f":{entry['PASSWORD']}" if entry["PASSWORD"] else "")
    return f"postgres://{login}@{entry['HOST']}:{entry['PORT'] or 5432}/{entry['NAME']}"


class Processes:
    """Worker processes as production starts them, to be killed without a warning."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "worker.log"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(folder),
            "SECRET_KEY": settings.SECRET_KEY,
            "CELERY_BROKER_URL": "filesystem://",
            "PYTHONPATH": str(ROOT),
        }

    @contextmanager
    def running(self, *command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env={**self.environment, **environment},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def worker(self, **environment: str):
        return self.running(
            "-m", "celery", "-A", "backoffice", "worker", "--beat", "--pool", "solo", "--loglevel", "warning",
            "--schedule", str(self.log.parent / "beat"), **environment,
        )  # fmt: skip

    def drain(self):
        return self.running("manage.py", "drain")


@pytest.fixture
def processes(transactional_db, tmp_path):
    return Processes(tmp_path)
