from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backoffice.kernel.actors import system_actor
from oms.operations.reconciliation import reconcile_stock


class Command(BaseCommand):
    help = "Compare stock counters with reservations and movements; --repair brings them back in line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="repair what differs")

    def handle(self, *args: Any, **options: Any) -> None:
        report = reconcile_stock(actor=system_actor("reconcile_stock"), repair=options["repair"])
        for row in report.findings:
            self.stdout.write(
                f"{row['sku']} at {row['place']}: {row['counter']} is {row['is']}, rows say {row['should']}"
            )
        ending = "repaired" if report.repaired else "nothing changed"
        self.stdout.write(f"{report.checked} rows compared, {report.found} differ, {ending} ({report.ref})")
