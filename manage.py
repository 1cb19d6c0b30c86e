#!/usr/bin/env python
"""Command line entry of the marketplace back office."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings.base")
    from django.core.management import execute_from_command_line

    import backoffice.celery  # noqa: F401  tasks are sent through the configured application

    execute_from_command_line(sys.argv)
