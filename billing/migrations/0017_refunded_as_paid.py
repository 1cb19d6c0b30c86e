"""What went back to the buyer is counted as paid, so that many small refunds lose nothing between gross and net.

Earlier refunds were counted in the terms of the fee alone: where those differ, they are turned back into paid terms.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def count_as_paid(apps: Any, schema_editor: Any) -> None:
    snapshots = apps.get_model("billing", "FeeSnapshot").objects.exclude(refunded_minor=0)
    snapshots.filter(base_minor=F("paid_minor")).update(refunded_paid_minor=F("refunded_minor"))
    for row in snapshots.exclude(base_minor=F("paid_minor")).exclude(base_minor=0).iterator():
        # Half-up in integers: both are never negative.
        paid = (2 * row.refunded_minor * row.paid_minor + row.base_minor) // (2 * row.base_minor)
        snapshots.filter(pk=row.pk).update(refunded_paid_minor=min(row.paid_minor, paid))


class Migration(migrations.Migration):
    dependencies = [("billing", "0016_two_phase_holds")]
    operations = [
        migrations.AddField(
            model_name="feesnapshot",
            name="refunded_paid_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunPython(count_as_paid, migrations.RunPython.noop, elidable=True),
    ]
