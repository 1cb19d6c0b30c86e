"""The suite: fast hashing, eager tasks, files in a temporary folder, either engine by DATABASE_URL.

Every process that runs tests claims a numbered slot (a folder and a database of its own), so xdist workers and
sessions that run at the same time never meet.
"""

import fcntl
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import IO

_NAME = os.environ.get("BO_DEV_NAME", "suite")
_TEMP = Path(tempfile.gettempdir()) / f"backoffice-tests-{os.getuid()}"


def _claim_slot() -> tuple[int, Path, IO[str]]:
    """The first folder that no living process has locked; the lock ends with this process."""
    for number in count():
        folder = _TEMP / f"{_NAME}-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        return number, folder, lock
    raise AssertionError("unreachable")


_SLOT, _FOLDER, _LOCK = _claim_slot()
shutil.rmtree(_FOLDER / "var", ignore_errors=True)

os.environ["VAR_DIR"] = str(_FOLDER / "var")
os.environ.setdefault("SECRET_KEY", "only-for-the-test-suite-" * 2)
os.environ["CELERY_BROKER_URL"] = "memory://localhost"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_FOLDER / 'embedded.sqlite3'}")

from backoffice.settings.base import *  # noqa: E402, F403
from backoffice.settings.base import DATABASES, LOGGING, STATIC_ROOT, STORAGES  # noqa: E402

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
# Tests sign in without a code, except those about the second factor.
STAFF_SECOND_FACTOR = False
# WhiteNoise warns when the folder is missing, and warnings are errors.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Kept for the whole test: builders announce their changes, and query counts stay the same.
REFERENCE_CHECK_SECONDS = 3600
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}

# Databases are built once per set of migrations and copied from there; see tests/databases.py.
TEST_TEMPLATE_DIR = _TEMP / "templates"
_database = DATABASES["default"]
if "sqlite" in str(_database["ENGINE"]):
    # A file, not memory: threads and other processes of the race tests must see the same database.
    _database["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
    _database["OPTIONS"]["init_command"] = str(  # type: ignore[index]
        _database["OPTIONS"]["init_command"]  # type: ignore[index]
    ).replace("synchronous=FULL", "synchronous=OFF")
else:
    _database["TEST"] = {"NAME": f"{_database['NAME']}_test" + (f"_{_SLOT}" if _SLOT else "")}
    _database["CONN_MAX_AGE"] = 0
    _database["CONN_HEALTH_CHECKS"] = False
