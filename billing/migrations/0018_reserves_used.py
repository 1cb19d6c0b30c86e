"""Parts of a reserve say what chargebacks used of them; what earlier ones used is told to the parts in the same order."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q, Sum


def say_what_was_used(apps: Any, schema_editor: Any) -> None:
    items = apps.get_model("billing", "ReserveItem").objects.filter(released_at__isnull=True)
    postings = apps.get_model("billing", "Posting").objects.filter(account__code="2120")
    keys = items.order_by("entity_id", "merchant_id", "currency").values_list(
        "entity_id", "merchant_id", "currency"
    )
    for entity_id, merchant_id, currency in keys.distinct():
        booked = postings.filter(
            account__entity_id=entity_id,
            account__owner_type="merchant",
            account__owner_id=merchant_id,
            account__currency=currency,
        ).aggregate(total=Sum("amount_minor"))["total"]
        rows = items.filter(entity_id=entity_id, merchant_id=merchant_id, currency=currency)
        ordered = list(rows.order_by(F("release_at").asc(nulls_first=True), "pk"))
        used = sum(row.amount_minor - row.released_minor for row in ordered) + (booked or 0)
        for row in ordered:
            row.used_minor = max(0, min(used, row.amount_minor - row.released_minor))
            used -= row.used_minor
            if row.used_minor:
                row.save(update_fields=["used_minor"])


class Migration(migrations.Migration):
    dependencies = [("billing", "0017_refunded_as_paid")]
    operations = [
        migrations.AddField(
            model_name="reserveitem",
            name="used_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RemoveConstraint(model_name="reserveitem", name="reserve_item_within_amount"),
        migrations.AddConstraint(
            model_name="reserveitem",
            constraint=models.CheckConstraint(
                condition=Q(amount_minor__gt=0)
                & Q(released_minor__gte=0)
                & Q(used_minor__gte=0)
                & Q(amount_minor__gte=F("released_minor") + F("used_minor")),
                name="reserve_item_within_amount",
            ),
        ),
        migrations.RunPython(say_what_was_used, migrations.RunPython.noop, elidable=True),
    ]
