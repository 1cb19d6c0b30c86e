from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

# SQLite writes a table anew to add a column, and loses its triggers.
guards = import_module("billing.migrations.0009_payout_guards")


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0021_take_back_bank_lines"),
    ]

    operations = [
        migrations.RunPython(guards.drop, guards.create),
        migrations.AddField(
            model_name="payoutbatch",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="billing.payoutbatch",
            ),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="void_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="void_asked_by_label",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="void_asked_by_user_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="void_contents",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="void_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="voided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="voided_by_label",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="voided_by_user_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="payoutbatch",
            name="withdrawn",
            field=models.JSONField(default=list),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("voided_by_user_id__isnull", True),
                    ("void_asked_by_user_id__isnull", True),
                    models.Q(("voided_by_user_id", models.F("void_asked_by_user_id")), _negated=True),
                    _connector="OR",
                ),
                name="batch_void_four_eyes",
            ),
        ),
        migrations.RunPython(guards.create, guards.drop),
    ]
