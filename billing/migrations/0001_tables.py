import django.db.models.deletion
import django.db.models.expressions
import django_fsm
from django.db import migrations, models

import backoffice.kernel.clock
import backoffice.kernel.schema
import billing.models.adjustments
import billing.models.bank
import billing.models.disputes
import billing.models.fees
import billing.models.payouts
import billing.models.periodic_fees
import billing.models.reversals
import billing.models.settlements


class Migration(migrations.Migration):
    initial = True
    # Databases made before these steps became one have it already.
    replaces = [
        ("billing", "0001_initial"),
        ("billing", "0005_disputes"),
        ("billing", "0006_period_closing"),
        ("billing", "0007_month_tiers_and_fees"),
        ("billing", "0008_bank_statements"),
        ("billing", "0010_statement_numbers"),
        ("billing", "0012_holds_of_incidents"),
        ("billing", "0013_reversals"),
        ("billing", "0014_no_merchant_groups"),
        ("billing", "0016_two_phase_holds"),
        ("billing", "0017_refunded_as_paid"),
        ("billing", "0018_reserves_used"),
        ("billing", "0020_hold_refs"),
        ("billing", "0021_take_back_bank_lines"),
        ("billing", "0022_void_bank_files"),
    ]

    dependencies = [
        ("mas", "0001_tables"),
    ]

    operations = [
        backoffice.kernel.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="JournalSeal",
                    fields=[
                        ("entry_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("n_lines", models.PositiveIntegerField()),
                        ("seq", models.BigIntegerField(null=True, unique=True)),
                        ("chain_previous", models.CharField(blank=True, default="", max_length=64)),
                        ("chain_hash", models.CharField(blank=True, default="", max_length=64)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("seq__isnull", True)),
                                fields=["entry_id"],
                                name="seal_not_chained",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LegalEntity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=40, unique=True)),
                        ("name", models.CharField(max_length=70, verbose_name="name")),
                        ("website_id", models.BigIntegerField(blank=True, null=True, unique=True)),
                        ("country", models.CharField(max_length=2, verbose_name="country")),
                        ("currency", models.CharField(max_length=3, verbose_name="currency")),
                        ("time_zone", models.CharField(max_length=40, verbose_name="time zone")),
                        (
                            "vat_number",
                            models.CharField(blank=True, max_length=20, verbose_name="VAT number"),
                        ),
                        (
                            "iban",
                            models.CharField(
                                blank=True, max_length=34, verbose_name="IBAN payouts are sent from"
                            ),
                        ),
                        ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                        (
                            "minimum_payout_minor",
                            models.BigIntegerField(default=100, verbose_name="smallest payout"),
                        ),
                        (
                            "second_approver_above_minor",
                            models.BigIntegerField(blank=True, null=True, verbose_name="two approvers above"),
                        ),
                        (
                            "suspense_limit_minor",
                            models.BigIntegerField(
                                default=0, verbose_name="suspense accepted at the end of a month"
                            ),
                        ),
                        ("us_bank_name", models.CharField(blank=True, max_length=23, verbose_name="US bank")),
                        (
                            "us_company_id",
                            models.CharField(blank=True, max_length=10, verbose_name="ACH company id"),
                        ),
                        (
                            "us_routing_number",
                            models.CharField(blank=True, max_length=9, verbose_name="US routing number"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                choices=[
                                    ("1010", "Bank"),
                                    ("1100", "Payment provider receivable"),
                                    ("1150", "Chargebacks in dispute"),
                                    ("1200", "Inventory, first party"),
                                    ("2100", "Merchant payable: pending"),
                                    ("2110", "Merchant payable: available"),
                                    ("2120", "Merchant reserve"),
                                    ("2130", "Merchant dispute hold"),
                                    ("2200", "Payouts in transit"),
                                    ("2300", "Refund clearing (owed to buyers)"),
                                    ("2310", "Buyer funds: unallocated prepayment"),
                                    ("2400", "VAT payable on own fees"),
                                    ("2410", "Sales tax payable as facilitator"),
                                    ("2420", "VAT payable as deemed supplier"),
                                    ("2430", "Tax withheld for merchants"),
                                    ("2500", "Buyer store credit and gift cards"),
                                    ("2900", "Suspense: unmatched bank lines"),
                                    ("3900", "Currency trading"),
                                    ("4000", "Commission revenue"),
                                    ("4010", "Buyer service fee revenue"),
                                    ("4020", "Shipping revenue (operator-run)"),
                                    ("4030", "Merchant subscription and other fees"),
                                    ("5000", "Payment provider fees"),
                                    ("5010", "Dispute fees"),
                                    ("5020", "Bank charges"),
                                    ("5100", "Discounts funded"),
                                    ("5110", "Goodwill"),
                                    ("5120", "Bad debt"),
                                    ("5200", "Cost of goods sold"),
                                    ("5900", "Currency gain and loss"),
                                    ("5910", "Rounding differences"),
                                ],
                                max_length=4,
                            ),
                        ),
                        ("owner_type", models.CharField(blank=True, default="", max_length=40)),
                        ("owner_id", models.BigIntegerField(default=0)),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="billing.legalentity",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["owner_type", "owner_id", "code"], name="account_owner")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("entity", "code", "owner_type", "owner_id", "currency"),
                                name="account_natural_key",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutBatch",
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
                                default=billing.models.payouts.new_batch_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("pain.001.001.09", "SEPA credit transfer (pain.001.001.09)"),
                                    ("nacha", "ACH credits (NACHA)"),
                                    ("csv", "CSV"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("execution_on", models.DateField()),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("created_by_user_id", models.BigIntegerField(null=True)),
                        ("created_by_label", models.CharField(blank=True, max_length=200)),
                        ("n_payouts", models.PositiveIntegerField()),
                        ("total_minor", models.BigIntegerField()),
                        ("file_sha256", models.CharField(max_length=64)),
                        ("content", models.TextField()),
                        ("downloaded_at", models.DateTimeField(null=True)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                        ("kept_back", models.JSONField(null=True)),
                        (
                            "replaces",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="billing.payoutbatch",
                            ),
                        ),
                        ("void_asked_at", models.DateTimeField(null=True)),
                        ("void_asked_by_label", models.CharField(blank=True, max_length=200)),
                        ("void_asked_by_user_id", models.BigIntegerField(null=True)),
                        ("void_contents", models.JSONField(null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=300)),
                        ("voided_at", models.DateTimeField(null=True)),
                        ("voided_by_label", models.CharField(blank=True, max_length=200)),
                        ("voided_by_user_id", models.BigIntegerField(null=True)),
                        ("withdrawn", models.JSONField(default=list)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_by_user_id__isnull", True),
                                    ("void_asked_by_user_id__isnull", True),
                                    models.Q(
                                        ("voided_by_user_id", models.F("void_asked_by_user_id")),
                                        _negated=True,
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_void_four_eyes",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutTerms",
                    fields=[
                        (
                            "merchant",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "cycle",
                            models.CharField(
                                choices=[
                                    ("daily", "Every day"),
                                    ("weekly", "Every Monday"),
                                    ("fortnightly", "Every second Monday"),
                                    ("half_monthly", "On the 1st and the 16th"),
                                    ("monthly", "On the 1st"),
                                    ("on_demand", "Only when asked for"),
                                ],
                                default="weekly",
                                max_length=12,
                                verbose_name="cycle",
                            ),
                        ),
                        (
                            "reserve_bps",
                            models.PositiveIntegerField(default=0, verbose_name="rolling reserve"),
                        ),
                        (
                            "reserve_days",
                            models.PositiveSmallIntegerField(default=90, verbose_name="kept for days"),
                        ),
                        (
                            "fixed_reserve_minor",
                            models.BigIntegerField(default=0, verbose_name="fixed reserve"),
                        ),
                        (
                            "minimum_payout_minor",
                            models.BigIntegerField(blank=True, null=True, verbose_name="smallest payout"),
                        ),
                        (
                            "minimum_balance_minor",
                            models.BigIntegerField(default=0, verbose_name="balance always kept"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reserve_bps__lte", 10000),
                                    ("fixed_reserve_minor__gte", 0),
                                    ("minimum_balance_minor__gte", 0),
                                ),
                                name="payout_terms_sane",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Period",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        (
                            "ends_on",
                            models.DateField(help_text="The first day that is no longer part of the period."),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("soft_closed", "Closed for automatic entries"),
                                    ("hard_closed", "Closed"),
                                ],
                                default="open",
                                max_length=12,
                            ),
                        ),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("closed_by_user_id", models.BigIntegerField(null=True)),
                        ("reopen_asked_by_user_id", models.BigIntegerField(null=True)),
                        ("reopen_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="periods",
                                to="billing.legalentity",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("entity", "starts_on"), name="period_once"),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                                name="period_forward",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Settlement",
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
                                default=billing.models.settlements.new_settlement_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("open", "Open"),
                                    ("cut_off", "Cut off"),
                                    ("calculated", "Calculated"),
                                    ("in_review", "In review"),
                                    ("rejected", "Rejected"),
                                    ("approved", "Approved"),
                                    ("on_hold", "On hold"),
                                    ("payable", "Payable"),
                                    ("paid", "Paid"),
                                    ("rolled_over", "Carried forward"),
                                ],
                                default="open",
                                max_length=50,
                                protected=True,
                            ),
                        ),
                        ("from_at", models.DateTimeField()),
                        ("to_at", models.DateTimeField()),
                        ("time_zone", models.CharField(max_length=40)),
                        ("min_seq", models.BigIntegerField(default=0)),
                        ("max_seq", models.BigIntegerField(default=0)),
                        ("opening_minor", models.BigIntegerField(default=0)),
                        ("totals", models.JSONField(default=dict)),
                        ("n_lines", models.PositiveIntegerField(default=0)),
                        ("lines_sha256", models.CharField(blank=True, max_length=64)),
                        ("closing_minor", models.BigIntegerField(default=0)),
                        ("kept_minor", models.BigIntegerField(default=0)),
                        ("payable_minor", models.BigIntegerField(default=0)),
                        ("statement_sha256", models.CharField(blank=True, max_length=64)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("prepared_by_user_id", models.BigIntegerField(null=True)),
                        ("prepared_by_label", models.CharField(blank=True, max_length=200)),
                        ("approved_by_user_id", models.BigIntegerField(null=True)),
                        ("approved_by_label", models.CharField(blank=True, max_length=200)),
                        ("approved_at", models.DateTimeField(null=True)),
                        ("paid_at", models.DateTimeField(null=True)),
                        ("rejected_reason", models.CharField(blank=True, max_length=500)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="settlements",
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "number",
                            models.CharField(editable=False, max_length=60, null=True, verbose_name="number"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "-created_at"], name="settlement_state"),
                            models.Index(
                                fields=["merchant", "currency", "-to_at"], name="settlement_merchant"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("entity", "merchant", "currency", "from_at"),
                                name="settlement_cycle_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("to_at__gt", models.F("from_at"))),
                                name="settlement_forward",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("payable_minor__gte", 0)),
                                name="settlement_payable_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by_user_id__isnull", True),
                                    ("prepared_by_user_id__isnull", True),
                                    models.Q(
                                        ("approved_by_user_id", models.F("prepared_by_user_id")),
                                        _negated=True,
                                    ),
                                    _connector="OR",
                                ),
                                name="settlement_four_eyes",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("number__isnull", False)),
                                fields=("number",),
                                name="settlement_number_once",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="Finding",
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
                                    ("first_payout", "First payout to this merchant"),
                                    ("new_iban", "Bank account changed in the last 7 days"),
                                    ("unusual_amount", "More than three times the usual amount"),
                                    ("refund_jump", "Refunds are much higher than before"),
                                    ("negative_history", "The balance was negative before"),
                                    ("open_dispute", "A dispute is open"),
                                    ("held", "Payouts to this merchant are held"),
                                    ("amount_held", "Part of the balance is held back"),
                                    ("statement_differs", "The statement differs from the ledger"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("is_blocking", models.BooleanField(default=False)),
                        ("params", models.JSONField(default=dict)),
                        (
                            "settlement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="findings",
                                to="billing.settlement",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("settlement", "kind"), name="finding_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payout",
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
                                default=billing.models.payouts.new_payout_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("attempt", models.PositiveSmallIntegerField(default=1)),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("created", "Created"),
                                    ("claimed", "Claimed"),
                                    ("exported", "In a bank file"),
                                    ("accepted", "Accepted by the bank"),
                                    ("executed", "Executed"),
                                    ("reconciled", "Reconciled"),
                                    ("unknown", "Unknown"),
                                    ("rejected", "Rejected by the bank"),
                                    ("returned", "Came back"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="created",
                                max_length=50,
                                protected=True,
                            ),
                        ),
                        ("statement_sha256", models.CharField(max_length=64)),
                        ("account_holder", models.CharField(blank=True, max_length=140)),
                        ("iban", models.CharField(blank=True, max_length=34)),
                        ("bic", models.CharField(blank=True, max_length=11)),
                        ("account_number", models.CharField(blank=True, max_length=60)),
                        ("routing_code", models.CharField(blank=True, max_length=60)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("claimed_at", models.DateTimeField(null=True)),
                        ("claimed_by_user_id", models.BigIntegerField(null=True)),
                        ("executed_at", models.DateTimeField(null=True)),
                        ("bank_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="billing.payoutbatch",
                            ),
                        ),
                        (
                            "settlement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="billing.settlement",
                            ),
                        ),
                        ("times_reopened", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "-created_at"], name="payout_state"),
                            models.Index(fields=["merchant", "-created_at"], name="payout_merchant"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="payout_positive"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state__in", ["cancelled", "rejected", "returned"]), _negated=True
                                ),
                                fields=("settlement",),
                                name="payout_one_live_per_settlement",
                            ),
                            models.UniqueConstraint(
                                fields=("settlement", "attempt"), name="payout_attempt_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["created", "cancelled"]),
                                    ("claimed_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="payout_claimed_before_export",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "state__in",
                                            ["exported", "accepted", "executed", "reconciled", "unknown"],
                                        ),
                                        _negated=True,
                                    ),
                                    ("batch__isnull", False),
                                    _connector="OR",
                                ),
                                name="payout_exported_in_a_batch",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="SettlementApproval",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("user_id", models.BigIntegerField()),
                        ("label", models.CharField(max_length=200)),
                        ("statement_sha256", models.CharField(max_length=64)),
                        ("at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "settlement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approvals",
                                to="billing.settlement",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("settlement", "user_id", "statement_sha256"),
                                name="settlement_approval_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Balance",
                    fields=[
                        (
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="balance",
                                serialize=False,
                                to="billing.account",
                            ),
                        ),
                        ("posted_minor", models.BigIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="Adjustment",
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
                                default=billing.models.adjustments.new_adjustment_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("goodwill", "Goodwill to the merchant"),
                                    ("merchant_fee", "One-off fee for a service, with tax"),
                                    ("penalty", "Penalty, without tax"),
                                    ("write_off", "Write-off of a debt"),
                                ],
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("currency", models.CharField(max_length=3, verbose_name="currency")),
                        ("amount_minor", models.BigIntegerField()),
                        ("tax_minor", models.BigIntegerField(default=0)),
                        ("reason", models.CharField(max_length=300, verbose_name="reason")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "Proposed"),
                                    ("approved", "Approved"),
                                    ("refused", "Refused"),
                                    ("reversed", "Taken back"),
                                ],
                                default="proposed",
                                max_length=10,
                            ),
                        ),
                        ("proposed_by_user_id", models.BigIntegerField(null=True)),
                        ("proposed_by_label", models.CharField(max_length=200)),
                        ("decided_by_user_id", models.BigIntegerField(null=True)),
                        ("decided_by_label", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="adjustment_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "approved"), _negated=True),
                                    ("proposed_by_user_id__isnull", True),
                                    models.Q(
                                        ("decided_by_user_id", models.F("proposed_by_user_id")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="adjustment_four_eyes",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BalanceSnapshot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("seq", models.BigIntegerField()),
                        ("as_of", models.DateTimeField()),
                        ("posted_minor", models.BigIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="snapshots",
                                to="billing.account",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["account", "-as_of"], name="balance_snapshot_as_of")
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "seq"), name="balance_snapshot_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Earning",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("merchant_order_id", models.BigIntegerField(unique=True)),
                        ("merchant_order_ref", models.CharField(max_length=40, unique=True)),
                        ("order_ref", models.CharField(max_length=40)),
                        ("currency", models.CharField(max_length=3)),
                        ("goods_minor", models.BigIntegerField(default=0)),
                        ("shipping_minor", models.BigIntegerField(default=0)),
                        ("captured_minor", models.BigIntegerField(default=0)),
                        ("refunded_minor", models.BigIntegerField(default=0)),
                        ("hold_days", models.PositiveSmallIntegerField()),
                        ("psp", models.CharField(blank=True, max_length=40)),
                        ("placed_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(null=True)),
                        ("received_at", models.DateTimeField(null=True)),
                        ("matures_at", models.DateTimeField(null=True)),
                        ("matured_at", models.DateTimeField(null=True)),
                        ("matured_times", models.PositiveSmallIntegerField(default=0)),
                        ("has_pending", models.BooleanField(default=False)),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("has_pending", True)),
                                fields=["matures_at"],
                                name="earning_to_mature",
                            ),
                            models.Index(fields=["merchant", "matures_at"], name="earning_merchant"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("refunded_minor__gte", 0),
                                    ("refunded_minor__lte", models.F("captured_minor")),
                                ),
                                name="earning_refund_within_capture",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReserveItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("release_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("released_at", models.DateTimeField(null=True)),
                        ("released_minor", models.BigIntegerField(default=0)),
                        (
                            "earning",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reserves",
                                to="billing.earning",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        ("used_minor", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("released_at__isnull", True)),
                                fields=["release_at"],
                                name="reserve_item_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_minor__gt", 0),
                                    ("released_minor__gte", 0),
                                    ("used_minor__gte", 0),
                                    (
                                        "amount_minor__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("released_minor"), "+", models.F("used_minor")
                                        ),
                                    ),
                                ),
                                name="reserve_item_within_amount",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeeRule",
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
                                default=billing.models.fees.new_rule_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("approved", "Approved, starts later"),
                                    ("active", "Active"),
                                    ("retired", "Retired"),
                                ],
                                default="draft",
                                max_length=50,
                                protected=True,
                            ),
                        ),
                        (
                            "fee_kind",
                            models.CharField(
                                choices=[
                                    ("commission", "Commission on goods"),
                                    ("shipping_commission", "Commission on shipping"),
                                    ("payment", "Payment fee"),
                                    ("listing", "Listing fee"),
                                    ("subscription", "Subscription"),
                                ],
                                default="commission",
                                max_length=20,
                                verbose_name="fee",
                            ),
                        ),
                        (
                            "priority",
                            models.PositiveSmallIntegerField(
                                choices=[(0, "Default"), (1, "Standard"), (2, "Promotion"), (3, "Contract")],
                                default=1,
                                verbose_name="priority",
                            ),
                        ),
                        ("website_id", models.BigIntegerField(blank=True, null=True)),
                        (
                            "country",
                            models.CharField(blank=True, max_length=2, verbose_name="country of delivery"),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                        ("category_id", models.BigIntegerField(blank=True, null=True)),
                        ("category_depth", models.PositiveSmallIntegerField(default=0)),
                        ("category_label", models.CharField(blank=True, max_length=200)),
                        ("brand", models.CharField(blank=True, max_length=120, verbose_name="brand")),
                        ("card_id", models.BigIntegerField(blank=True, null=True)),
                        ("rate_bps", models.PositiveIntegerField(default=0, verbose_name="percent")),
                        ("amounts", models.JSONField(blank=True, default=dict)),
                        ("tiers", models.JSONField(blank=True, default=list)),
                        (
                            "tier_mode",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "One rate"),
                                    ("graduated", "Each part at its own rate"),
                                    ("volume", "The whole at the rate it reaches"),
                                ],
                                default="",
                                max_length=10,
                                verbose_name="tiers",
                            ),
                        ),
                        (
                            "base",
                            models.CharField(
                                choices=[("gross", "Price with tax"), ("net", "Price without tax")],
                                default="gross",
                                max_length=5,
                                verbose_name="taken of",
                            ),
                        ),
                        (
                            "capped_at_proceeds",
                            models.BooleanField(
                                default=True, verbose_name="never above what the line brings"
                            ),
                        ),
                        (
                            "includes_tax",
                            models.BooleanField(
                                default=False, verbose_name="the stated fee contains the tax on it"
                            ),
                        ),
                        (
                            "refund_policy",
                            models.CharField(
                                choices=[
                                    ("return", "Return the whole fee"),
                                    ("return_percent", "Return the percentage, keep fixed amounts"),
                                    ("keep", "Keep the fee"),
                                ],
                                default="return_percent",
                                max_length=15,
                                verbose_name="on a refund",
                            ),
                        ),
                        (
                            "valid_from",
                            models.DateTimeField(
                                default=backoffice.kernel.clock.now, verbose_name="valid from"
                            ),
                        ),
                        ("valid_to", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("created_by_user_id", models.BigIntegerField(null=True)),
                        ("created_by_label", models.CharField(blank=True, max_length=200)),
                        ("approved_at", models.DateTimeField(null=True)),
                        ("approved_by_user_id", models.BigIntegerField(null=True)),
                        ("approved_by_label", models.CharField(blank=True, max_length=200)),
                        (
                            "merchant",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="newer",
                                to="billing.feerule",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "tier_measure",
                            models.CharField(
                                choices=[
                                    ("line", "by each line alone"),
                                    ("month", "by what the merchant sold in the month so far"),
                                ],
                                default="line",
                                max_length=5,
                                verbose_name="tiers are climbed",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["fee_kind", "-priority", "name", "id"],
                        "indexes": [models.Index(fields=["state", "fee_kind"], name="fee_rule_state")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="fee_rule_forward",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by_user_id__isnull", True),
                                    ("created_by_user_id__isnull", True),
                                    models.Q(
                                        ("approved_by_user_id", models.F("created_by_user_id")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="fee_rule_four_eyes",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="FeeSnapshot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("merchant_order_id", models.BigIntegerField()),
                        ("order_line_id", models.BigIntegerField(default=0)),
                        ("line_ref", models.CharField(max_length=40)),
                        (
                            "fee_kind",
                            models.CharField(
                                choices=[
                                    ("commission", "Commission on goods"),
                                    ("shipping_commission", "Commission on shipping"),
                                    ("payment", "Payment fee"),
                                    ("listing", "Listing fee"),
                                    ("subscription", "Subscription"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("rule_version", models.PositiveIntegerField()),
                        (
                            "refund_policy",
                            models.CharField(
                                choices=[
                                    ("return", "Return the whole fee"),
                                    ("return_percent", "Return the percentage, keep fixed amounts"),
                                    ("keep", "Keep the fee"),
                                ],
                                max_length=15,
                            ),
                        ),
                        ("engine_version", models.CharField(max_length=10)),
                        ("currency", models.CharField(max_length=3)),
                        ("quantity", models.PositiveIntegerField(default=1)),
                        ("paid_minor", models.BigIntegerField()),
                        ("subsidy_minor", models.BigIntegerField(default=0)),
                        ("base_minor", models.BigIntegerField()),
                        ("raw", models.CharField(max_length=40)),
                        ("fee_minor", models.BigIntegerField()),
                        ("percent_minor", models.BigIntegerField()),
                        ("tax_category", models.CharField(max_length=2)),
                        ("tax_country", models.CharField(max_length=2)),
                        ("tax_rate_bps", models.PositiveIntegerField()),
                        ("tax_minor", models.BigIntegerField()),
                        ("flags", models.JSONField(default=list)),
                        ("steps", models.JSONField(default=list)),
                        ("explanation", models.TextField()),
                        ("frozen_at", models.DateTimeField()),
                        ("charged_base_minor", models.BigIntegerField(default=0)),
                        ("charged_fee_minor", models.BigIntegerField(default=0)),
                        ("charged_percent_minor", models.BigIntegerField(default=0)),
                        ("charged_tax_minor", models.BigIntegerField(default=0)),
                        ("refunded_minor", models.BigIntegerField(default=0)),
                        ("returned_fee_minor", models.BigIntegerField(default=0)),
                        ("returned_tax_minor", models.BigIntegerField(default=0)),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="snapshots",
                                to="billing.feerule",
                            ),
                        ),
                        ("month_before_minor", models.BigIntegerField(null=True)),
                        ("refunded_paid_minor", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["merchant", "-id"], name="fee_snapshot_merchant")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("merchant_order_id", "order_line_id", "fee_kind"),
                                name="fee_snapshot_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("returned_fee_minor__lte", models.F("charged_fee_minor")),
                                    ("returned_tax_minor__lte", models.F("charged_tax_minor")),
                                    ("returned_fee_minor__gte", 0),
                                    ("returned_tax_minor__gte", 0),
                                ),
                                name="fee_snapshot_returns_within_charge",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField(null=True)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("reason", models.CharField(max_length=300)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("created_by_label", models.CharField(max_length=200)),
                        ("released_at", models.DateTimeField(null=True)),
                        ("released_by_label", models.CharField(blank=True, max_length=200)),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "earning",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.earning",
                            ),
                        ),
                        (
                            "left_with",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.payout",
                            ),
                        ),
                        ("order_line_id", models.BigIntegerField(null=True)),
                        ("source_key", models.CharField(max_length=80, null=True)),
                        (
                            "charge",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="held_as",
                                to="billing.adjustment",
                            ),
                        ),
                        (
                            "ended_as",
                            models.CharField(
                                blank=True,
                                choices=[("lifted", "Lifted"), ("charged", "Charged"), ("lapsed", "Lapsed")],
                                max_length=8,
                            ),
                        ),
                        ("lapses_at", models.DateTimeField(null=True)),
                        (
                            "ref",
                            models.CharField(
                                default=billing.models.payouts.new_hold_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("released_at__isnull", True)),
                                fields=["merchant"],
                                name="hold_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("source_key__isnull", False)),
                                fields=("source_key",),
                                name="hold_source_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_as", ""), ("released_at__isnull", True)),
                                    models.Q(
                                        ("released_at__isnull", False),
                                        models.Q(("ended_as", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="hold_ends_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_as", "charged"), _negated=True),
                                    ("charge__isnull", False),
                                    _connector="OR",
                                ),
                                name="hold_charged_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="JournalEntry",
                    fields=[
                        (
                            "seal",
                            models.OneToOneField(
                                db_column="id",
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="entry",
                                serialize=False,
                                to="billing.journalseal",
                            ),
                        ),
                        ("event_type", models.CharField(max_length=40)),
                        ("source_type", models.CharField(max_length=40)),
                        ("source_id", models.CharField(max_length=80)),
                        ("idem_key", models.CharField(max_length=120)),
                        ("payload_sha256", models.CharField(max_length=64)),
                        ("occurred_at", models.DateTimeField()),
                        ("booked_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("is_adjustment", models.BooleanField(default=False)),
                        ("actor_label", models.CharField(max_length=200)),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("n_lines", models.PositiveIntegerField()),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "period",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="billing.period",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="billing.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["source_type", "source_id"], name="journal_entry_source"),
                            models.Index(fields=["booked_at"], name="journal_entry_booked"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("entity", "idem_key"), name="journal_entry_idem_key"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("n_lines__gte", 2)), name="journal_entry_two_lines"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Posting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("line_no", models.PositiveIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Other"),
                                    ("sale", "Sales"),
                                    ("shipping", "Shipping"),
                                    ("subsidy", "Discounts paid by the marketplace"),
                                    ("commission", "Commission"),
                                    ("fee_tax", "Tax on commission"),
                                    ("refund", "Refunds"),
                                    ("commission_return", "Commission returned"),
                                    ("fee_tax_return", "Tax on commission returned"),
                                    ("matured", "Released from pending"),
                                    ("reserve", "Kept as reserve"),
                                    ("reserve_release", "Reserve released"),
                                    ("dispute", "Disputes"),
                                    ("adjustment", "Adjustments"),
                                    ("fee", "Subscription and other fees"),
                                    ("payout", "Payouts"),
                                    ("payout_back", "Payouts that came back"),
                                    ("write_off", "Written off"),
                                ],
                                default="",
                                max_length=20,
                            ),
                        ),
                        ("merchant_order_id", models.BigIntegerField(null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="billing.account",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="billing.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("merchant_order_id__isnull", False)),
                                fields=["merchant_order_id", "account"],
                                name="posting_merchant_order",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("entry", "line_no"), name="posting_line_once"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor", 0), _negated=True),
                                name="posting_not_zero",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SettlementLine",
                    fields=[
                        (
                            "posting",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="settlement_line",
                                serialize=False,
                                to="billing.posting",
                            ),
                        ),
                        (
                            "settlement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="billing.settlement",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Dispute",
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
                                default=billing.models.disputes.new_dispute_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("psp", models.CharField(max_length=40)),
                        (
                            "case_number",
                            models.CharField(max_length=80, verbose_name="case number of the provider"),
                        ),
                        ("line_ref", models.CharField(blank=True, max_length=40, verbose_name="order line")),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("fraud", "The buyer did not order this"),
                                    ("not_received", "Not received"),
                                    ("not_as_described", "Not as described"),
                                    ("duplicate", "Charged twice"),
                                    ("credit_not_processed", "Refund not received"),
                                    ("other", "Another reason"),
                                ],
                                max_length=20,
                                verbose_name="reason",
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("fee_minor", models.BigIntegerField(default=0)),
                        ("held_reserve_minor", models.BigIntegerField(default=0)),
                        ("held_pending_minor", models.BigIntegerField(default=0)),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("open", "Open"),
                                    ("won", "Won"),
                                    ("lost", "Lost, the merchant pays"),
                                    ("absorbed", "Lost, the marketplace pays"),
                                ],
                                default="open",
                                max_length=50,
                                protected=True,
                            ),
                        ),
                        ("answer_by", models.DateField(blank=True, null=True, verbose_name="answer until")),
                        ("occurred_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("opened_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("opened_by_label", models.CharField(max_length=200)),
                        ("absorb_asked_by_user_id", models.BigIntegerField(null=True)),
                        ("absorb_asked_by_label", models.CharField(blank=True, max_length=200)),
                        ("absorb_reason", models.CharField(blank=True, max_length=300)),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("decided_by_user_id", models.BigIntegerField(null=True)),
                        ("decided_by_label", models.CharField(blank=True, max_length=200)),
                        (
                            "earning",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="disputes",
                                to="billing.earning",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "answer_by"], name="dispute_state"),
                            models.Index(fields=["merchant", "-id"], name="dispute_merchant"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("psp", "case_number"), name="dispute_case_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_minor__gt", 0),
                                    ("fee_minor__gte", 0),
                                    ("held_reserve_minor__gte", 0),
                                    ("held_pending_minor__gte", 0),
                                    (
                                        "amount_minor__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("held_reserve_minor"),
                                            "+",
                                            models.F("held_pending_minor"),
                                        ),
                                    ),
                                ),
                                name="dispute_amounts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "absorbed"), _negated=True),
                                    models.Q(
                                        ("absorb_asked_by_label__gt", ""),
                                        models.Q(
                                            ("absorb_asked_by_user_id__isnull", True),
                                            ("decided_by_user_id__isnull", True),
                                            models.Q(
                                                ("decided_by_user_id", models.F("absorb_asked_by_user_id")),
                                                _negated=True,
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="dispute_four_eyes",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="ClearingNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=4)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("text", models.CharField(max_length=300)),
                        ("noted_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("noted_by_label", models.CharField(max_length=200)),
                        (
                            "period",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.period",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("period", "code", "currency"), name="clearing_note_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PeriodClosing",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("closed_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("closed_by_label", models.CharField(max_length=200)),
                        ("figures", models.JSONField()),
                        ("figures_sha256", models.CharField(max_length=64)),
                        (
                            "period",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.period",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["period", "-closed_at"], name="period_closing_latest")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MonthVolume",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("starts_on", models.DateField()),
                        ("sold_minor", models.BigIntegerField(default=0)),
                        ("last_earning_id", models.BigIntegerField(default=0)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("entity", "merchant", "currency", "starts_on"),
                                name="month_volume_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PeriodicFee",
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
                                default=billing.models.periodic_fees.new_periodic_fee_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        (
                            "fee_kind",
                            models.CharField(
                                choices=[
                                    ("commission", "Commission on goods"),
                                    ("shipping_commission", "Commission on shipping"),
                                    ("payment", "Payment fee"),
                                    ("listing", "Listing fee"),
                                    ("subscription", "Subscription"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("month", models.DateField(help_text="The first day of the month it is for.")),
                        ("rule_version", models.PositiveIntegerField()),
                        ("engine_version", models.CharField(max_length=10)),
                        ("currency", models.CharField(max_length=3)),
                        ("quantity", models.PositiveIntegerField(default=1)),
                        ("raw", models.CharField(max_length=40)),
                        ("fee_minor", models.BigIntegerField()),
                        ("tax_category", models.CharField(max_length=2)),
                        ("tax_country", models.CharField(max_length=2)),
                        ("tax_rate_bps", models.PositiveIntegerField()),
                        ("tax_minor", models.BigIntegerField()),
                        ("flags", models.JSONField(default=list)),
                        ("steps", models.JSONField(default=list)),
                        ("charged_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="periodic_fees",
                                to="billing.feerule",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["merchant", "-month"], name="periodic_fee_merchant")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("entity", "merchant", "fee_kind", "month"), name="periodic_fee_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fee_minor__gte", 0), ("tax_minor__gte", 0)),
                                name="periodic_fee_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankFile",
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
                                default=billing.models.bank.new_bank_file_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("pain.002", "Payment status report (pain.002)"),
                                    ("camt.053", "Account statement (camt.053)"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("sha256", models.CharField(max_length=64, unique=True)),
                        ("packed", models.BinaryField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("uploaded", "To check"),
                                    ("imported", "Imported"),
                                    ("discarded", "Discarded"),
                                ],
                                default="uploaded",
                                max_length=12,
                            ),
                        ),
                        ("uploaded_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("uploaded_by_label", models.CharField(max_length=200)),
                        ("imported_at", models.DateTimeField(null=True)),
                        ("imported_by_label", models.CharField(blank=True, max_length=200)),
                        ("result", models.JSONField(default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name="BankStatement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("account", models.CharField(max_length=34)),
                        ("statement_id", models.CharField(max_length=70)),
                        ("currency", models.CharField(max_length=3)),
                        ("opening_minor", models.BigIntegerField()),
                        ("closing_minor", models.BigIntegerField()),
                        ("closing_on", models.DateField()),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="statements",
                                to="billing.bankfile",
                            ),
                        ),
                        (
                            "previous",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="next",
                                to="billing.bankstatement",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "statement_id"), name="bank_statement_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("previous__isnull", True)),
                                fields=("account", "currency"),
                                name="bank_statement_one_beginning",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankLine",
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
                                default=billing.models.bank.new_bank_line_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("account", models.CharField(max_length=34)),
                        ("entry_ref", models.CharField(max_length=80)),
                        ("value_on", models.DateField()),
                        ("booked_on", models.DateField()),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("end_to_end_id", models.CharField(blank=True, max_length=35)),
                        ("payment_info_id", models.CharField(blank=True, max_length=35)),
                        ("party_name", models.CharField(blank=True, max_length=140)),
                        ("party_account", models.CharField(blank=True, max_length=34)),
                        ("text", models.CharField(blank=True, max_length=500)),
                        ("return_reason", models.CharField(blank=True, max_length=200)),
                        ("is_return", models.BooleanField(default=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("matched", "Matched"),
                                    ("open", "Unmatched"),
                                    ("resolved", "Resolved by a person"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "match_rule",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("end_to_end", "By the end-to-end id"),
                                    ("amount_account", "By amount, account and date"),
                                    ("reference", "By the reference text"),
                                    ("batch", "As the sum of a bank file"),
                                    ("person", "By a person"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("resolved_at", models.DateTimeField(null=True)),
                        ("resolved_by_label", models.CharField(blank=True, max_length=200)),
                        (
                            "batch",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bank_lines",
                                to="billing.payoutbatch",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.legalentity",
                            ),
                        ),
                        (
                            "payout",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bank_lines",
                                to="billing.payout",
                            ),
                        ),
                        (
                            "statement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="billing.bankstatement",
                            ),
                        ),
                        ("times_undone", models.PositiveSmallIntegerField(default=0)),
                        ("undo_asked_at", models.DateTimeField(null=True)),
                        ("undo_asked_by_label", models.CharField(blank=True, max_length=200)),
                        ("undo_asked_by_user_id", models.BigIntegerField(null=True)),
                        ("undo_reason", models.CharField(blank=True, max_length=300)),
                        ("undone_by_user_id", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "booked_on"], name="bank_line_state"),
                            models.Index(fields=["-booked_on", "-id"], name="bank_line_newest"),
                            models.Index(
                                condition=models.Q(("undo_asked_at__isnull", False)),
                                fields=["undo_asked_at"],
                                name="bank_line_undo_asked",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "entry_ref", "value_on", "amount_minor"),
                                name="bank_line_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor", 0), _negated=True),
                                name="bank_line_not_zero",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("amount_minor__lt", 0), ("payout__isnull", False)),
                                fields=("payout",),
                                name="bank_line_payout_left_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("amount_minor__gt", 0), ("payout__isnull", False)),
                                fields=("payout",),
                                name="bank_line_payout_returned_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("undone_by_user_id__isnull", True),
                                    ("undo_asked_by_user_id__isnull", True),
                                    models.Q(
                                        ("undone_by_user_id", models.F("undo_asked_by_user_id")),
                                        _negated=True,
                                    ),
                                    _connector="OR",
                                ),
                                name="bank_line_undo_four_eyes",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReversalRequest",
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
                                default=billing.models.reversals.new_reversal_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("reason", models.CharField(max_length=300, verbose_name="reason")),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("asked", "Asked"),
                                    ("confirmed", "Reversed"),
                                    ("refused", "Refused"),
                                ],
                                default="asked",
                                max_length=50,
                                protected=True,
                            ),
                        ),
                        ("asked_by_user_id", models.BigIntegerField(null=True)),
                        ("asked_by_label", models.CharField(max_length=200)),
                        ("asked_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("decided_by_user_id", models.BigIntegerField(null=True)),
                        ("decided_by_label", models.CharField(blank=True, max_length=200)),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversal_requests",
                                to="billing.journalentry",
                            ),
                        ),
                        (
                            "reversal",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "-asked_at"], name="reversal_state")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["asked", "confirmed"])),
                                fields=("entry",),
                                name="reversal_asked_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "confirmed"), _negated=True),
                                    models.Q(
                                        ("reversal__isnull", False),
                                        models.Q(
                                            ("asked_by_user_id__isnull", True),
                                            ("decided_by_user_id__isnull", True),
                                            models.Q(
                                                ("decided_by_user_id", models.F("asked_by_user_id")),
                                                _negated=True,
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="reversal_four_eyes",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
            ],
        ),
    ]
