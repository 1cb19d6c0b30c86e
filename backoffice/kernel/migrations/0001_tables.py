import django.db.models.deletion
from django.db import migrations, models

import backoffice.kernel.clock
import backoffice.kernel.models.jobs


class Migration(migrations.Migration):
    initial = True
    # Databases made before these steps became one have it already.
    replaces = [
        ("kernel", "0001_initial"),
        ("kernel", "0003_job_titles_of_any_length"),
        ("kernel", "0004_numbering"),
    ]

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PeriodicMark",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("next_at", models.DateTimeField()),
                ("last_finished_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("action", models.CharField(max_length=100)),
                ("actor_kind", models.CharField(max_length=10)),
                ("actor_id", models.CharField(max_length=60)),
                ("actor_label", models.CharField(max_length=200)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_ref", models.CharField(max_length=100)),
                ("merchant_id", models.BigIntegerField(null=True)),
                ("changes", models.JSONField(default=dict)),
                ("note", models.TextField(blank=True)),
                ("ip", models.GenericIPAddressField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_type", "subject_ref", "-id"], name="audit_subject"),
                    models.Index(fields=["merchant_id", "-id"], name="audit_merchant"),
                    models.Index(fields=["action", "-id"], name="audit_action"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal",
                        to="kernel.auditentry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("caller", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=255)),
                ("payload_sha256", models.CharField(max_length=64)),
                ("status", models.PositiveIntegerField(null=True)),
                ("response", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(db_index=True, default=backoffice.kernel.clock.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("caller", "key"), name="idempotency_key_once_per_caller")
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ref",
                    models.CharField(
                        default=backoffice.kernel.models.jobs.new_job_ref, max_length=24, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("title", models.TextField(blank=True)),
                ("payload", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("cancel_requested", models.BooleanField(default=False)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.CharField(blank=True, max_length=40)),
                ("run_after", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("done_count", models.PositiveIntegerField(default=0)),
                ("total_count", models.PositiveIntegerField(blank=True, null=True)),
                ("counts", models.JSONField(default=dict)),
                ("checkpoint", models.JSONField(default=dict)),
                ("log", models.JSONField(default=list)),
                ("error", models.TextField(blank=True)),
                ("merchant_id", models.BigIntegerField(blank=True, null=True)),
                ("created_by_user_id", models.BigIntegerField(blank=True, null=True)),
                ("created_by_label", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["run_after"],
                        name="job_due",
                    ),
                    models.Index(fields=["merchant_id", "-id"], name="job_merchant"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
            ],
            options={
                "indexes": [models.Index(fields=["name", "id"], name="kernel_outb_name_32b6bf_idx")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subscriber", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("done", "Done"), ("parked", "Parked")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("last_error", models.TextField(blank=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="kernel.outboxevent",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["due_at"], name="delivery_due"
                    ),
                    models.Index(fields=["state"], name="delivery_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "subscriber"), name="delivery_once_per_subscriber"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("owner", models.CharField(max_length=60)),
                ("year", models.PositiveSmallIntegerField()),
                ("last_number", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "owner", "year"), name="number_series_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="IssuedNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField()),
                ("document", models.CharField(max_length=80, unique=True)),
                ("issued_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="numbers",
                        to="kernel.numberseries",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("series", "number"), name="issued_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="issued_number_from_one"
                    ),
                ],
            },
        ),
    ]
