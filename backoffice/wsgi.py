"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

import backoffice.celery  # noqa: F401  tasks are sent through the configured application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings.base")

application = get_wsgi_application()
