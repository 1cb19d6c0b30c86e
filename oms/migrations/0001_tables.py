import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django_fsm
from django.db import migrations, models

import backoffice.kernel.clock
import backoffice.kernel.refs
import backoffice.kernel.schema
import oms.models.counts
import oms.models.delivery
import oms.models.incidents
import oms.models.orders
import oms.models.payments
import oms.models.refunds
import oms.models.shipments
import oms.models.stock
import oms.models.stock_watch
import oms.models.tracking_files
import oms.models.transfers
import oms.models.vouchers


class Migration(migrations.Migration):
    initial = True
    # Databases made before these steps became one have it already.
    replaces = [
        ("oms", "0001_initial"),
        ("oms", "0003_pools_kits_slots"),
        ("oms", "0004_payment_terms"),
        ("oms", "0005_stock_work"),
        ("oms", "0006_merchant_order_way"),
        ("oms", "0008_tracking_files"),
        ("oms", "0009_delivery_terms"),
        ("oms", "0010_charges_by_parcel"),
        ("oms", "0011_incidents"),
        ("oms", "0012_order_email"),
        ("oms", "0013_vouchers"),
        ("oms", "0014_refund_tax"),
    ]

    dependencies = [
        ("mas", "0001_tables"),
        ("mms", "0001_tables"),
        ("pim", "0001_tables"),
    ]

    operations = [
        backoffice.kernel.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="Cart",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "token",
                            models.CharField(
                                default=backoffice.kernel.refs.new_token, max_length=64, unique=True
                            ),
                        ),
                        ("website_id", models.BigIntegerField()),
                        ("details", models.JSONField(default=dict)),
                        (
                            "checkout_key",
                            models.CharField(
                                default=backoffice.kernel.refs.new_token, max_length=64, unique=True
                            ),
                        ),
                        ("ordered_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "updated_at",
                            models.DateTimeField(db_index=True, default=backoffice.kernel.clock.now),
                        ),
                        ("voucher_ids", models.JSONField(blank=True, default=list)),
                    ],
                ),
                migrations.CreateModel(
                    name="TestCardOperation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=80, unique=True)),
                        ("kind", models.CharField(max_length=10)),
                        ("card", models.CharField(max_length=40)),
                        ("authorisation", models.CharField(blank=True, db_index=True, max_length=40)),
                        ("reference", models.CharField(max_length=40)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("approved", models.BooleanField()),
                        ("message", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("is_decided", models.BooleanField(default=True)),
                        ("notify_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("notify_times", models.PositiveSmallIntegerField(default=1)),
                        ("silent_until", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("notify_times__gt", 0)),
                                fields=["notify_at"],
                                name="test_card_to_notify",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeliveryZone",
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
                                default=oms.models.delivery.new_zone_ref, max_length=24, unique=True
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        ("countries", models.JSONField(default=list, verbose_name="countries")),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
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
                        ("postcodes", models.JSONField(blank=True, default=dict, verbose_name="postcodes")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("merchant", "name"), name="delivery_zone_name_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("merchant", None)),
                                fields=("name",),
                                name="delivery_zone_operator_name_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeliveryMethod",
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
                                default=oms.models.delivery.new_method_ref, max_length=24, unique=True
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("home", "To the address"), ("pickup", "Buyer collects")],
                                default="home",
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "min_days",
                            models.PositiveSmallIntegerField(default=1, verbose_name="days at least"),
                        ),
                        (
                            "max_days",
                            models.PositiveSmallIntegerField(default=3, verbose_name="days at most"),
                        ),
                        ("tax_class", models.CharField(default="standard", max_length=20)),
                        (
                            "rank",
                            models.PositiveSmallIntegerField(default=1, verbose_name="order of display"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="offered to buyers")),
                        (
                            "zone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="methods",
                                to="oms.deliveryzone",
                            ),
                        ),
                        ("free_from", models.JSONField(blank=True, default=dict, verbose_name="free from")),
                        (
                            "price_by",
                            models.CharField(
                                choices=[
                                    ("amount", "Value of the goods"),
                                    ("weight", "Weight in grams"),
                                    ("count", "Number of pieces"),
                                    ("class", "Delivery class of the goods"),
                                ],
                                default="amount",
                                max_length=10,
                                verbose_name="price depends on",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("zone", "name"), name="delivery_method_name_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("min_days__lte", models.F("max_days"))),
                                name="delivery_method_days_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Order",
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
                                default=oms.models.orders.new_order_ref, max_length=24, unique=True
                            ),
                        ),
                        (
                            "checkout_key",
                            models.CharField(
                                default=backoffice.kernel.refs.new_token, max_length=64, unique=True
                            ),
                        ),
                        ("cart_id", models.BigIntegerField(blank=True, null=True)),
                        ("website_id", models.BigIntegerField()),
                        ("store_id", models.BigIntegerField()),
                        ("view_id", models.BigIntegerField()),
                        ("store_copy", models.JSONField(default=dict)),
                        ("language", models.CharField(max_length=10)),
                        ("country", models.CharField(max_length=2)),
                        ("currency", models.CharField(max_length=3)),
                        ("tax_included", models.BooleanField(default=True)),
                        ("buyer_name", models.CharField(max_length=200)),
                        ("buyer_email", models.EmailField(db_index=True, max_length=254)),
                        ("buyer_phone", models.CharField(blank=True, max_length=40)),
                        ("shipping_address", models.JSONField(default=dict)),
                        ("billing_address", models.JSONField(default=dict)),
                        ("goods_minor", models.BigIntegerField()),
                        ("shipping_minor", models.BigIntegerField()),
                        ("tax_minor", models.BigIntegerField()),
                        ("total_minor", models.BigIntegerField()),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("placed_at", models.DateTimeField(blank=True, null=True)),
                        ("abandoned_at", models.DateTimeField(blank=True, null=True)),
                        ("abandon_reason", models.CharField(blank=True, max_length=200)),
                        ("may_reroute", models.BooleanField(default=False)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["-placed_at", "-id"], name="order_placed"),
                            models.Index(
                                condition=models.Q(("abandoned_at", None), ("placed_at", None)),
                                fields=["created_at"],
                                name="order_drafts",
                            ),
                            models.Index(
                                django.db.models.functions.text.Upper("buyer_email"), name="order_email"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("placed_at", None), ("abandoned_at", None), _connector="OR"
                                ),
                                name="order_placed_or_abandoned",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("goods_minor__gte", 0),
                                    ("shipping_minor__gte", 0),
                                    ("tax_minor__gte", 0),
                                    ("total_minor__gte", 0),
                                ),
                                name="order_amounts_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MerchantOrder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ref", models.CharField(max_length=30, unique=True)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("merchant_name", models.CharField(max_length=200)),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("staged", "Waiting for the buyer's payment"),
                                    ("waiting_acceptance", "To accept"),
                                    ("waiting_payment", "Charging the buyer"),
                                    ("in_preparation", "To ship"),
                                    ("partly_shipped", "Partly shipped"),
                                    ("shipped", "Shipped"),
                                    ("to_collect", "Ready to collect"),
                                    ("received", "Received"),
                                    ("closed", "Closed"),
                                    ("refused", "Refused"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="staged",
                                max_length=50,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("goods_minor", models.BigIntegerField()),
                        ("shipping_minor", models.BigIntegerField()),
                        ("shipping_tax_rate_bps", models.PositiveIntegerField(default=0)),
                        ("shipping_tax_minor", models.BigIntegerField(default=0)),
                        ("tax_minor", models.BigIntegerField()),
                        ("total_minor", models.BigIntegerField()),
                        ("withdrawn_minor", models.BigIntegerField(default=0)),
                        ("withdrawn_shipping_minor", models.BigIntegerField(default=0)),
                        ("refunded_shipping_minor", models.BigIntegerField(default=0)),
                        ("delivery_name", models.CharField(max_length=120)),
                        ("delivery_kind", models.CharField(default="home", max_length=10)),
                        ("delivery_from_on", models.DateField(blank=True, null=True)),
                        ("delivery_until_on", models.DateField(blank=True, null=True)),
                        ("lead_time_days", models.PositiveSmallIntegerField(default=0)),
                        ("acceptance_mode", models.CharField(default="manual", max_length=20)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("ship_by", models.DateTimeField(blank=True, null=True)),
                        ("shipped_at", models.DateTimeField(blank=True, null=True)),
                        ("received_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("end_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merchant_orders",
                                to="oms.order",
                            ),
                        ),
                        ("fulfilment_centre", models.CharField(blank=True, max_length=40)),
                        ("hides_address", models.BooleanField(default=True)),
                        ("pickup_point", models.CharField(blank=True, max_length=60)),
                        ("placed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replacements",
                                to="oms.merchantorder",
                            ),
                        ),
                        ("pickup_address", models.JSONField(blank=True, default=dict)),
                        ("discount_minor", models.BigIntegerField(default=0)),
                        ("voucher_code", models.CharField(blank=True, default="", max_length=40)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["in_preparation", "partly_shipped"])),
                                fields=["ship_by"],
                                name="merchant_order_to_ship",
                            ),
                            models.Index(
                                fields=["merchant", "state", "-placed_at", "-id"],
                                name="merchant_order_worklist",
                            ),
                            models.Index(
                                fields=["merchant", "-placed_at", "-id"], name="merchant_order_of_merchant"
                            ),
                            models.Index(fields=["state", "-placed_at", "-id"], name="merchant_order_state"),
                            models.Index(fields=["-placed_at", "-id"], name="merchant_order_placed"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("order", "position"), name="merchant_order_position_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("total_minor__gte", 0),
                                    ("withdrawn_minor__gte", 0),
                                    ("withdrawn_minor__lte", models.F("total_minor")),
                                ),
                                name="merchant_order_withdrawn_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("refunded_shipping_minor__gte", 0),
                                    (
                                        "refunded_shipping_minor__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("shipping_minor"),
                                            "-",
                                            models.F("withdrawn_shipping_minor"),
                                        ),
                                    ),
                                    ("withdrawn_shipping_minor__gte", 0),
                                ),
                                name="merchant_order_shipping_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("discount_minor", 0), ("voucher_code", "")),
                                    models.Q(
                                        ("discount_minor__gte", 1),
                                        models.Q(("voucher_code", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="merchant_order_discount_by_voucher",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="OrderLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("offer_ref", models.CharField(max_length=24)),
                        ("card_id", models.BigIntegerField()),
                        ("card_ref", models.CharField(blank=True, max_length=24)),
                        ("title", models.CharField(max_length=500)),
                        ("merchant_sku", models.CharField(blank=True, max_length=100)),
                        ("brand", models.CharField(blank=True, max_length=200)),
                        ("condition", models.CharField(blank=True, max_length=30)),
                        ("asset_uuid", models.UUIDField(blank=True, null=True)),
                        ("category_ids", models.JSONField(default=list)),
                        ("tax_class", models.CharField(max_length=20)),
                        ("tax_rate_bps", models.PositiveIntegerField()),
                        ("unit_price_minor", models.BigIntegerField()),
                        ("list_price_minor", models.BigIntegerField(blank=True, null=True)),
                        ("quantity", models.PositiveIntegerField()),
                        ("operator_discount_minor", models.BigIntegerField(default=0)),
                        ("merchant_discount_minor", models.BigIntegerField(default=0)),
                        ("tax_minor", models.BigIntegerField()),
                        ("total_minor", models.BigIntegerField()),
                        ("quantity_accepted", models.PositiveIntegerField(default=0)),
                        ("quantity_refused", models.PositiveIntegerField(default=0)),
                        ("quantity_cancelled", models.PositiveIntegerField(default=0)),
                        ("quantity_shipped", models.PositiveIntegerField(default=0)),
                        ("quantity_received", models.PositiveIntegerField(default=0)),
                        ("quantity_refunded", models.PositiveIntegerField(default=0)),
                        ("quantity_withdrawn", models.PositiveIntegerField(default=0)),
                        ("withdrawn_minor", models.BigIntegerField(default=0)),
                        ("refunded_minor", models.BigIntegerField(default=0)),
                        ("refuse_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "merchant_order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="oms.merchantorder",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pim.offer"
                            ),
                        ),
                        ("components", models.JSONField(blank=True, default=list)),
                        ("preorder_on", models.DateField(blank=True, null=True)),
                        ("due_minor", models.BigIntegerField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["offer", "-id"], name="order_line_offer")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("merchant_order", "position"), name="order_line_position_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1)), name="order_line_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "quantity__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("quantity_refused"),
                                                "+",
                                                models.F("quantity_cancelled"),
                                            ),
                                            "+",
                                            models.F("quantity_shipped"),
                                        ),
                                    )
                                ),
                                name="order_line_quantities_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "quantity_accepted__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("quantity"), "-", models.F("quantity_refused")
                                        ),
                                    ),
                                    ("quantity_received__lte", models.F("quantity_shipped")),
                                    (
                                        "quantity_refunded__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("quantity"), "-", models.F("quantity_withdrawn")
                                        ),
                                    ),
                                ),
                                name="order_line_counts_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("refunded_minor__gte", 0),
                                    ("withdrawn_minor__gte", 0),
                                    (
                                        "total_minor__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("withdrawn_minor"), "+", models.F("refunded_minor")
                                        ),
                                    ),
                                ),
                                name="order_line_money_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("merchant_discount_minor__gte", 0), ("operator_discount_minor__gte", 0)
                                ),
                                name="order_line_discounts_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payment",
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
                                default=oms.models.payments.new_payment_ref, max_length=24, unique=True
                            ),
                        ),
                        ("provider", models.CharField(max_length=40)),
                        ("instrument", models.CharField(blank=True, max_length=100)),
                        ("instrument_label", models.CharField(blank=True, max_length=60)),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("open", "Being checked"),
                                    ("awaited", "Transfer awaited"),
                                    ("authorised", "Authorised"),
                                    ("captured", "Paid"),
                                    ("declined", "Declined"),
                                    ("voided", "Cancelled"),
                                ],
                                default="open",
                                max_length=50,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("provider_ref", models.CharField(blank=True, max_length=100)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("paid_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "order",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment",
                                to="oms.order",
                            ),
                        ),
                        ("action_url", models.TextField(blank=True)),
                        ("authorised_until", models.DateTimeField(blank=True, null=True)),
                        (
                            "debit_moment",
                            models.CharField(
                                choices=[
                                    ("order", "When the order is placed"),
                                    ("acceptance", "When the merchant accepts"),
                                    ("shipment", "When the first parcel leaves"),
                                    ("parcel", "Each parcel as it leaves"),
                                    ("delivery", "On delivery"),
                                    ("due_date", "On the due date after shipment"),
                                    ("outside", "Never: the buyer pays the merchant"),
                                ],
                                default="acceptance",
                                max_length=12,
                            ),
                        ),
                        ("due_days", models.PositiveSmallIntegerField(default=14)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "-id"], name="payment_state"),
                            models.Index(
                                condition=models.Q(("authorised_until__isnull", False)),
                                fields=["authorised_until"],
                                name="payment_authorised_until",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gte", 0)), name="payment_not_negative"
                            )
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="PaymentShare",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField()),
                        ("captured_minor", models.BigIntegerField(default=0)),
                        ("refunded_minor", models.BigIntegerField(default=0)),
                        (
                            "merchant_order",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="share",
                                to="oms.merchantorder",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shares",
                                to="oms.payment",
                            ),
                        ),
                        ("released_minor", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("refunded_minor__gte", 0),
                                    ("refunded_minor__lte", models.F("captured_minor")),
                                ),
                                name="payment_share_refunded_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("captured_minor__gte", 0),
                                    (
                                        "captured_minor__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("amount_minor"), "-", models.F("released_minor")
                                        ),
                                    ),
                                    ("released_minor__gte", 0),
                                ),
                                name="payment_share_captured_within",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Refund",
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
                                default=oms.models.refunds.new_refund_ref, max_length=24, unique=True
                            ),
                        ),
                        ("request_key", models.CharField(max_length=100, unique=True)),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("sent", "Sent"),
                                    ("done", "Paid back"),
                                    ("failed", "Failed"),
                                ],
                                default="waiting",
                                max_length=50,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("shipping_minor", models.BigIntegerField(default=0)),
                        ("reason", models.CharField(max_length=40)),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("requested_by", models.CharField(max_length=200)),
                        ("failure", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "merchant_order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="oms.merchantorder",
                            ),
                        ),
                        ("tax_minor", models.BigIntegerField(default=0)),
                        ("shipping_tax_minor", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "-id"], name="refund_state")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gte", 1), ("shipping_minor__gte", 0)),
                                name="refund_of_something",
                            )
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="PaymentAttempt",
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
                                    ("authorise", "Authorise"),
                                    ("capture", "Charge"),
                                    ("void", "Release"),
                                    ("refund", "Pay back"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("claimed", "With the provider"),
                                    ("unknown", "No answer yet"),
                                    ("underway", "Under way"),
                                    ("pending", "Accepted by the provider"),
                                    ("done", "Done"),
                                    ("refused", "Refused"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        (
                            "idempotency_key",
                            models.CharField(
                                default=backoffice.kernel.refs.new_token, max_length=80, unique=True
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField()),
                        ("provider_ref", models.CharField(blank=True, max_length=100)),
                        ("message", models.CharField(blank=True, max_length=300)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("claim", models.CharField(blank=True, max_length=40)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "merchant_order",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment_attempts",
                                to="oms.merchantorder",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="oms.payment",
                            ),
                        ),
                        (
                            "refund",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="oms.refund",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("state__in", ["waiting", "claimed", "unknown", "underway"])
                                ),
                                fields=["due_at"],
                                name="payment_attempt_due",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RefundLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField()),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refund_lines",
                                to="oms.orderline",
                            ),
                        ),
                        (
                            "refund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="oms.refund",
                            ),
                        ),
                        ("tax_minor", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("refund", "line"), name="refund_line_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Shipment",
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
                                default=oms.models.shipments.new_shipment_ref, max_length=24, unique=True
                            ),
                        ),
                        ("request_key", models.CharField(max_length=100, unique=True)),
                        ("carrier", models.CharField(blank=True, max_length=40, verbose_name="carrier")),
                        ("carrier_name", models.CharField(blank=True, max_length=80)),
                        (
                            "tracking_number",
                            models.CharField(blank=True, max_length=80, verbose_name="tracking number"),
                        ),
                        ("tracking_url", models.URLField(blank=True, max_length=300)),
                        ("shipped_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("shipped_by", models.CharField(blank=True, max_length=200)),
                        (
                            "merchant_order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shipments",
                                to="oms.merchantorder",
                            ),
                        ),
                        (
                            "carrier_status",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("announced", "Announced"),
                                    ("in_transit", "In transit"),
                                    ("out_for_delivery", "Out for delivery"),
                                    ("at_pickup_point", "At the pickup point"),
                                    ("delivered", "Delivered"),
                                    ("failed", "Delivery failed"),
                                    ("returned", "On its way back"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("carrier_status_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "package_ref",
                            models.CharField(blank=True, max_length=60, verbose_name="package reference"),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["tracking_number"], name="shipment_tracking")],
                    },
                ),
                migrations.CreateModel(
                    name="ShipmentLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField()),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shipment_lines",
                                to="oms.orderline",
                            ),
                        ),
                        (
                            "shipment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="oms.shipment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("shipment", "line"), name="shipment_line_once"),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1)), name="shipment_line_of_something"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StateChange",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("what", models.CharField(max_length=40)),
                        ("from_state", models.CharField(blank=True, max_length=20)),
                        ("to_state", models.CharField(blank=True, max_length=20)),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("data", models.JSONField(default=dict)),
                        ("actor_kind", models.CharField(max_length=10)),
                        ("actor_id", models.CharField(blank=True, max_length=60)),
                        ("actor_label", models.CharField(max_length=200)),
                        ("at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="oms.orderline",
                            ),
                        ),
                        (
                            "merchant_order",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="oms.merchantorder",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="oms.order",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["order", "-id"], name="state_change_order"),
                            models.Index(
                                fields=["merchant_order", "-id"], name="state_change_merchant_order"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockLocation",
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
                                default=oms.models.stock.new_location_ref, max_length=24, unique=True
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                        ("rank", models.PositiveSmallIntegerField(default=1, verbose_name="rank")),
                        (
                            "is_default",
                            models.BooleanField(
                                default=False, verbose_name="receives stock stated without a place"
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
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
                                condition=models.Q(("is_default", True)),
                                fields=("merchant",),
                                name="stock_location_one_default",
                            ),
                            models.UniqueConstraint(
                                fields=("merchant", "name"), name="stock_location_name_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("on_hand", models.PositiveIntegerField(default=0, verbose_name="on hand")),
                        ("reserved", models.PositiveIntegerField(default=0, verbose_name="reserved")),
                        ("safety", models.PositiveIntegerField(default=0, verbose_name="safety stock")),
                        (
                            "backorder_cap",
                            models.PositiveIntegerField(default=0, verbose_name="may be sold beyond stock"),
                        ),
                        ("updated_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stock_items",
                                to="pim.offer",
                            ),
                        ),
                        (
                            "location",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="oms.stocklocation",
                            ),
                        ),
                        ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected on")),
                        ("slot", models.PositiveSmallIntegerField(default=0)),
                        (
                            "alert_below",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="warn below"),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["merchant", "offer"], name="stock_item_merchant")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "reserved__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("on_hand"), "+", models.F("backorder_cap")
                                        ),
                                    )
                                ),
                                name="stock_item_never_oversold",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reserved__gte", 0)),
                                name="stock_item_reserved_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("on_hand__gte", 0)),
                                name="stock_item_on_hand_not_negative",
                            ),
                            models.UniqueConstraint(
                                fields=("offer", "location", "slot"), name="stock_item_once_per_slot"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reservation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=100, unique=True)),
                        ("purpose", models.CharField(max_length=60)),
                        ("quantity", models.PositiveIntegerField()),
                        ("open_quantity", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("held", "Held"),
                                    ("committed", "Committed"),
                                    ("fulfilled", "Shipped"),
                                    ("released", "Released"),
                                    ("expired", "Expired"),
                                ],
                                default="held",
                                max_length=10,
                            ),
                        ),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reservations",
                                to="oms.orderline",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reservations",
                                to="oms.stockitem",
                            ),
                        ),
                        ("units_per_piece", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["purpose"], name="reservation_purpose"),
                            models.Index(
                                condition=models.Q(("state", "held")),
                                fields=["expires_at"],
                                name="reservation_expiry",
                            ),
                            models.Index(
                                condition=models.Q(("open_quantity__gt", 0)),
                                fields=["item"],
                                name="reservation_open",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("open_quantity__gte", 0), ("open_quantity__lte", models.F("quantity"))
                                ),
                                name="reservation_open_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["held", "committed"]),
                                    ("open_quantity", 0),
                                    _connector="OR",
                                ),
                                name="reservation_ended_is_empty",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1), ("units_per_piece__gte", 1)),
                                name="reservation_of_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockMovement",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("stated", "Stated by the merchant"),
                                    ("counted", "Counted"),
                                    ("reserved", "Reserved"),
                                    ("released", "Released"),
                                    ("expired", "Hold expired"),
                                    ("shipped", "Shipped"),
                                    ("sent", "Sent to another place"),
                                    ("received", "Received from another place"),
                                    ("returned", "Back in stock after inspection"),
                                    ("moved", "Spread over rows or merged"),
                                    ("repaired", "Repaired by the reconciler"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("on_hand_delta", models.IntegerField(default=0)),
                        ("reserved_delta", models.IntegerField(default=0)),
                        ("reference", models.CharField(blank=True, max_length=100)),
                        ("actor_label", models.CharField(blank=True, max_length=200)),
                        ("at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="oms.stockitem",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["item", "-id"], name="stock_movement_item")],
                    },
                ),
                migrations.CreateModel(
                    name="TimeLimit",
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
                                    ("payment_answer", "Payment provider must answer"),
                                    ("unpaid", "Bank transfer must arrive"),
                                    ("accept", "Merchant must accept or refuse"),
                                    ("capture", "Card must be charged"),
                                    ("due", "Invoice must be paid"),
                                    ("ship", "Merchant must ship"),
                                    ("received", "Counts as received"),
                                    ("closed", "Order is closed"),
                                    ("invoice", "Merchant must upload the invoice"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("due_at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "merchant_order",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="time_limits",
                                to="oms.merchantorder",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="time_limits",
                                to="oms.order",
                            ),
                        ),
                        ("nudge_at", models.DateTimeField(blank=True, null=True)),
                        ("nudges", models.PositiveSmallIntegerField(default=0)),
                        ("second_nudge_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("settled_at", None)),
                                fields=["due_at"],
                                name="time_limit_due",
                            ),
                            models.Index(
                                condition=models.Q(("nudge_at__isnull", False), ("settled_at", None)),
                                fields=["nudge_at"],
                                name="time_limit_nudge",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("merchant_order__isnull", False), ("settled_at", None)),
                                fields=("merchant_order", "kind"),
                                name="time_limit_one_open_per_merchant_order",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("merchant_order", None), ("settled_at", None)),
                                fields=("order", "kind"),
                                name="time_limit_one_open_per_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TimeRule",
                    fields=[
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("payment_answer", "Payment provider must answer"),
                                    ("unpaid", "Bank transfer must arrive"),
                                    ("accept", "Merchant must accept or refuse"),
                                    ("capture", "Card must be charged"),
                                    ("due", "Invoice must be paid"),
                                    ("ship", "Merchant must ship"),
                                    ("received", "Counts as received"),
                                    ("closed", "Order is closed"),
                                    ("invoice", "Merchant must upload the invoice"),
                                ],
                                max_length=20,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("hours", models.PositiveIntegerField(verbose_name="hours")),
                        ("updated_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "counting",
                            models.CharField(
                                choices=[
                                    ("hours", "Every hour"),
                                    ("working_days", "Only the merchant's working days"),
                                ],
                                default="hours",
                                max_length=12,
                                verbose_name="counted",
                            ),
                        ),
                        (
                            "first_nudge_percent",
                            models.PositiveSmallIntegerField(default=50, verbose_name="first reminder at"),
                        ),
                        (
                            "second_nudge_percent",
                            models.PositiveSmallIntegerField(default=80, verbose_name="second reminder at"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("hours__gte", 1)), name="time_rule_at_least_an_hour"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("first_nudge_percent__lt", 100), ("second_nudge_percent__lt", 100)
                                ),
                                name="time_rule_nudges_before_the_end",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CartLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField()),
                        ("seen_price_minor", models.BigIntegerField(blank=True, null=True)),
                        ("seen_currency", models.CharField(blank=True, max_length=3)),
                        ("added_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "cart",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="oms.cart",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="pim.offer"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("cart", "offer"), name="cart_line_offer_once"),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1)), name="cart_line_of_something"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeliveryPriceClass",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("from_value", models.BigIntegerField(default=0)),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "method",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="price_classes",
                                to="oms.deliverymethod",
                            ),
                        ),
                        ("delivery_class", models.CharField(blank=True, max_length=30)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("method", "currency", "from_value", "delivery_class"),
                                name="delivery_price_step_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gte", 0), ("from_value__gte", 0)),
                                name="delivery_price_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KitComponent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "quantity",
                            models.PositiveIntegerField(default=1, verbose_name="pieces in one kit"),
                        ),
                        (
                            "component",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pim.offer"
                            ),
                        ),
                        (
                            "kit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="pim.offer"
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
                            models.UniqueConstraint(fields=("kit", "component"), name="kit_component_once"),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1)), name="kit_component_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kit", models.F("component")), _negated=True),
                                name="kit_component_not_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockPool",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField(default=1, verbose_name="rank")),
                        (
                            "buffer",
                            models.PositiveIntegerField(default=0, verbose_name="kept for other stores"),
                        ),
                        (
                            "cap",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="shown at most"),
                        ),
                        (
                            "location",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pools",
                                to="oms.stocklocation",
                            ),
                        ),
                        (
                            "store",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mms.store"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("store", "location"), name="stock_pool_place_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("cap", None), ("cap__gte", 1), _connector="OR"),
                                name="stock_pool_cap_of_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentNotification",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("provider", models.CharField(max_length=40)),
                        ("event_id", models.CharField(max_length=120)),
                        ("kind", models.CharField(blank=True, max_length=80)),
                        ("subjects", models.JSONField(default=list)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "Received"),
                                    ("handled", "Handled"),
                                    ("ignored", "Ignored"),
                                    ("parked", "Parked"),
                                ],
                                default="received",
                                max_length=10,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("error", models.CharField(blank=True, max_length=300)),
                        ("received_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("handled_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "received")),
                                fields=["due_at"],
                                name="payment_notification_due",
                            ),
                            models.Index(fields=["state", "-id"], name="payment_notification_state"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("provider", "event_id"), name="payment_notification_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockReconciliation",
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
                                default=oms.models.stock_watch.new_reconciliation_ref,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        (
                            "at",
                            models.DateTimeField(default=backoffice.kernel.clock.now, verbose_name="when"),
                        ),
                        ("actor_label", models.CharField(blank=True, max_length=200, verbose_name="by")),
                        ("checked", models.PositiveIntegerField(default=0, verbose_name="rows compared")),
                        ("repaired", models.BooleanField(default=False, verbose_name="repaired")),
                        ("findings", models.JSONField(default=list)),
                    ],
                ),
                migrations.CreateModel(
                    name="StockCount",
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
                                default=oms.models.counts.new_count_ref, max_length=24, unique=True
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Being counted"),
                                    ("posted", "Posted"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="open",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("created_by_label", models.CharField(blank=True, max_length=200)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_by_label", models.CharField(blank=True, max_length=200)),
                        (
                            "location",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="oms.stocklocation",
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
                        "indexes": [models.Index(fields=["merchant", "-id"], name="stock_count_merchant")],
                    },
                ),
                migrations.CreateModel(
                    name="StockCountLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("expected", models.PositiveIntegerField()),
                        ("counted", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Not posted"),
                                    ("same", "As expected"),
                                    ("posted", "Corrected"),
                                    ("refused", "Below what buyers were promised"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "count",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="oms.stockcount",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="oms.stockitem",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("count", "item"), name="stock_count_line_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("outcome", ""), ("counted__isnull", False), _connector="OR"
                                ),
                                name="stock_count_line_posted_was_counted",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockHeat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("waits", models.PositiveIntegerField(default=0)),
                        ("waited_ms", models.PositiveBigIntegerField(default=0)),
                        ("since", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("last_wait_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("slots", models.PositiveSmallIntegerField(default=1)),
                        (
                            "location",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="oms.stocklocation",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="pim.offer"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("offer", "location"), name="stock_heat_once"),
                            models.CheckConstraint(
                                condition=models.Q(("slots__gte", 1), ("slots__lte", 16)),
                                name="stock_heat_slots",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockInspection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=100, unique=True)),
                        (
                            "grade",
                            models.CharField(
                                choices=[
                                    ("restock_a", "As new: back into stock"),
                                    ("restock_b", "Second choice: into stock of another offer"),
                                    ("quarantine", "Quarantine: decided later"),
                                    ("scrap", "Scrap"),
                                ],
                                max_length=10,
                                verbose_name="grade",
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField(verbose_name="pieces")),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="what was found")),
                        ("at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("actor_label", models.CharField(blank=True, max_length=200)),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="inspections",
                                to="oms.orderline",
                            ),
                        ),
                        (
                            "location",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="oms.stocklocation",
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
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="pim.offer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["merchant", "-id"], name="stock_inspection_merchant")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1)), name="stock_inspection_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("grade__in", ["restock_a", "restock_b"]), ("offer__isnull", False)
                                    ),
                                    models.Q(("grade__in", ["quarantine", "scrap"]), ("offer", None)),
                                    _connector="OR",
                                ),
                                name="stock_inspection_restocks_an_offer",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockTransfer",
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
                                default=oms.models.transfers.new_transfer_ref, max_length=24, unique=True
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("in_transit", "In transit"),
                                    ("received", "Received"),
                                    ("short", "Received short"),
                                    ("cancelled", "Returned"),
                                ],
                                default="in_transit",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("sent_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("sent_by_label", models.CharField(blank=True, max_length=200)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_by_label", models.CharField(blank=True, max_length=200)),
                        (
                            "destination",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="oms.stocklocation",
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
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="oms.stocklocation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["merchant", "-id"], name="stock_transfer_merchant")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("destination")), _negated=True),
                                name="stock_transfer_between_two_places",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockTransferLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField()),
                        ("received", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pim.offer"
                            ),
                        ),
                        (
                            "transfer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="oms.stocktransfer",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("transfer", "offer"), name="stock_transfer_line_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1)), name="stock_transfer_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("received", None),
                                    ("received__lte", models.F("quantity")),
                                    _connector="OR",
                                ),
                                name="stock_transfer_received_within",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockAlert",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("limit", models.PositiveIntegerField()),
                        ("free", models.IntegerField()),
                        ("opened_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="alerts",
                                to="oms.stockitem",
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
                            models.Index(
                                condition=models.Q(("closed_at", None)),
                                fields=["merchant"],
                                name="stock_alert_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("closed_at", None)),
                                fields=("item",),
                                name="stock_alert_open_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Carrier",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        (
                            "tracking_url",
                            models.CharField(blank=True, max_length=300, verbose_name="tracking link"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="offered to merchants")),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="CarrierEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("announced", "Announced"),
                                    ("in_transit", "In transit"),
                                    ("out_for_delivery", "Out for delivery"),
                                    ("at_pickup_point", "At the pickup point"),
                                    ("delivered", "Delivered"),
                                    ("failed", "Delivery failed"),
                                    ("returned", "On its way back"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("happened_at", models.DateTimeField()),
                        ("message", models.CharField(blank=True, max_length=300)),
                        ("recorded_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("recorded_by", models.CharField(blank=True, max_length=200)),
                        (
                            "shipment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="carrier_events",
                                to="oms.shipment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["shipment", "-happened_at"], name="carrier_event_newest")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("shipment", "status", "happened_at"), name="carrier_event_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FulfilmentTerms",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "weekdays",
                            models.CharField(
                                default="12345",
                                max_length=7,
                                validators=[django.core.validators.RegexValidator("^1?2?3?4?5?6?7?$")],
                                verbose_name="working days",
                            ),
                        ),
                        (
                            "holiday_country",
                            models.CharField(blank=True, max_length=2, verbose_name="holidays of"),
                        ),
                        (
                            "cut_off_hour",
                            models.PositiveSmallIntegerField(default=24, verbose_name="cut-off hour"),
                        ),
                        ("time_zone", models.CharField(blank=True, max_length=60, verbose_name="time zone")),
                        ("auto_accept_up_to_minor", models.BigIntegerField(blank=True, null=True)),
                        ("auto_accept_needs_stock", models.BooleanField(default=True)),
                        ("auto_accept_needs_payment", models.BooleanField(default=False)),
                        ("fulfilment_centre", models.CharField(blank=True, max_length=40)),
                        ("updated_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "merchant",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("cut_off_hour__gte", 0), ("cut_off_hour__lte", 24)),
                                name="terms_cut_off_is_an_hour",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weekdays", ""), _negated=True),
                                name="terms_work_on_some_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("auto_accept_up_to_minor", None),
                                    ("auto_accept_up_to_minor__gte", 0),
                                    _connector="OR",
                                ),
                                name="terms_auto_accept_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Holiday",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("country", models.CharField(max_length=2, verbose_name="country")),
                        ("on", models.DateField(verbose_name="day")),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("country", "on"), name="holiday_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvoiceRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("requested_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("requested_by", models.CharField(max_length=200)),
                        ("due_at", models.DateTimeField()),
                        ("asset_uuid", models.UUIDField(blank=True, null=True)),
                        ("filename", models.CharField(blank=True, max_length=255)),
                        ("uploaded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "merchant_order",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invoice_request",
                                to="oms.merchantorder",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("asset_uuid", None), ("uploaded_at", None)),
                                    models.Q(("asset_uuid__isnull", False), ("uploaded_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="invoice_request_done_with_a_file",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrackingFile",
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
                                default=oms.models.tracking_files.new_tracking_file_ref,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("filename", models.CharField(max_length=255)),
                        ("header", models.JSONField(default=list)),
                        ("job_ref", models.CharField(blank=True, max_length=24)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("created_by", models.CharField(max_length=200)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
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
                        "indexes": [models.Index(fields=["merchant", "-id"], name="tracking_file_merchant")],
                    },
                ),
                migrations.CreateModel(
                    name="TrackingRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("cells", models.JSONField(default=list)),
                        ("order_ref", models.CharField(blank=True, max_length=60)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("shipped", "Shipped"),
                                    ("known", "Shipped before"),
                                    ("failed", "Failed"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("message", models.CharField(blank=True, max_length=500)),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="oms.trackingfile",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("file", "number"), name="tracking_row_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferLogistics",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "weight_grams",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="weight in grams"
                            ),
                        ),
                        (
                            "delivery_class",
                            models.CharField(blank=True, max_length=30, verbose_name="delivery class"),
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
                            "offer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="pim.offer"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PickupPoint",
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
                                default=oms.models.delivery.new_point_ref, max_length=24, unique=True
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        ("street", models.CharField(max_length=200, verbose_name="street")),
                        ("postcode", models.CharField(max_length=20, verbose_name="postcode")),
                        ("city", models.CharField(max_length=120, verbose_name="city")),
                        ("country", models.CharField(max_length=2, verbose_name="country")),
                        (
                            "opening_hours",
                            models.CharField(blank=True, max_length=300, verbose_name="opening hours"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="offered to buyers")),
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
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("merchant", "name"), name="pickup_point_name_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("merchant", None)),
                                fields=("name",),
                                name="pickup_point_operator_name_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CartDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "cart",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="oms.cart",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "method",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="oms.deliverymethod",
                            ),
                        ),
                        (
                            "point",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="oms.pickuppoint",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("cart", "merchant"), name="cart_delivery_merchant_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Incident",
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
                                default=oms.models.incidents.new_incident_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("open", "Open"),
                                    ("resolved", "Resolved by the merchant"),
                                    ("closed", "Closed"),
                                ],
                                default="open",
                                max_length=50,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("not_received", "It did not arrive"),
                                    ("incomplete", "Something is missing"),
                                    ("damaged", "It arrived damaged"),
                                    ("wrong", "It is not what was ordered"),
                                    ("faulty", "It does not work"),
                                    ("other", "Something else"),
                                ],
                                max_length=20,
                                verbose_name="reason",
                            ),
                        ),
                        ("text", models.TextField(blank=True, verbose_name="description")),
                        ("opened_by", models.CharField(max_length=10)),
                        ("opened_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("times_opened", models.PositiveSmallIntegerField(default=1)),
                        (
                            "resolution",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("sent_again", "Sent again, or the missing part sent"),
                                    ("partly_refunded", "Part of the price refunded"),
                                    ("explained", "Explained to the buyer"),
                                    ("delivered", "Was delivered; proof is at hand"),
                                    ("other", "Another solution"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("resolution_text", models.TextField(blank=True)),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("close_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "line",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incident",
                                to="oms.orderline",
                            ),
                        ),
                        (
                            "merchant_order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incidents",
                                to="oms.merchantorder",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "opened_at"], name="incident_state"),
                            models.Index(
                                condition=models.Q(("state__in", ["open", "resolved"])),
                                fields=["merchant_order"],
                                name="incident_live",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                                    models.Q(("closed_at", None), ("state__in", ["open", "resolved"])),
                                    _connector="OR",
                                ),
                                name="incident_closed_at_a_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "resolved"), _negated=True),
                                    models.Q(
                                        ("resolved_at__isnull", False),
                                        models.Q(("resolution", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incident_resolved_with_a_reason",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="Voucher",
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
                                default=oms.models.vouchers.new_voucher_ref, max_length=24, unique=True
                            ),
                        ),
                        ("code", models.CharField(max_length=40, verbose_name="code")),
                        ("title", models.CharField(max_length=120, verbose_name="title")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("percent", "Percentage"), ("amount", "Amount")],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "rate_bps",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="percentage"),
                        ),
                        (
                            "amount_minor",
                            models.BigIntegerField(blank=True, null=True, verbose_name="amount"),
                        ),
                        ("currency", models.CharField(max_length=3, verbose_name="currency")),
                        (
                            "minimum_minor",
                            models.BigIntegerField(default=0, verbose_name="goods for at least"),
                        ),
                        (
                            "valid_from",
                            models.DateTimeField(
                                default=backoffice.kernel.clock.now, verbose_name="valid from"
                            ),
                        ),
                        (
                            "valid_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="valid until"),
                        ),
                        (
                            "max_uses",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="uses in all"),
                        ),
                        (
                            "max_uses_per_buyer",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="uses per buyer"),
                        ),
                        ("uses", models.PositiveIntegerField(default=0)),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[("active", "Active"), ("ended", "Ended")],
                                default="active",
                                max_length=50,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "website",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="mms.website",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["merchant", "-id"], name="voucher_of_merchant")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "active")),
                                fields=("website", "code"),
                                name="voucher_active_code_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("code", django.db.models.functions.text.Upper("code")),
                                    models.Q(("code", ""), _negated=True),
                                ),
                                name="voucher_code_capital",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount_minor", None),
                                        ("kind", "percent"),
                                        ("rate_bps__gte", 1),
                                        ("rate_bps__lt", 10000),
                                    ),
                                    models.Q(
                                        ("amount_minor__gte", 1),
                                        ("amount_minor__lt", models.F("minimum_minor")),
                                        ("kind", "amount"),
                                        ("rate_bps", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="voucher_leaves_something_to_pay",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("minimum_minor__gte", 0)),
                                name="voucher_minimum_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_until", None),
                                    ("valid_until__gt", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="voucher_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_uses", None),
                                    models.Q(("max_uses__gte", 1), ("max_uses__gte", models.F("uses"))),
                                    _connector="OR",
                                ),
                                name="voucher_uses_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_uses_per_buyer", None),
                                    ("max_uses_per_buyer__gte", 1),
                                    _connector="OR",
                                ),
                                name="voucher_uses_per_buyer_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("state", "active")),
                                    models.Q(("ended_at__isnull", False), ("state", "ended")),
                                    _connector="OR",
                                ),
                                name="voucher_ended_once",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="VoucherUse",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("buyer_email", models.EmailField(max_length=254)),
                        ("discount_minor", models.BigIntegerField()),
                        ("used_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("given_back_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "merchant_order",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voucher_use",
                                to="oms.merchantorder",
                            ),
                        ),
                        (
                            "voucher",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="oms.voucher",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("given_back_at", None)),
                                fields=["voucher", "buyer_email"],
                                name="voucher_use_of_buyer",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("discount_minor__gte", 1)),
                                name="voucher_use_of_something",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
