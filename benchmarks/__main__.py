"""`python -m benchmarks [--only orders]`: build a scratch world on the configured engine, measure, print JSON lines."""

import argparse
import json
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings.bench")

import django

import backoffice.celery  # noqa: F401  tasks run in the foreground through the configured application


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        help="one of: catalogue, files, pages, orders, order_list, stock, serving, billing, settlements",
    )
    parser.add_argument("--cards", type=int, default=3000)
    parser.add_argument("--rows", type=int, default=100_000, help="of the long product file")
    parser.add_argument("--orders", type=int, default=20_000, help="behind the order lists")
    parser.add_argument("--merchants", type=int, default=500, help="settled in one run")
    parser.add_argument("--lines", type=int, default=50_000, help="movements on their statements")
    parser.add_argument("--postings", type=int, default=100_000, help="behind the balances that are read")
    options = parser.parse_args()
    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        run(options)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def run(options: argparse.Namespace) -> None:
    from benchmarks import billing, catalogue, files, order_list, orders, pages, serving, settlements, stock
    from benchmarks.world import build_world

    # Only what needs a catalogue builds one.
    standing_alone = options.only in ("billing", "settlements")
    world: Any = None if standing_alone else build_world(cards=options.cards)
    parts = {
        "catalogue": lambda: catalogue.measure(world),
        "files": lambda: files.measure(world, options.rows),
        "pages": lambda: pages.measure(world),
        "orders": lambda: orders.measure(world),
        "order_list": lambda: order_list.measure(world, options.orders),
        "serving": lambda: serving.measure(world),
        "stock": stock.measure,
        "billing": lambda: billing.measure(postings=options.postings),
        "settlements": lambda: settlements.measure(merchants=options.merchants, lines=options.lines),
    }
    for name, measure in parts.items():
        if options.only in (None, name):
            for figure in measure():
                sys.stdout.write(json.dumps(figure) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
