import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import backoffice.kernel.clock
import backoffice.kernel.schema
import pim.models.brands
import pim.models.cards
import pim.models.categories
import pim.models.imports
import pim.models.ledger
import pim.models.offers
import pim.models.reviews


class Migration(migrations.Migration):
    initial = True
    # Databases made before these steps became one have it already.
    replaces = [
        ("pim", "0001_initial"),
        ("pim", "0004_availability_facts"),
        ("pim", "0005_offer_sku"),
    ]

    dependencies = [
        ("mas", "0001_tables"),
    ]

    operations = [
        backoffice.kernel.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="Brand",
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
                                default=pim.models.brands.new_brand_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("code", models.SlugField(max_length=80, unique=True, verbose_name="code")),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        ("asset_uuid", models.UUIDField(blank=True, null=True, verbose_name="logo")),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Family",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=60, verbose_name="code")),
                        ("names", models.JSONField(blank=True, default=dict, verbose_name="names")),
                        (
                            "tax_class",
                            models.CharField(
                                choices=[
                                    ("standard", "Standard rate"),
                                    ("reduced", "Reduced rate"),
                                    ("zero", "Zero rate"),
                                ],
                                default="standard",
                                max_length=10,
                                verbose_name="tax class",
                            ),
                        ),
                        ("requirements_version", models.PositiveIntegerField(default=1, editable=False)),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "attributes",
                            models.ManyToManyField(
                                related_name="families", through="pim.FamilyAttribute", to="pim.attribute"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "families",
                        "ordering": ["code"],
                        "constraints": [models.UniqueConstraint(fields=("code",), name="pim_family_code")],
                    },
                ),
                migrations.CreateModel(
                    name="AttributeGroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=60, verbose_name="code")),
                        ("names", models.JSONField(blank=True, default=dict, verbose_name="names")),
                        ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                    ],
                    options={
                        "ordering": ["position", "code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("code",), name="pim_attribute_group_code")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BrandAlias",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_norm", models.CharField(max_length=120, unique=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="aliases",
                                to="pim.brand",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Category",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", models.CharField(max_length=255, unique=True)),
                        ("depth", models.PositiveIntegerField()),
                        ("numchild", models.PositiveIntegerField(default=0)),
                        (
                            "ref",
                            models.CharField(
                                default=pim.models.categories.new_category_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("code", models.SlugField(max_length=120, unique=True, verbose_name="code")),
                        ("slug", models.SlugField(max_length=120, verbose_name="address")),
                        ("names", models.JSONField(default=dict, verbose_name="names")),
                        (
                            "descriptions",
                            models.JSONField(blank=True, default=dict, verbose_name="descriptions"),
                        ),
                        (
                            "google_taxonomy_id",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="Google product category"
                            ),
                        ),
                        ("asset_uuid", models.UUIDField(blank=True, null=True, verbose_name="picture")),
                        ("is_visible", models.BooleanField(default=True, verbose_name="visible")),
                    ],
                    options={
                        "verbose_name_plural": "categories",
                        "indexes": [models.Index(fields=["slug"], name="pim_category_slug")],
                    },
                ),
                migrations.CreateModel(
                    name="ChangeSet",
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
                                default=pim.models.ledger.new_change_set_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("actor_kind", models.CharField(max_length=10)),
                        ("actor_id", models.CharField(max_length=60)),
                        ("actor_label", models.CharField(max_length=200)),
                        ("merchant_id", models.BigIntegerField(db_index=True, null=True)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("form", "Form"),
                                    ("import", "Import"),
                                    ("api", "API"),
                                    ("rule", "Rule"),
                                    ("review", "Review"),
                                    ("revert", "Revert"),
                                    ("system", "System"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("job_ref", models.CharField(blank=True, db_index=True, max_length=24)),
                        ("note", models.CharField(blank=True, max_length=250)),
                        (
                            "undoes",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="undone_by",
                                to="pim.changeset",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Card",
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
                                default=pim.models.cards.new_card_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("single", "Single"),
                                    ("parent", "Parent of variants"),
                                    ("variant", "Variant"),
                                    ("set", "Set"),
                                    ("made_to_order", "Made to order"),
                                ],
                                default="single",
                                max_length=14,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("in_review", "In review"),
                                    ("published", "Published"),
                                    ("hidden", "Hidden"),
                                    ("rejected", "Rejected"),
                                    ("archived", "Archived"),
                                ],
                                default="draft",
                                max_length=10,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("title", models.CharField(blank=True, max_length=250)),
                        (
                            "tax_class",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("standard", "Standard rate"),
                                    ("reduced", "Reduced rate"),
                                    ("zero", "Zero rate"),
                                ],
                                max_length=10,
                                verbose_name="tax class",
                            ),
                        ),
                        ("missing", models.JSONField(default=list)),
                        ("readiness", models.PositiveSmallIntegerField(default=0, verbose_name="readiness")),
                        ("requirements_version", models.PositiveIntegerField(default=0)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("updated_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cards",
                                to="pim.brand",
                            ),
                        ),
                        (
                            "contributed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contributed_cards",
                                to="mas.merchant",
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_cards",
                                to="pim.card",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="variants",
                                to="pim.card",
                            ),
                        ),
                        (
                            "created_in",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="created_cards",
                                to="pim.changeset",
                            ),
                        ),
                        (
                            "family",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cards",
                                to="pim.family",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "-id"], name="pim_card_state"),
                            models.Index(
                                fields=["contributed_by", "state", "-id"], name="pim_card_contributor"
                            ),
                            models.Index(fields=["family", "-id"], name="pim_card_family"),
                            models.Index(fields=["readiness", "-id"], name="pim_card_readiness"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "variant"), ("parent__isnull", False)),
                                    models.Q(
                                        models.Q(("kind", "variant"), _negated=True), ("parent__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="pim_card_variant_has_parent",
                            )
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="CardListing",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("view_id", models.BigIntegerField()),
                        ("title", models.CharField(max_length=250)),
                        ("slug", models.CharField(max_length=160)),
                        ("asset_uuid", models.UUIDField(null=True)),
                        ("price_from_minor", models.BigIntegerField(null=True)),
                        ("list_price_minor", models.BigIntegerField(null=True)),
                        ("currency", models.CharField(max_length=3)),
                        ("offer_count", models.PositiveIntegerField(default=0)),
                        ("merchant_count", models.PositiveIntegerField(default=0)),
                        ("variant_count", models.PositiveIntegerField(default=0)),
                        ("in_stock", models.BooleanField(default=False)),
                        ("featured_offer_ref", models.CharField(blank=True, max_length=24)),
                        ("published_at", models.DateTimeField()),
                        ("search_text", models.TextField(blank=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="pim.brand"
                            ),
                        ),
                        (
                            "card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="listings",
                                to="pim.card",
                            ),
                        ),
                        (
                            "main_category",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="pim.category"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["view_id", "-in_stock", "-published_at", "-id"],
                                name="pim_listing_newest",
                            ),
                            models.Index(
                                fields=["view_id", "price_from_minor", "id"], name="pim_listing_price"
                            ),
                            models.Index(fields=["view_id", "title", "id"], name="pim_listing_title"),
                            models.Index(
                                condition=models.Q(("brand__isnull", False)),
                                fields=["view_id", "brand"],
                                name="pim_listing_brand",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("view_id", "card"), name="pim_listing_once_per_view"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ListingSearch",
                    fields=[
                        (
                            "listing",
                            models.OneToOneField(
                                db_column="rowid",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="search",
                                serialize=False,
                                to="pim.cardlisting",
                            ),
                        ),
                        ("document", models.TextField()),
                    ],
                    options={
                        "db_table": "pim_listing_search",
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="AssetLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("asset_uuid", models.UUIDField()),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("gallery", "Gallery"),
                                    ("video", "Video"),
                                    ("model", "3D model"),
                                    ("document", "Document"),
                                ],
                                default="gallery",
                                max_length=8,
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("scope_id", models.BigIntegerField(default=0)),
                        ("locale", models.CharField(blank=True, default="", max_length=10)),
                        (
                            "card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="asset_links",
                                to="pim.card",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "id"],
                        "indexes": [models.Index(fields=["asset_uuid"], name="pim_asset_link_asset")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("card", "asset_uuid", "role", "scope_id", "locale"),
                                name="pim_asset_link_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardIdentifier",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("gtin", "GTIN"),
                                    ("mpn", "Manufacturer's number"),
                                    ("operator", "Our own number"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("value", models.CharField(max_length=80)),
                        ("value_norm", models.CharField(max_length=80)),
                        ("is_live", models.BooleanField(default=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="pim.brand",
                            ),
                        ),
                        (
                            "card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="identifiers",
                                to="pim.card",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["value_norm"], name="pim_identifier_value")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("is_live", True), models.Q(("type", "mpn"), _negated=True)
                                ),
                                fields=("type", "value_norm"),
                                name="pim_identifier_one_live_card",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_live", True), ("type", "mpn")),
                                fields=("brand", "value_norm"),
                                name="pim_mpn_one_live_card_per_brand",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("type", "mpn"), _negated=True),
                                    ("brand__isnull", False),
                                    _connector="OR",
                                ),
                                name="pim_mpn_needs_brand",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardLayer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("scope_id", models.BigIntegerField(default=0)),
                        ("locale", models.CharField(blank=True, default="", max_length=10)),
                        ("values", models.JSONField(default=dict)),
                        (
                            "card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="layers",
                                to="pim.card",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("card", "scope_id", "locale"), name="pim_layer_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardCategory",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("is_main", models.BooleanField(default=False)),
                        (
                            "card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="placements",
                                to="pim.card",
                            ),
                        ),
                        (
                            "category",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="placements",
                                to="pim.category",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("card", "category"), name="pim_card_once_per_category"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_main", True)),
                                fields=("card",),
                                name="pim_card_one_main_category",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Change",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("scope_id", models.BigIntegerField(default=0)),
                        ("locale", models.CharField(blank=True, default="", max_length=10)),
                        ("patch", models.JSONField()),
                        (
                            "card",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="pim.card",
                            ),
                        ),
                        (
                            "change_set",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="pim.changeset",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["card", "id"], name="pim_change_card")],
                    },
                ),
                migrations.CreateModel(
                    name="ConversionRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("scope_id", models.BigIntegerField(default=0, unique=True, verbose_name="scope")),
                        (
                            "margin_bps",
                            models.IntegerField(default=0, verbose_name="margin in hundredths of a percent"),
                        ),
                        (
                            "rounding",
                            models.CharField(
                                choices=[
                                    ("minor", "To the cent"),
                                    ("whole", "To whole units"),
                                    ("99", "To .99"),
                                    ("90", "To .90"),
                                ],
                                default="minor",
                                max_length=5,
                                verbose_name="rounding",
                            ),
                        ),
                        ("is_enabled", models.BooleanField(default=True, verbose_name="convert prices")),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("margin_bps__gt", -10000)),
                                name="pim_conversion_margin_above_minus_all",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ListingMerchant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("merchant_id", models.BigIntegerField()),
                        (
                            "listing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sellers",
                                to="pim.cardlisting",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("merchant_id", "listing"), name="pim_listing_merchant_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MappingProfile",
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
                                default=pim.models.imports.new_profile_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("template", "Our template"),
                                    ("shopify", "Shopify product export"),
                                    ("custom", "Any other table"),
                                ],
                                default="custom",
                                max_length=10,
                            ),
                        ),
                        ("definition", models.JSONField(default=dict)),
                        ("header_sha256", models.CharField(blank=True, max_length=64)),
                        ("updated_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "merchant",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="mas.merchant",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["header_sha256"], name="pim_profile_header")],
                        "constraints": [
                            models.UniqueConstraint(fields=("merchant", "name"), name="pim_profile_name_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRun",
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
                                default=pim.models.imports.new_import_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("template", "Our template"),
                                    ("shopify", "Shopify product export"),
                                    ("custom", "Any other table"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("filename", models.CharField(max_length=200)),
                        ("stored_as", models.CharField(max_length=200)),
                        ("sha256", models.CharField(max_length=64)),
                        ("bytes", models.BigIntegerField()),
                        ("dialect", models.JSONField(default=dict)),
                        ("header", models.JSONField(default=list)),
                        ("definition", models.JSONField(default=dict)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "Waits for the mapping"),
                                    ("checking", "Checking"),
                                    ("previewed", "Ready to apply"),
                                    ("applying", "Applying"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                    ("undone", "Undone"),
                                ],
                                default="received",
                                max_length=10,
                            ),
                        ),
                        ("preview_counts", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
                        ("row_count", models.PositiveIntegerField(default=0)),
                        ("error", models.TextField(blank=True)),
                        ("job_ref", models.CharField(blank=True, max_length=24)),
                        ("started_by", models.JSONField(default=dict)),
                        ("created_by_label", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "change_set",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="pim.changeset",
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
                            "profile",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="pim.mappingprofile",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["merchant", "-id"], name="pim_import_merchant")],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRow",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("number", models.PositiveIntegerField()),
                        ("group", models.CharField(blank=True, max_length=120)),
                        ("merchant_sku", models.CharField(blank=True, max_length=80)),
                        ("cells", models.JSONField(default=list)),
                        ("read", models.JSONField(default=dict)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("changed", "Changed"),
                                    ("unchanged", "Unchanged"),
                                    ("merged", "Added to an earlier row"),
                                    ("failed", "Failed"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("errors", models.JSONField(default=list)),
                        ("warnings", models.JSONField(default=list)),
                        ("diff", models.JSONField(default=dict)),
                        ("applied", models.BooleanField(default=False)),
                        ("offer_id", models.BigIntegerField(null=True)),
                        ("card_id", models.BigIntegerField(null=True)),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="pim.importrun",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["run", "outcome", "number"], name="pim_import_row_outcome"),
                            models.Index(fields=["run", "merchant_sku"], name="pim_import_row_sku"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("run", "number"), name="pim_import_row_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MeasureFamily",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=60, verbose_name="code")),
                        ("names", models.JSONField(blank=True, default=dict, verbose_name="names")),
                        ("base_unit", models.CharField(max_length=20, verbose_name="base unit")),
                    ],
                    options={
                        "verbose_name_plural": "measure families",
                        "ordering": ["code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("code",), name="pim_measure_family_code")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attribute",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=60, verbose_name="code")),
                        ("names", models.JSONField(blank=True, default=dict, verbose_name="names")),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("text", "Text"),
                                    ("rich", "Formatted text"),
                                    ("integer", "Whole number"),
                                    ("decimal", "Decimal number"),
                                    ("measure", "Number with unit"),
                                    ("price", "Prices by currency"),
                                    ("boolean", "Yes or no"),
                                    ("date", "Date"),
                                    ("select", "One option"),
                                    ("multi", "Several options"),
                                    ("record", "Record (brand)"),
                                    ("media", "Picture or video"),
                                    ("file", "Document"),
                                    ("identifier", "Identifier"),
                                    ("url", "Web address"),
                                ],
                                max_length=12,
                                verbose_name="type",
                            ),
                        ),
                        (
                            "is_localisable",
                            models.BooleanField(default=False, verbose_name="differs by language"),
                        ),
                        (
                            "is_scopable",
                            models.BooleanField(
                                default=False, verbose_name="differs by website, store or store view"
                            ),
                        ),
                        (
                            "lowest_level",
                            models.CharField(
                                choices=[
                                    ("global", "Global"),
                                    ("website", "Website"),
                                    ("store", "Store"),
                                    ("view", "Store view"),
                                ],
                                default="view",
                                max_length=8,
                                verbose_name="lowest level",
                            ),
                        ),
                        (
                            "is_filterable",
                            models.BooleanField(default=False, verbose_name="buyers can filter by it"),
                        ),
                        ("is_searchable", models.BooleanField(default=False, verbose_name="found by search")),
                        (
                            "is_shown",
                            models.BooleanField(default=True, verbose_name="shown on the product page"),
                        ),
                        ("validation", models.JSONField(blank=True, default=dict, verbose_name="validation")),
                        ("is_system", models.BooleanField(default=False, editable=False)),
                        ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                        (
                            "group",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attributes",
                                to="pim.attributegroup",
                                verbose_name="group",
                            ),
                        ),
                        (
                            "measure_family",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="pim.measurefamily",
                                verbose_name="measure",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "code"],
                        "constraints": [models.UniqueConstraint(fields=("code",), name="pim_attribute_code")],
                    },
                ),
                migrations.CreateModel(
                    name="AttributeOption",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=60, verbose_name="code")),
                        ("names", models.JSONField(blank=True, default=dict, verbose_name="names")),
                        ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                        ("swatch", models.CharField(blank=True, max_length=7, verbose_name="colour swatch")),
                        (
                            "aliases",
                            models.JSONField(blank=True, default=list, verbose_name="other spellings"),
                        ),
                        (
                            "attribute",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="options",
                                to="pim.attribute",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("attribute", "code"), name="pim_option_code")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardFacet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("scope_id", models.BigIntegerField(default=0)),
                        ("locale", models.CharField(blank=True, default="", max_length=10)),
                        ("number_micro", models.BigIntegerField(null=True)),
                        ("text", models.CharField(blank=True, default="", max_length=60)),
                        (
                            "attribute",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="pim.attribute"
                            ),
                        ),
                        (
                            "card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="facets",
                                to="pim.card",
                            ),
                        ),
                        (
                            "option",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="pim.attributeoption",
                            ),
                        ),
                        (
                            "shown_card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="shown_facets",
                                to="pim.card",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["attribute", "option", "shown_card"], name="pim_facet_option"
                            ),
                            models.Index(
                                condition=models.Q(("number_micro__isnull", False)),
                                fields=["attribute", "number_micro", "shown_card"],
                                name="pim_facet_number",
                            ),
                            models.Index(
                                condition=models.Q(("text", ""), _negated=True),
                                fields=["attribute", "text", "shown_card"],
                                name="pim_facet_text",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FamilyAttribute",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                        ("is_required", models.BooleanField(default=False, verbose_name="must be filled")),
                        ("is_axis", models.BooleanField(default=False, verbose_name="variants differ by it")),
                        (
                            "attribute",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="pim.attribute",
                            ),
                        ),
                        (
                            "family",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="pim.family",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("family", "attribute"), name="pim_family_attribute_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Offer",
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
                                default=pim.models.offers.new_offer_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        ("merchant_sku", models.CharField(max_length=80, verbose_name="your SKU")),
                        (
                            "condition",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("refurbished", "Refurbished"),
                                    ("used_like_new", "Used, like new"),
                                    ("used_good", "Used, good"),
                                    ("used_acceptable", "Used, acceptable"),
                                ],
                                default="new",
                                max_length=16,
                                verbose_name="condition",
                            ),
                        ),
                        (
                            "condition_note",
                            models.CharField(blank=True, max_length=250, verbose_name="about the condition"),
                        ),
                        (
                            "lead_time_days",
                            models.PositiveSmallIntegerField(default=1, verbose_name="days until dispatch"),
                        ),
                        (
                            "min_quantity",
                            models.PositiveIntegerField(default=1, verbose_name="smallest order quantity"),
                        ),
                        (
                            "max_quantity",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="largest order quantity"
                            ),
                        ),
                        (
                            "pack_size",
                            models.PositiveIntegerField(default=1, verbose_name="sold in packs of"),
                        ),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[("active", "Active"), ("paused", "Paused"), ("removed", "Removed")],
                                default="active",
                                max_length=8,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("merchant_is_selling", models.BooleanField(default=True)),
                        ("available_quantity", models.IntegerField(default=0)),
                        ("restocked_on", models.DateField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("updated_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        (
                            "card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="pim.card",
                            ),
                        ),
                        (
                            "created_in",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="created_offers",
                                to="pim.changeset",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="mas.merchant",
                            ),
                        ),
                        ("in_stock_quantity", models.IntegerField(default=0)),
                        ("store_quantities", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["merchant", "state", "-id"], name="pim_offer_merchant"),
                            models.Index(fields=["merchant_sku"], name="pim_offer_sku"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("merchant", "merchant_sku"), name="pim_offer_sku_once_per_merchant"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("min_quantity__gte", 1), ("pack_size__gte", 1)),
                                name="pim_offer_quantities",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_quantity__isnull", True),
                                    ("max_quantity__gte", models.F("min_quantity")),
                                    _connector="OR",
                                ),
                                name="pim_offer_max_above_min",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="OfferPrice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("scope_id", models.BigIntegerField(default=0)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("list_amount_minor", models.BigIntegerField(blank=True, null=True)),
                        ("min_quantity", models.PositiveIntegerField(default=1)),
                        ("valid_from", models.DateTimeField(blank=True, null=True)),
                        ("valid_to", models.DateTimeField(blank=True, null=True)),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="prices",
                                to="pim.offer",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("valid_from__isnull", True)),
                                fields=("offer", "scope_id", "currency", "min_quantity"),
                                name="pim_price_one_open_ended",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("valid_from__isnull", False)),
                                fields=("offer", "scope_id", "currency", "min_quantity", "valid_from"),
                                name="pim_price_one_per_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="pim_price_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("list_amount_minor__isnull", True),
                                    ("list_amount_minor__gt", models.F("amount_minor")),
                                    _connector="OR",
                                ),
                                name="pim_price_list_above_price",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("valid_from__isnull", True), ("valid_to__isnull", True)),
                                    models.Q(("valid_from__isnull", False), ("valid_to__isnull", True)),
                                    ("valid_to__gt", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="pim_price_validity",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PriceLog",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("scope_id", models.BigIntegerField(default=0)),
                        ("currency", models.CharField(max_length=3)),
                        ("min_quantity", models.PositiveIntegerField(default=1)),
                        ("amount_minor", models.BigIntegerField(null=True)),
                        ("valid_from", models.DateTimeField(null=True)),
                        ("valid_to", models.DateTimeField(null=True)),
                        ("at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("actor_label", models.CharField(max_length=200)),
                        (
                            "change_set",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="price_changes",
                                to="pim.changeset",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="price_log",
                                to="pim.offer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["offer", "at"], name="pim_price_log_offer")],
                    },
                ),
                migrations.CreateModel(
                    name="Rate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("source", models.CharField(max_length=20, verbose_name="source")),
                        ("base", models.CharField(max_length=3, verbose_name="one unit of")),
                        ("quote", models.CharField(max_length=3, verbose_name="is worth in")),
                        ("on", models.DateField(verbose_name="date")),
                        ("value", models.CharField(max_length=40, verbose_name="rate")),
                        ("entered_by", models.CharField(blank=True, max_length=200)),
                        ("entered_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["base", "quote", "-on"], name="pim_rate_latest")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "base", "quote", "on"), name="pim_rate_once_per_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Review",
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
                                default=pim.models.reviews.new_review_ref,
                                editable=False,
                                max_length=24,
                                unique=True,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("new_card", "New card"),
                                    ("proposal", "Proposed change"),
                                    ("conflict", "Identifier conflict"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("accepted", "Accepted"),
                                    ("rejected", "Rejected"),
                                ],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("incomplete", "Values are missing"),
                                    ("wrong_values", "Values are wrong"),
                                    ("duplicate", "The card exists already"),
                                    ("pictures", "Pictures are missing or unsuitable"),
                                    ("prohibited", "This may not be sold here"),
                                    ("other", "Other"),
                                ],
                                max_length=14,
                                verbose_name="reason",
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="note")),
                        ("details", models.JSONField(default=dict)),
                        ("opened_at", models.DateTimeField(default=backoffice.kernel.clock.now)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_by", models.CharField(blank=True, max_length=200)),
                        (
                            "card",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reviews",
                                to="pim.card",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="card_reviews",
                                to="mas.merchant",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "opened_at"], name="pim_review_queue")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "new_card"), ("state", "open")),
                                fields=("card",),
                                name="pim_review_one_open_per_new_card",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProposalLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("scope_id", models.BigIntegerField(default=0)),
                        ("locale", models.CharField(blank=True, default="", max_length=10)),
                        ("seen", models.JSONField(null=True)),
                        ("proposed", models.JSONField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("accepted", "Accepted"),
                                    ("rejected", "Rejected"),
                                    ("outdated", "Outdated"),
                                ],
                                default="pending",
                                max_length=8,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=250)),
                        (
                            "attribute",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="pim.attribute"
                            ),
                        ),
                        (
                            "review",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="pim.review",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("review", "attribute", "scope_id", "locale"),
                                name="pim_proposal_line_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Slug",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("view_id", models.BigIntegerField()),
                        ("slug", models.SlugField(db_index=False, max_length=160)),
                        ("is_current", models.BooleanField(default=True)),
                        (
                            "card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="slugs",
                                to="pim.card",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("view_id", "slug"), name="pim_slug_once_per_view"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_current", True)),
                                fields=("card", "view_id"),
                                name="pim_slug_one_current",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Unit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=60, verbose_name="code")),
                        ("names", models.JSONField(blank=True, default=dict, verbose_name="names")),
                        ("symbol", models.CharField(max_length=12, verbose_name="symbol")),
                        ("factor", models.CharField(max_length=40, verbose_name="factor")),
                        ("offset", models.CharField(default="0", max_length=40, verbose_name="offset")),
                        (
                            "aliases",
                            models.JSONField(blank=True, default=list, verbose_name="other spellings"),
                        ),
                        (
                            "family",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="units",
                                to="pim.measurefamily",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["family", "id"],
                        "constraints": [models.UniqueConstraint(fields=("code",), name="pim_unit_code")],
                    },
                ),
            ],
        ),
    ]
