"""What worker processes of the fault tests run with: the product's own settings and the counting job."""

from backoffice.settings.base import *  # noqa: F403
from backoffice.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.apps.FaultsConfig"]
CELERY_BEAT_SCHEDULE = {
    "do-due-work": {"task": "kernel.do_due_work", "schedule": 0.5, "options": {"expires": 0.5}}
}
