from django.db import migrations, models

import billing.models.payouts


def name_holds(apps, schema_editor):
    holds = apps.get_model("billing", "Hold").objects
    for pk in holds.values_list("pk", flat=True):
        holds.filter(pk=pk).update(ref=billing.models.payouts.new_hold_ref())


class Migration(migrations.Migration):
    dependencies = [("billing", "0019_what_was_signed_stays")]

    operations = [
        migrations.AddField("hold", "ref", models.CharField(editable=False, max_length=24, null=True)),
        migrations.RunPython(name_holds, migrations.RunPython.noop),
        migrations.AlterField(
            "hold",
            "ref",
            models.CharField(
                default=billing.models.payouts.new_hold_ref, editable=False, max_length=24, unique=True
            ),
        ),
    ]
