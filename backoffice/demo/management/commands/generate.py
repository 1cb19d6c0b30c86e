from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.demo.generator import CannotMultiply, Wanted, generate


class Command(BaseCommand):
    help = (
        "Fill the marketplace up to the given numbers by copying the demo's merchants, products and purchases "
        "(loads the demo first where it is missing). Copies have no logins and no files of their own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name in ("merchants", "cards", "offers", "orders"):
            parser.add_argument(
                f"--{name}", type=int, default=0, help=f"how many {name} shall stand at the end"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        numbers = {name: options[name] for name in ("merchants", "cards", "offers", "orders")}
        for name, number in numbers.items():
            if number < 0:
                raise CommandError(f"--{name} must not be negative.")
        try:
            generate(Wanted(**numbers), self.stdout.write)
        except CannotMultiply as error:
            raise CommandError(str(error)) from error
