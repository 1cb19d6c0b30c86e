import json
import time
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.kernel.invariants import all_invariants

SHOWN = 20


class Command(BaseCommand):
    help = "Prove the invariants of every app on the live data; exits non-zero when one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--only", help="prove only the invariants whose code starts with this")

    def handle(self, *args: Any, **options: Any) -> None:
        results = []
        for item in all_invariants():
            if options["only"] and not item.code.startswith(options["only"]):
                continue
            started = time.perf_counter_ns()
            violations = list(islice(item.check(), SHOWN))
            results.append(
                {
                    "code": item.code,
                    "promise": str(item.promise),
                    "holds": not violations,
                    "violations": violations,
                    "milliseconds": (time.perf_counter_ns() - started) // 1_000_000,
                }
            )
        broken = [result for result in results if not result["holds"]]
        if options["json"]:
            self.stdout.write(json.dumps({"healthy": not broken, "invariants": results}, indent=2))
        else:
            for result in results:
                self.stdout.write(
                    f"{'ok    ' if result['holds'] else 'BROKEN'} {result['code']}: {result['promise']}"
                )
                for sentence in result["violations"]:  # type: ignore[attr-defined]
                    self.stdout.write(f"         {sentence}")
        if broken:
            raise CommandError(f"{len(broken)} of {len(results)} invariants are broken")
