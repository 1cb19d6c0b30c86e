from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from billing.fees import rules


def new_rule_ref() -> str:
    return new_ref("FEE")


class RuleState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved, starts later")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


class FeeKind(models.TextChoices):
    COMMISSION = "commission", _("Commission on goods")
    SHIPPING = "shipping_commission", _("Commission on shipping")
    PAYMENT = "payment", _("Payment fee")
    LISTING = "listing", _("Listing fee")
    SUBSCRIPTION = "subscription", _("Subscription")


class Priority(models.IntegerChoices):
    DEFAULT = 0, _("Default")
    STANDARD = 1, _("Standard")
    PROMO = 2, _("Promotion")
    CONTRACT = 3, _("Contract")


class TierMode(models.TextChoices):
    NONE = "", _("One rate")
    GRADUATED = "graduated", _("Each part at its own rate")
    VOLUME = "volume", _("The whole at the rate it reaches")


class TierMeasure(models.TextChoices):
    LINE = "line", _("by each line alone")
    MONTH = "month", _("by what the merchant sold in the month so far")


class BaseMode(models.TextChoices):
    GROSS = "gross", _("Price with tax")
    NET = "net", _("Price without tax")


class RefundPolicy(models.TextChoices):
    RETURN = "return", _("Return the whole fee")
    RETURN_PERCENT = "return_percent", _("Return the percentage, keep fixed amounts")
    KEEP = "keep", _("Keep the fee")


