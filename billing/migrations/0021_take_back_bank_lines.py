from importlib import import_module

from django.db import migrations, models

# SQLite writes a table anew to add a column, and loses its triggers or stumbles over those of others that read it.
guards = import_module("billing.migrations.0009_payout_guards")
signed = import_module("billing.migrations.0019_what_was_signed_stays")


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0020_hold_refs"),
    ]

    operations = [
        migrations.AddField(
            model_name="bankline",
            name="times_undone",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="bankline",
            name="undo_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="bankline",
            name="undo_asked_by_label",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="bankline",
            name="undo_asked_by_user_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="bankline",
            name="undo_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="bankline",
            name="undone_by_user_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunPython(guards.drop, guards.create),
        migrations.RunPython(signed.drop, signed.create),
        migrations.AddField(
            model_name="payout",
            name="times_reopened",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunPython(signed.create, signed.drop),
        migrations.RunPython(guards.create, guards.drop),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(("undo_asked_at__isnull", False)),
                fields=["undo_asked_at"],
                name="bank_line_undo_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undone_by_user_id__isnull", True),
                    ("undo_asked_by_user_id__isnull", True),
                    models.Q(("undone_by_user_id", models.F("undo_asked_by_user_id")), _negated=True),
                    _connector="OR",
                ),
                name="bank_line_undo_four_eyes",
            ),
        ),
    ]
