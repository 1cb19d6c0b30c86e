from collections import defaultdict

from django.db import migrations, models

from oms.amounts import tax_of_share


def fill(apps, schema_editor):
    """The tax of refunds that were made before it was kept: in the order in which they were made."""
    gone, shipping_gone = defaultdict(int), defaultdict(int)
    refunds = apps.get_model("oms", "Refund").objects.select_related("merchant_order").order_by("id")
    for refund in refunds.iterator(chunk_size=500):
        part = refund.merchant_order
        before = part.withdrawn_shipping_minor + shipping_gone[part.pk]
        refund.shipping_tax_minor = tax_of_share(
            part.shipping_tax_minor, part.shipping_minor, before, refund.shipping_minor
        )
        shipping_gone[part.pk] += refund.shipping_minor
        refund.tax_minor = refund.shipping_tax_minor
        for row in refund.lines.select_related("line").order_by("id"):
            line = row.line
            row.tax_minor = tax_of_share(
                line.tax_minor, line.total_minor, line.withdrawn_minor + gone[line.pk], row.amount_minor
            )
            gone[line.pk] += row.amount_minor
            refund.tax_minor += row.tax_minor
            row.save(update_fields=["tax_minor"])
        refund.save(update_fields=["tax_minor", "shipping_tax_minor"])


class Migration(migrations.Migration):
    dependencies = [("oms", "0013_vouchers")]

    operations = [
        migrations.AddField("refund", "tax_minor", models.BigIntegerField(default=0)),
        migrations.AddField("refund", "shipping_tax_minor", models.BigIntegerField(default=0)),
        migrations.AddField("refundline", "tax_minor", models.BigIntegerField(default=0)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