class FeeRule(FSMModelMixin, models.Model):
    """One version of a fee rule; what was approved is never edited, a new version replaces it."""

    ref = models.CharField(max_length=24, unique=True, default=new_rule_ref, editable=False)
    name = models.CharField(_("name"), max_length=120)
    version = models.PositiveIntegerField(default=1)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="newer"
    )
    state = FSMField(choices=RuleState.choices, default=RuleState.DRAFT, protected=True)
    fee_kind = models.CharField(_("fee"), max_length=20, choices=FeeKind.choices, default=FeeKind.COMMISSION)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.STANDARD
    )
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, null=True, blank=True)
    website_id = models.BigIntegerField(null=True, blank=True)
    country = models.CharField(_("country of delivery"), max_length=2, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    merchant = models.ForeignKey(
        "mas.Merchant", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    category_id = models.BigIntegerField(null=True, blank=True)
    category_depth = models.PositiveSmallIntegerField(default=0)
    category_label = models.CharField(max_length=200, blank=True)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    card_id = models.BigIntegerField(null=True, blank=True)
    rate_bps = models.PositiveIntegerField(_("percent"), default=0)
    # {"EUR": {"per_line_minor": 30, "per_unit_minor": 0, "min_minor": 50, "max_minor": null}}
    amounts = models.JSONField(default=dict, blank=True)
    # [[10000, 1500], [null, 500]]: up to (minor units), basis points.
    tiers = models.JSONField(default=list, blank=True)
    tier_mode = models.CharField(_("tiers"), max_length=10, choices=TierMode.choices, blank=True, default="")
    tier_measure = models.CharField(
        _("tiers are climbed"), max_length=5, choices=TierMeasure.choices, default=TierMeasure.LINE
    )
    base = models.CharField(_("taken of"), max_length=5, choices=BaseMode.choices, default=BaseMode.GROSS)
    capped_at_proceeds = models.BooleanField(_("never above what the line brings"), default=True)
    includes_tax = models.BooleanField(_("the stated fee contains the tax on it"), default=False)
    refund_policy = models.CharField(
        _("on a refund"), max_length=15, choices=RefundPolicy.choices, default=RefundPolicy.RETURN_PERCENT
    )
    valid_from = models.DateTimeField(_("valid from"), default=clock.now)
    valid_to = models.DateTimeField(_("valid until"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by_user_id = models.BigIntegerField(null=True)
    created_by_label = models.CharField(max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by_user_id = models.BigIntegerField(null=True)
    approved_by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["fee_kind", "-priority", "name", "id"]
        indexes = [models.Index(fields=["state", "fee_kind"], name="fee_rule_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="fee_rule_forward"
            ),
            models.CheckConstraint(
                condition=Q(approved_by_user_id__isnull=True)
                | Q(created_by_user_id__isnull=True)
                | ~Q(approved_by_user_id=F("created_by_user_id")),
                name="fee_rule_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_label(self) -> str:
        """What the rule is narrowed to, in words; “everywhere” for a default.

        `scope_names` are names of things in other apps: `attach_scope_names` sets them.
        """
        named = [
            self.merchant.name if self.merchant else "",
            *getattr(self, "scope_names", ()),
            self.category_label or (str(self.category_id) if self.category_id else ""),
            self.brand,
            self.country,
            self.currency,
            self.entity.name if self.entity else "",
        ]
        return " · ".join(part for part in named if part) or gettext("everywhere")

    @transition(field=state, source=RuleState.DRAFT, target=RuleState.APPROVED)
    def approve(self) -> None:
        """A second person agreed; the rule counts from its start."""

    @transition(field=state, source=RuleState.APPROVED, target=RuleState.ACTIVE)
    def activate(self) -> None:
        """Its start has come."""

    @transition(field=state, source=[RuleState.APPROVED, RuleState.ACTIVE], target=RuleState.RETIRED)
    def retire(self) -> None:
        """It stops to apply to new orders; what it froze on lines stays."""

    def as_rule(self) -> rules.Rule:
        """The frozen value the engine works with."""
        return rules.Rule(
            id=self.pk or 0,
            ref=self.ref,
            name=self.name,
            version=self.version,
            fee_kind=rules.FeeKind(self.fee_kind),
            priority=rules.Priority(self.priority),
            scope=rules.Scope(
                entity_id=self.entity_id,
                website_id=self.website_id,
                country=self.country,
                currency=self.currency,
                merchant_id=self.merchant_id,
                category_id=self.category_id,
                category_depth=self.category_depth,
                brand=self.brand,
                card_id=self.card_id,
            ),
            formula=rules.Formula(
                rate_bps=self.rate_bps,
                amounts={code: rules.Amounts(**values) for code, values in self.amounts.items()},
                tiers=tuple(rules.Tier(top, rate) for top, rate in self.tiers),
                tier_mode=rules.TierMode(self.tier_mode),
                tier_measure=rules.TierMeasure(self.tier_measure),
                base=rules.BaseMode(self.base),
                capped_at_proceeds=self.capped_at_proceeds,
                includes_tax=self.includes_tax,
            ),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            refund_policy=rules.RefundPolicy(self.refund_policy),
        )


class FeeSnapshotQuerySet(VisibleQuerySet[Any]):
    """Scoped by its merchant."""


class FeeSnapshot(models.Model):
    """A fee frozen on an order line (or a merchant order's shipping) when the order was placed, with its reasons.

    The terms never change; the counters say what was charged at acceptance and what went back since.
    """

    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    merchant_order_id = models.BigIntegerField()
    # 0 = the shipping of the merchant order: a sentinel, so the unique key has no NULL.
    order_line_id = models.BigIntegerField(default=0)
    line_ref = models.CharField(max_length=40)
    fee_kind = models.CharField(max_length=20, choices=FeeKind.choices)
    rule = models.ForeignKey(FeeRule, on_delete=models.PROTECT, related_name="snapshots")
    rule_version = models.PositiveIntegerField()
    refund_policy = models.CharField(max_length=15, choices=RefundPolicy.choices)
    engine_version = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    quantity = models.PositiveIntegerField(default=1)
    paid_minor = models.BigIntegerField()
    subsidy_minor = models.BigIntegerField(default=0)
    base_minor = models.BigIntegerField()
    # What the merchant had sold in the month before this line; only where a rule climbs by month.
    month_before_minor = models.BigIntegerField(null=True)
    # The fee before rounding, in minor units with six decimals, as text: exact on both engines.
    raw = models.CharField(max_length=40)
    fee_minor = models.BigIntegerField()
    percent_minor = models.BigIntegerField()
    tax_category = models.CharField(max_length=2)
    tax_country = models.CharField(max_length=2)
    tax_rate_bps = models.PositiveIntegerField()
    tax_minor = models.BigIntegerField()
    flags = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    explanation = models.TextField()
    frozen_at = models.DateTimeField()
    charged_base_minor = models.BigIntegerField(default=0)
    charged_fee_minor = models.BigIntegerField(default=0)
    charged_percent_minor = models.BigIntegerField(default=0)
    charged_tax_minor = models.BigIntegerField(default=0)
    # What went back to the buyer in all, and since the charge in the terms the fee was taken of.
    refunded_paid_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    returned_fee_minor = models.BigIntegerField(default=0)
    returned_tax_minor = models.BigIntegerField(default=0)

    objects: ClassVar[Any] = FeeSnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant_order_id", "order_line_id", "fee_kind"], name="fee_snapshot_once"
            ),
            models.CheckConstraint(
                condition=Q(returned_fee_minor__lte=F("charged_fee_minor"))
                & Q(returned_tax_minor__lte=F("charged_tax_minor"))
                & Q(returned_fee_minor__gte=0)
                & Q(returned_tax_minor__gte=0),
                name="fee_snapshot_returns_within_charge",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="fee_snapshot_merchant")]

    def __str__(self) -> str:
        return f"{self.line_ref} {self.fee_kind}"
