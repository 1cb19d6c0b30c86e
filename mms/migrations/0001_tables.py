import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import backoffice.kernel.clock
import mms.models.access
import mms.models.mails
import mms.models.tasks
import mms.models.taxes
import mms.models.users


class Migration(migrations.Migration):
    initial = True
    # Databases made before these steps became one have it already.
    replaces = [
        ("mms", "0001_initial"),
        ("mms", "0002_task_titles_of_any_length"),
        ("mms", "0003_saved_views"),
        ("mms", "0004_merchant_tasks"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferenceVersion",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("token", models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "audience",
                    models.CharField(
                        choices=[("operator", "Operator staff"), ("merchant", "Merchant staff")],
                        max_length=10,
                        verbose_name="for",
                    ),
                ),
                ("grants", models.JSONField(default=list, verbose_name="rights")),
                ("shipped_grants", models.JSONField(default=list)),
                ("saved_views", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "role",
                "ordering": ["-audience", "id"],
            },
        ),
        migrations.CreateModel(
            name="ScopeNode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("global", "Global"),
                            ("website", "Website"),
                            ("store", "Store"),
                            ("view", "Store view"),
                        ],
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("global_node_id", models.BigIntegerField(null=True)),
                ("website_node_id", models.BigIntegerField(null=True)),
                ("store_node_id", models.BigIntegerField(null=True)),
                ("view_node_id", models.BigIntegerField(null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("ref", models.CharField(default=mms.models.users.new_user_ref, max_length=24, unique=True)),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("is_staff", models.BooleanField(default=False, verbose_name="may enter the console")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("date_joined", models.DateTimeField(default=backoffice.kernel.clock.now)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                ("saved_views", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="user_email_case_insensitive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                        default=mms.models.access.new_invitation_ref, max_length=24, unique=True
                    ),
                ),
                ("merchant_id", models.BigIntegerField(db_index=True)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("role_codes", models.JSONField(default=list)),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "team invitation",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(default=mms.models.mails.new_mail_ref, max_length=24, unique=True)),
                ("to", models.EmailField(max_length=254, verbose_name="to")),
                ("subject", models.CharField(max_length=250, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                ("language", models.CharField(blank=True, max_length=10)),
                ("template", models.CharField(max_length=80)),
                (
                    "about_ref",
                    models.CharField(blank=True, db_index=True, max_length=60, verbose_name="about"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("last_error", models.TextField(blank=True)),
                (
                    "created_at",
                    models.DateTimeField(default=backoffice.kernel.clock.now, verbose_name="written"),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
            ],
            options={
                "verbose_name": "mail",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due_at"], name="mail_due")
                ],
            },
        ),
        migrations.CreateModel(
            name="PreferenceValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("value", models.JSONField(null=True)),
                ("updated_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("updated_by_label", models.CharField(blank=True, max_length=200)),
                (
                    "scope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to="mms.scopenode",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "key"), name="preference_once_per_scope")
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(default=mms.models.tasks.new_task_ref, max_length=24, unique=True)),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                ("title", models.TextField(verbose_name="title")),
                ("url_name", models.CharField(max_length=100)),
                ("url_args", models.JSONField(default=list)),
                ("merchant_id", models.BigIntegerField(blank=True, db_index=True, null=True)),
                ("subject_ref", models.CharField(max_length=60, verbose_name="about")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                (
                    "created_at",
                    models.DateTimeField(default=backoffice.kernel.clock.now, verbose_name="opened"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("closed_by_label", models.CharField(blank=True, max_length=200)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                ("for_merchant", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "task",
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)), fields=["due_at"], name="task_open"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("kind", "subject_ref"),
                        name="task_open_once_per_subject",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(default=mms.models.taxes.new_tax_ref, max_length=24, unique=True)),
                (
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Use the two capital letters of ISO 3166, such as DE."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "tax_class",
                    models.CharField(
                        choices=[("standard", "Standard"), ("reduced", "Reduced"), ("zero", "Zero")],
                        max_length=10,
                        verbose_name="tax class",
                    ),
                ),
                ("rate_bps", models.PositiveIntegerField(verbose_name="rate in basis points")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
            ],
            options={
                "verbose_name": "tax rate",
                "ordering": ["country", "tax_class", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("country", "tax_class", "valid_from"),
                        name="tax_rate_once_per_day",
                        violation_error_message="A rate from this day on is already entered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate_bps__lte", 10000)), name="tax_rate_at_most_all"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Website",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("legal_name", models.CharField(blank=True, max_length=200, verbose_name="legal name")),
                (
                    "base_currency",
                    models.CharField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Use the three capital letters of ISO 4217, such as EUR."
                            )
                        ],
                        verbose_name="base currency",
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Use the two capital letters of ISO 3166, such as DE."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                ("prices_include_tax", models.BooleanField(default=True, verbose_name="prices include tax")),
                (
                    "scope",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="website",
                        to="mms.scopenode",
                    ),
                ),
            ],
            options={
                "verbose_name": "website",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Store",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("b2c", "Consumers"), ("b2b", "Businesses")],
                        default="b2c",
                        max_length=3,
                        verbose_name="sells to",
                    ),
                ),
                (
                    "root_category_ref",
                    models.CharField(blank=True, max_length=40, verbose_name="root category"),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Use the two capital letters of ISO 3166, such as DE."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "prices_include_tax",
                    models.BooleanField(blank=True, null=True, verbose_name="prices include tax"),
                ),
                (
                    "accent",
                    models.CharField(
                        default="#1f6feb",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-fA-F]{6}$", "Write the colour like #1f6feb."
                            )
                        ],
                        verbose_name="accent colour",
                    ),
                ),
                (
                    "accent_dark",
                    models.CharField(
                        default="#58a6ff",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-fA-F]{6}$", "Write the colour like #1f6feb."
                            )
                        ],
                        verbose_name="accent colour in dark mode",
                    ),
                ),
                (
                    "scope",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="store", to="mms.scopenode"
                    ),
                ),
                (
                    "website",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stores",
                        to="mms.website",
                        verbose_name="website",
                    ),
                ),
            ],
            options={
                "verbose_name": "store",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="StoreView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Use the three capital letters of ISO 4217, such as EUR."
                            )
                        ],
                        verbose_name="currency",
                    ),
                ),
                ("host", models.CharField(blank=True, max_length=200, verbose_name="host")),
                (
                    "path_prefix",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9-]*$", "Use small letters, digits and hyphens only."
                            )
                        ],
                        verbose_name="path prefix",
                    ),
                ),
                (
                    "accent",
                    models.CharField(
                        blank=True,
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-fA-F]{6}$", "Write the colour like #1f6feb."
                            )
                        ],
                        verbose_name="accent colour",
                    ),
                ),
                (
                    "accent_dark",
                    models.CharField(
                        blank=True,
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-fA-F]{6}$", "Write the colour like #1f6feb."
                            )
                        ],
                        verbose_name="accent colour in dark mode",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="open to buyers")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                (
                    "scope",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="view", to="mms.scopenode"
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="views",
                        to="mms.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "store view",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("host", "path_prefix"),
                        name="store_view_address_once",
                        violation_error_message="Another view already lives under this host and path prefix.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(default=mms.models.access.new_key_ref, max_length=24, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("operator", "Operator"),
                            ("merchant", "Merchant"),
                            ("storefront", "Storefront"),
                        ],
                        max_length=10,
                        verbose_name="for",
                    ),
                ),
                ("secret_sha256", models.CharField(max_length=64, unique=True)),
                ("hint", models.CharField(max_length=16)),
                ("grants", models.JSONField(default=list, verbose_name="rights")),
                ("merchant_id", models.BigIntegerField(blank=True, db_index=True, null=True)),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="mms.storeview",
                        verbose_name="store view",
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("audience", "merchant"), ("merchant_id__isnull", False)),
                            models.Q(
                                models.Q(("audience", "merchant"), _negated=True),
                                ("merchant_id__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="api_key_merchant_fits_audience",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("audience", "storefront"), ("view__isnull", False)),
                            models.Q(
                                models.Q(("audience", "storefront"), _negated=True), ("view__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="api_key_view_fits_audience",
                    ),
                ],
            },
        ),
    ]
