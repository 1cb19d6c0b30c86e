"""The suite: fast hashing, eager tasks, files in a temporary folder, either engine by DATABASE_URL."""

import os
import tempfile
from pathlib import Path

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_NAME = os.environ.get("BO_DEV_NAME", "suite")
_TEMP = Path(tempfile.gettempdir()) / f"backoffice-tests-{_NAME}-{os.getuid()}"
os.environ["VAR_DIR"] = str(_TEMP / _WORKER)
os.environ.setdefault("SECRET_KEY", "only-for-the-test-suite-" * 2)
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_TEMP / 'embedded.sqlite3'}")

from backoffice.settings.base import *  # noqa: E402, F403
from backoffice.settings.base import DATABASES, LOGGING, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["*"]
BASE_URL = "http://testserver"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}

_engine = str(DATABASES["default"]["ENGINE"])
if "sqlite" in _engine:
    # A file, not memory: threads and other processes of the race tests must see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(_TEMP / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = str(  # type: ignore[index]
        DATABASES["default"]["OPTIONS"]["init_command"]  # type: ignore[index]
    ).replace("synchronous=FULL", "synchronous=OFF")
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
