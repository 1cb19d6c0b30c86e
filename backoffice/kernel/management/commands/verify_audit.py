from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backoffice.kernel import audit


class Command(BaseCommand):
    help = (
        "Seal what is unsealed and walk the hash chain of the audit trail; fails when an entry was changed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        audit.seal_entries()
        broken = list(audit.broken_links())
        for sentence in broken:
            self.stderr.write(sentence)
        if broken:
            raise CommandError(f"the audit chain is broken in {len(broken)} places")
        self.stdout.write("audit chain intact")
