"""The checklist of a merchant: what is asked, what is open, what the operator still has to look at."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from mas.models import (
    ChecklistItem,
    ChecklistRule,
    DocumentState,
    DocumentType,
    ItemKind,
    ItemState,
    Merchant,
    MerchantDocument,
    OnboardingPolicy,
)
from mas.models.merchants import ONBOARDING


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Something that stands between a merchant and the next step."""

    code: str
    title: str
    reason: str


def get_policy() -> OnboardingPolicy:
    """The operator's onboarding rules; the defaults until somebody saves others."""
    return OnboardingPolicy.objects.filter(pk=1).first() or OnboardingPolicy()


def find_waiting_for_products(merchant_ids: Iterable[int]) -> set[int]:
    """Which of these merchants are in onboarding with an open line that asks for a minimum of products."""
    items = ChecklistItem.objects.filter(
        merchant_id__in=list(merchant_ids),
        merchant__status__in=ONBOARDING,
        rule__kind=ItemKind.MINIMUM_PRODUCTS,
        state=ItemState.OPEN,
    )
    return set(items.values_list("merchant_id", flat=True))


def list_rules() -> QuerySet[ChecklistRule]:
    """Every line of the checklist in the order merchants meet them."""
    return ChecklistRule.objects.select_related("document_type").order_by("position", "id")


def get_rule(ref: str) -> ChecklistRule:
    """One line. Raises `NotFound`."""
    rule = ChecklistRule.objects.select_related("document_type").filter(ref=ref).first()
    if rule is None:
        raise NotFound(_("There is no such checklist item."))
    return rule


def list_document_types() -> QuerySet[DocumentType]:
    return DocumentType.objects.order_by("name")


def get_document_type(code: str) -> DocumentType:
    """One kind of paper. Raises `NotFound`."""
    found = DocumentType.objects.filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no such document type."))
    return found


def list_checklist(merchant: Merchant) -> list[ChecklistItem]:
    """The merchant's lines in order, with their rules and document types, in one statement."""
    return list(
        ChecklistItem.objects.filter(merchant=merchant, rule__is_active=True)
        .select_related("rule__document_type")
        .order_by("rule__position", "rule_id")
    )


def get_checklist_item(merchant: Merchant, code: str, *, actor: Actor) -> ChecklistItem:
    """One line by its code. Raises `NotFound`."""
    item: ChecklistItem | None = (
        ChecklistItem.objects.visible_to(actor)
        .filter(merchant=merchant, rule__code=code, rule__is_active=True)
        .select_related("rule__document_type", "merchant")
        .first()
    )
    if item is None:
        raise NotFound(_("There is no such checklist item."))
    return item


def list_points_before_submission(merchant: Merchant) -> list[OpenPoint]:
    """Required lines the merchant still has to fill; the operator's own checks come later."""
    return [
        _point(item)
        for item in list_checklist(merchant)
        if item.rule.is_required and not item.is_settled and item.rule.kind != ItemKind.OPERATOR_CHECK
    ]


def list_points_before_approval(merchant: Merchant) -> list[OpenPoint]:
    """Everything required that is open or was not looked at yet: lines, own checks, documents waiting for review."""
    items = [item for item in list_checklist(merchant) if item.rule.is_required]
    points = [_point(item) for item in items if not item.is_settled]
    papers = [item for item in items if item.rule.kind == ItemKind.DOCUMENT and item.state == ItemState.DONE]
    if papers:
        accepted = set(
            MerchantDocument.objects.filter(merchant=merchant, state=DocumentState.ACCEPTED).values_list(
                "document_type_id", flat=True
            )
        )
        points += [
            OpenPoint(item.rule.code, item.rule.title, _("The document was not reviewed yet."))
            for item in papers
            if item.rule.document_type_id not in accepted
        ]
    return points


def _point(item: ChecklistItem) -> OpenPoint:
    return OpenPoint(item.rule.code, item.rule.title, item.note or _("Still open."))
