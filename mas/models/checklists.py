from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.phrases import PhraseField, ShortPhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_rule_ref() -> str:
    return new_ref("CHK")


class ItemKind(models.TextChoices):
    PROFILE = "profile", _("Company profile")
    ADDRESS = "address", _("Address")
    TAX_NUMBER = "tax_number", _("Tax number")
    BANK_ACCOUNT = "bank_account", _("Bank account")
    DOCUMENT = "document", _("Document")
    ATTESTATION = "attestation", _("Attestation")
    TERMS = "terms", _("Terms")
    MINIMUM_PRODUCTS = "minimum_products", _("Minimum products")
    OPERATOR_CHECK = "operator_check", _("Check by the operator")


class OnboardingPolicy(models.Model):
    """The operator's own rules of onboarding: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Approve without a person as soon as nothing required is open.
    auto_approve = models.BooleanField(_("approve automatically"), default=False)
    invitation_days = models.PositiveSmallIntegerField(_("invitations are valid for (days)"), default=14)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="onboarding_policy_is_one_row")
        ]

    def __str__(self) -> str:
        return "onboarding policy"


class ChecklistRule(models.Model):
    """One line of the checklist that the operator asks of every new merchant."""

    ref = models.CharField(max_length=24, unique=True, default=new_rule_ref, editable=False)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=ItemKind.choices)
    title = ShortPhraseField(_("title"), max_length=120)
    help_text = PhraseField(_("explanation for the merchant"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_required = models.BooleanField(_("required"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    document_type = models.ForeignKey(
        "mas.DocumentType", null=True, blank=True, on_delete=models.PROTECT, related_name="rules"
    )
    # What the merchant confirms by an attestation, word for word.
    statement = PhraseField(_("statement to confirm"), blank=True)
    minimum_products = models.PositiveIntegerField(_("products needed"), null=True, blank=True)

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind="document", document_type__isnull=False)
                | (~Q(kind="document") & Q(document_type__isnull=True)),
                name="checklist_document_has_a_type",
            )
        ]

    def __str__(self) -> str:
        return self.title


class ItemState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    WAIVED = "waived", _("Waived")


class ChecklistItemQuerySet(VisibleQuerySet["ChecklistItem"]):
    """Scoped by its merchant."""


class ChecklistItem(FSMModelMixin, models.Model):
    """One merchant's answer to one checklist line."""

    merchant = models.ForeignKey("mas.Merchant", on_delete=models.CASCADE, related_name="checklist_items")
    rule = models.ForeignKey(ChecklistRule, on_delete=models.PROTECT, related_name="items")
    state = FSMField(choices=ItemState.choices, default=ItemState.OPEN, protected=True)
    # Why an item is open again (a rejected document, a returned registration).
    note = models.TextField(blank=True)
    # The words that were confirmed; the rule may be reworded later.
    # The words as the merchant read them, in its language.
    confirmed_statement = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by_label = models.CharField(max_length=200, blank=True)
    waived_by_label = models.CharField(max_length=200, blank=True)
    waive_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = ChecklistItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["rule__position", "rule_id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["merchant", "rule"], name="checklist_item_once_per_rule"),
            models.CheckConstraint(
                condition=~Q(state="waived") | (~Q(waive_reason="") & ~Q(waived_by_label="")),
                name="checklist_waiver_has_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule.title} ({self.state})"

    @property
    def is_settled(self) -> bool:
        return self.state in {ItemState.DONE, ItemState.WAIVED}

    @transition(field=state, source=[ItemState.OPEN, ItemState.DONE], target=ItemState.DONE)
    def complete(self) -> None:
        """What was asked is there."""

    @transition(field=state, source=[ItemState.DONE, ItemState.WAIVED, ItemState.OPEN], target=ItemState.OPEN)
    def reopen(self) -> None:
        """What was given is not (or no longer) good enough."""

    @transition(field=state, source=ItemState.OPEN, target=ItemState.WAIVED)
    def waive(self) -> None:
        """The operator does without it for this merchant."""
