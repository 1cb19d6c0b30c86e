"""Benchmarks: the real settings (durable commits) on a scratch database that is thrown away afterwards."""

import os
import tempfile
from pathlib import Path

_TEMP = Path(tempfile.mkdtemp(prefix="backoffice-bench-"))
os.environ.setdefault("VAR_DIR", str(_TEMP))
# The hint to a worker is sent where tasks do not run at once, and nobody listens.
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-" * 3)

from backoffice.settings.base import *  # noqa: E402, F403
from backoffice.settings.base import DATABASES, LOGGING, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["*"]
CELERY_TASK_ALWAYS_EAGER = True
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "ERROR"}}
if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    DATABASES["default"]["TEST"] = {"NAME": str(_TEMP / "bench.sqlite3")}
