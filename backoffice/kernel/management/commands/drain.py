from typing import Any

from django.core.management.base import BaseCommand

from backoffice.kernel import work


class Command(BaseCommand):
    help = "Do all due background work once, in the foreground: for cron, tests and rescue."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{work.drain()} pieces of work done")
