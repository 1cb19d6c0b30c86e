from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dam.selectors.files import find_orphans
from dam.storage import delete_quietly, private_storage, public_storage


class Command(BaseCommand):
    help = "Compare stored files with their records both ways; exits non-zero when they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--delete-strays", action="store_true", help="remove files that have no record")

    def handle(self, *args: Any, **options: Any) -> None:
        orphans = find_orphans()
        strays = [*orphans.stray_private, *orphans.stray_public]
        for name in orphans.missing_files:
            self.stdout.write(f"missing  {name}")
        for name in strays:
            self.stdout.write(f"stray    {name}")
        if options["delete_strays"]:
            delete_quietly(private_storage(), list(orphans.stray_private))
            delete_quietly(public_storage(), list(orphans.stray_public))
            self.stdout.write(f"{len(strays)} files without record were removed")
            strays = []
        if orphans.missing_files or strays:
            raise CommandError(
                f"{len(orphans.missing_files)} files are missing, {len(strays)} have no record"
            )
        self.stdout.write("files and records agree")
