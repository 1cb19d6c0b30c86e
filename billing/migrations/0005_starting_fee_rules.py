"""A fresh installation charges 10 % on goods and on shipping until finance publishes its own rules.

Seeded here and not after the migration: an order needs a rule, and receivers of `post_migrate` share one chain, in
which the failure of an earlier one leaves the later ones out.
"""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

STARTING = (
    ("commission", "Starting commission"),
    ("shipping_commission", "Starting commission on shipping"),
)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def seed(apps: Any, _schema_editor: Any) -> None:
    rules = apps.get_model("billing", "FeeRule").objects
    if rules.exists():
        return
    for kind, name in STARTING:
        rules.create(
            name=name,
            fee_kind=kind,
            state="active",
            priority=0,
            rate_bps=1000,
            created_by_label="setup",
            approved_by_label="setup",
            approved_at=LONG_AGO,
            valid_from=LONG_AGO,
        )


class Migration(migrations.Migration):
    replaces = [("billing", "0004_default_fee_rules")]
    dependencies = [("billing", "0004_guarded_payouts")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop, elidable=False)]
