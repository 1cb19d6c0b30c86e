import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import backoffice.kernel.clock
import mas.models.bank_accounts
import mas.models.checklists
import mas.models.counterparties
import mas.models.documents
import mas.models.invitations
import mas.models.merchants
import mas.models.terms


class Migration(migrations.Migration):
    initial = True
    # Databases made before these steps became one have it already.
    replaces = [
        ("mas", "0001_initial"),
        ("mas", "0002_acceptance_mixed"),
    ]

    dependencies = [
        ("mms", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("help_text", models.TextField(blank=True, verbose_name="explanation for the merchant")),
                ("has_expiry", models.BooleanField(default=False, verbose_name="has an expiry date")),
                (
                    "file_types",
                    models.JSONField(
                        default=mas.models.documents.default_file_types, verbose_name="allowed file types"
                    ),
                ),
                (
                    "max_megabytes",
                    models.PositiveSmallIntegerField(default=20, verbose_name="largest file (MB)"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "document type",
                "verbose_name_plural": "document types",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ChecklistRule",
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
                        default=mas.models.checklists.new_rule_ref, editable=False, max_length=24, unique=True
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("profile", "Company profile"),
                            ("address", "Address"),
                            ("tax_number", "Tax number"),
                            ("bank_account", "Bank account"),
                            ("document", "Document"),
                            ("attestation", "Attestation"),
                            ("terms", "Terms"),
                            ("minimum_products", "Minimum products"),
                            ("operator_check", "Check by the operator"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("help_text", models.TextField(blank=True, verbose_name="explanation for the merchant")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ("is_required", models.BooleanField(default=True, verbose_name="required")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("statement", models.TextField(blank=True, verbose_name="statement to confirm")),
                (
                    "minimum_products",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="products needed"),
                ),
                (
                    "document_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="mas.documenttype",
                    ),
                ),
            ],
            options={
                "verbose_name": "checklist item",
                "verbose_name_plural": "checklist items",
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document_type__isnull", False), ("kind", "document")),
                            models.Q(
                                models.Q(("kind", "document"), _negated=True), ("document_type__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="checklist_document_has_a_type",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Merchant",
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
                        default=mas.models.merchants.new_merchant_ref,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="shop name")),
                (
                    "slug",
                    models.SlugField(max_length=140, unique=True, verbose_name="address of the shop page"),
                ),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("invited", "Invited"),
                            ("registering", "Registering"),
                            ("in_review", "In review"),
                            ("approved", "Approved"),
                            ("suspended", "Suspended"),
                            ("closed", "Closed"),
                            ("rejected", "Rejected"),
                        ],
                        default="invited",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("status_reason", models.TextField(blank=True)),
                ("status_changed_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                (
                    "suspension_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("manual", "Manual"),
                            ("waiting_approval", "Waiting for approval"),
                            ("automatic", "Automatic"),
                            ("incomplete_profile", "Incomplete profile"),
                        ],
                        max_length=20,
                    ),
                ),
                ("suspension_cause", models.CharField(blank=True, max_length=40)),
                (
                    "kyc_status",
                    django_fsm.FSMField(
                        choices=[
                            ("to_submit", "To submit"),
                            ("to_approve", "To approve"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("not_required", "Not required"),
                        ],
                        default="to_submit",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("kyc_reason", models.TextField(blank=True)),
                ("email", models.EmailField(max_length=254, verbose_name="contact e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("website_url", models.URLField(blank=True, verbose_name="website")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("language", models.CharField(default="en", max_length=10, verbose_name="language")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("logo_asset_uuid", models.UUIDField(blank=True, null=True)),
                ("holiday_from", models.DateField(blank=True, null=True, verbose_name="holiday from")),
                ("holiday_to", models.DateField(blank=True, null=True, verbose_name="holiday to")),
                (
                    "acceptance_mode",
                    models.CharField(
                        choices=[
                            ("manual", "The merchant accepts each order"),
                            ("automatic", "Orders are accepted at once"),
                            ("mixed", "Orders that meet the merchant's rules are accepted at once"),
                        ],
                        default="manual",
                        max_length=12,
                        verbose_name="order acceptance",
                    ),
                ),
                ("hold_days", models.PositiveSmallIntegerField(default=14, verbose_name="hold days")),
                ("is_premium", models.BooleanField(default=False, verbose_name="premium merchant")),
                ("is_trusted", models.BooleanField(default=False, verbose_name="trusted merchant")),
                (
                    "external_id",
                    models.CharField(blank=True, max_length=60, verbose_name="number in your own systems"),
                ),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "merchant",
                "verbose_name_plural": "merchants",
                "ordering": ["name", "id"],
                "indexes": [models.Index(fields=["status", "name"], name="merchant_status")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "invited",
                                    "registering",
                                    "in_review",
                                    "approved",
                                    "suspended",
                                    "closed",
                                    "rejected",
                                ],
                            )
                        ),
                        name="merchant_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kyc_status__in",
                                ["to_submit", "to_approve", "approved", "refused", "not_required"],
                            )
                        ),
                        name="merchant_kyc_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("holiday_to__isnull", True),
                            models.Q(
                                ("holiday_from__isnull", False), ("holiday_to__gte", models.F("holiday_from"))
                            ),
                            _connector="OR",
                        ),
                        name="merchant_holiday_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "suspended"), _negated=True),
                            models.Q(("suspension_type", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="merchant_suspension_has_a_type",
                    ),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Counterparty",
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
                        default=mas.models.counterparties.new_counterparty_ref,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("legal_name", models.CharField(max_length=200, verbose_name="legal name")),
                ("legal_form", models.CharField(blank=True, max_length=60, verbose_name="legal form")),
                (
                    "registration_number",
                    models.CharField(blank=True, max_length=60, verbose_name="registration number"),
                ),
                (
                    "register_name",
                    models.CharField(blank=True, max_length=120, verbose_name="register or court"),
                ),
                ("country", models.CharField(max_length=2, verbose_name="country of the company")),
                (
                    "representative_name",
                    models.CharField(blank=True, max_length=150, verbose_name="legal representative"),
                ),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("changed_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                (
                    "merchant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counterparty",
                        to="mas.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "counterparty",
                "verbose_name_plural": "counterparties",
            },
        ),
        migrations.CreateModel(
            name="FiscalRepresentative",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name of the representative")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("tax_number", models.CharField(max_length=40, verbose_name="tax number")),
                ("address", models.TextField(verbose_name="address")),
                (
                    "counterparty",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fiscal_representative",
                        to="mas.counterparty",
                    ),
                ),
            ],
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
                        default=mas.models.invitations.new_invitation_ref,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("person_name", models.CharField(blank=True, max_length=150)),
                ("message", models.TextField(blank=True)),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("sent", "Sent"),
                            ("accepted", "Accepted"),
                            ("expired", "Expired"),
                            ("revoked", "Revoked"),
                        ],
                        default="sent",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("sent_count", models.PositiveSmallIntegerField(default=1)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("invited_by_label", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="mas.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["-id"],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("open", "Open"), ("done", "Done"), ("waived", "Waived")],
                        default="open",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("confirmed_statement", models.TextField(blank=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("done_by_label", models.CharField(blank=True, max_length=200)),
                ("waived_by_label", models.CharField(blank=True, max_length=200)),
                ("waive_reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="mas.checklistrule",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checklist_items",
                        to="mas.merchant",
                    ),
                ),
            ],
            options={
                "ordering": ["rule__position", "rule_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "rule"), name="checklist_item_once_per_rule"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waived"), _negated=True),
                            models.Q(
                                models.Q(("waive_reason", ""), _negated=True),
                                models.Q(("waived_by_label", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="checklist_waiver_has_who_and_why",
                    ),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="BankAccount",
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
                        default=mas.models.bank_accounts.new_bank_account_ref,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("unverified", "Not verified"),
                            ("verified", "Verified"),
                            ("replaced", "Replaced"),
                        ],
                        default="unverified",
                        max_length=50,
                        protected=True,
                    ),
                ),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("iban", "IBAN"),
                            ("us_aba", "US routing number and account"),
                            ("gb_sort_code", "UK sort code and account"),
                        ],
                        default="iban",
                        max_length=12,
                    ),
                ),
                ("holder", models.CharField(max_length=140, verbose_name="account holder")),
                ("account_number", models.CharField(max_length=34, verbose_name="account number")),
                (
                    "routing_code",
                    models.CharField(blank=True, max_length=12, verbose_name="routing number or sort code"),
                ),
                ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                ("bank_name", models.CharField(blank=True, max_length=140, verbose_name="bank")),
                ("country", models.CharField(max_length=2)),
                ("changed_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("changed_by_label", models.CharField(max_length=200)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("verified_by_label", models.CharField(blank=True, max_length=200)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_accounts",
                        to="mas.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank account",
                "verbose_name_plural": "bank accounts",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "replaced"), _negated=True),
                        fields=("merchant",),
                        name="bank_account_one_current_per_merchant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "unverified"), ("verified_at__isnull", True)),
                            models.Q(("state", "verified"), ("verified_at__isnull", False)),
                            ("state", "replaced"),
                            _connector="OR",
                        ),
                        name="bank_account_verified_has_a_time",
                    ),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Address",
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
                        default=mas.models.counterparties.new_address_ref,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("registered", "Registered office"),
                            ("billing", "Billing address"),
                            ("shipping", "Ships from"),
                            ("returns", "Returns go to"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                ("line1", models.CharField(max_length=150, verbose_name="street and number")),
                ("line2", models.CharField(blank=True, max_length=150, verbose_name="address supplement")),
                ("postal_code", models.CharField(blank=True, max_length=16, verbose_name="postal code")),
                ("city", models.CharField(max_length=100, verbose_name="city")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="state or region")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addresses",
                        to="mas.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
                "ordering": ["kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "kind"), name="address_once_per_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="MerchantDocument",
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
                        default=mas.models.documents.new_document_ref,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("asset_uuid", models.UUIDField()),
                ("filename", models.CharField(max_length=255)),
                ("bytes", models.PositiveBigIntegerField(default=0)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("pending", "Waiting for review"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                            ("expired", "Expired"),
                            ("replaced", "Replaced"),
                        ],
                        default="pending",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("uploaded_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("uploaded_by_label", models.CharField(max_length=200)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_by_label", models.CharField(blank=True, max_length=200)),
                ("warned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "document_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="mas.documenttype",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="mas.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["state", "expires_on"], name="document_state_expiry")],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="OnboardingPolicy",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("auto_approve", models.BooleanField(default=False, verbose_name="approve automatically")),
                (
                    "invitation_days",
                    models.PositiveSmallIntegerField(
                        default=14, verbose_name="invitations are valid for (days)"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="onboarding_policy_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="ShopText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("tagline", models.CharField(blank=True, max_length=160, verbose_name="one line about you")),
                ("description", models.TextField(blank=True, verbose_name="about the shop")),
                ("shipping_policy", models.TextField(blank=True, verbose_name="delivery")),
                ("returns_policy", models.TextField(blank=True, verbose_name="returns")),
                ("legal_notice", models.TextField(blank=True, verbose_name="legal notice")),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shop_texts",
                        to="mas.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "shop text",
                "verbose_name_plural": "shop texts",
                "ordering": ["language"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "language"), name="shop_text_once_per_language"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                (
                    "kind",
                    models.CharField(
                        choices=[("vat", "VAT number"), ("national", "National tax number")],
                        default="vat",
                        max_length=10,
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="tax number")),
                ("is_format_checked", models.BooleanField(default=False)),
                (
                    "counterparty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tax_numbers",
                        to="mas.counterparty",
                    ),
                ),
            ],
            options={
                "ordering": ["country", "kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("counterparty", "country", "kind"),
                        name="tax_number_once_per_country_and_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TermsVersion",
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
                        default=mas.models.terms.new_terms_ref, editable=False, max_length=24, unique=True
                    ),
                ),
                ("number", models.PositiveIntegerField(blank=True, null=True, unique=True)),
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("bodies", models.JSONField(default=dict)),
                ("summary_of_changes", models.TextField(blank=True, verbose_name="what changed")),
                ("accept_by", models.DateField(blank=True, null=True, verbose_name="to be accepted by")),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("published_by_label", models.CharField(blank=True, max_length=200)),
                ("text_sha256", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
            ],
            options={
                "verbose_name": "terms version",
                "verbose_name_plural": "terms versions",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number__isnull", True), ("published_at__isnull", True)),
                            models.Q(
                                ("number__isnull", False),
                                ("published_at__isnull", False),
                                models.Q(("text_sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="terms_published_have_number_and_hash",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_label", models.CharField(max_length=200)),
                ("accepted_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("text_sha256", models.CharField(max_length=64)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms_acceptances",
                        to="mas.merchant",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="mas.termsversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "version"), name="terms_accepted_once_per_merchant"
                    )
                ],
            },
        ),
    ]
