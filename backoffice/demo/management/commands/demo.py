from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backoffice.demo import loader


class Command(BaseCommand):
    help = "Load the demo marketplace once (does nothing when it is there) and print the logins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--logins", action="store_true", help="only print the logins and the codes valid now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["logins"]:
            loader.load(self.stdout.write)
        self.stdout.write(loader.logins())
