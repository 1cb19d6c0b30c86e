from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.api.apis import APIS
from backoffice.api.snapshots import path_of, render


class Command(BaseCommand):
    help = "Write the OpenAPI files of the three APIs to docs/openapi/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a file is out of date"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for audience in APIS:
            file, text = path_of(audience), render(audience)
            if options["check"]:
                if not file.exists() or file.read_text(encoding="utf-8") != text:
                    raise CommandError(f"{file.name} is out of date; run `manage.py openapi`.")
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            self.stdout.write(str(file))
