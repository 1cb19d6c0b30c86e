"""Lines of a merchant's checklist: laid out, done, confirmed, waived, opened again."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from django_fsm import can_proceed

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from mas.models import ChecklistItem, ChecklistRule, ItemKind, ItemState, Merchant
from mas.models.merchants import ONBOARDING
from mas.operations.approvals import approve_if_complete
from mas.operations.status import required_reason
from mas.permissions import ACCEPT_TERMS, REVIEW_MERCHANT
from mas.selectors.merchants import lock_merchant
from mas.selectors.onboarding import get_checklist_item


def lay_out_checklist(merchant: Merchant) -> None:
    """Give the merchant every line in use that it does not have yet; safe to repeat."""
    rules = ChecklistRule.objects.filter(is_active=True).exclude(items__merchant=merchant)
    ChecklistItem.objects.bulk_create(
        [ChecklistItem(merchant=merchant, rule=rule) for rule in rules], ignore_conflicts=True
    )


def complete_items(
    merchant: Merchant, kind: str, *, actor: Actor, document_type_id: int | None = None
) -> None:
    """Mark every line of a kind as done because what it asks for is there; lines done before stay as they are."""
    items = ChecklistItem.objects.filter(merchant=merchant, rule__kind=kind).select_related("rule")
    if document_type_id is not None:
        items = items.filter(rule__document_type_id=document_type_id)
    for item in items:
        if item.state == ItemState.OPEN:
            _complete(item, actor)


def reopen_items(
    merchant: Merchant, items: Iterable[ChecklistItem], note: str, *, actor: Actor
) -> list[ChecklistItem]:
    """Ask for lines again; `note` tells the merchant why. Returns the lines that were opened."""
    opened = []
    for item in items:
        if item.state == ItemState.OPEN and item.note == note:
            continue
        item.reopen()
        item.note = note
        item.done_at = None
        item.done_by_label = item.waived_by_label = item.waive_reason = ""
        item.save()
        opened.append(item)
        audit.record(
            "mas.checklist.reopened", actor=actor, subject=merchant, note=f"{item.rule.title}: {note}"
        )
    return opened


@transaction.atomic
def complete_attestation(merchant_ref: str, code: str, *, actor: Actor) -> ChecklistItem:
    """The merchant confirms the statement of one line; its words are kept. Repeating it changes nothing."""
    merchant = lock_merchant(merchant_ref, actor=actor)
    actor.require(ACCEPT_TERMS, merchant_id=merchant.pk)
    item = get_checklist_item(merchant, code, actor=actor)
    if item.rule.kind != ItemKind.ATTESTATION:
        raise InvalidInput(_("This line is not a statement to confirm."))
    if item.state == ItemState.OPEN:
        item.confirmed_statement = f"{item.rule.statement}"
        _complete(item, actor)
    return item


@transaction.atomic
def complete_operator_check(merchant_ref: str, code: str, *, actor: Actor, note: str = "") -> ChecklistItem:
    """The operator looked at what only the operator can judge. Repeating it changes nothing."""
    merchant = lock_merchant(merchant_ref, actor=actor)
    actor.require(REVIEW_MERCHANT)
    item = get_checklist_item(merchant, code, actor=actor)
    if item.rule.kind != ItemKind.OPERATOR_CHECK:
        raise InvalidInput(_("Only the merchant can fill this line. Waive it if you want to do without it."))
    if item.state == ItemState.OPEN:
        item.note = note.strip()
        _complete(item, actor)
        approve_if_complete(merchant)
    return item


@transaction.atomic
def waive_item(merchant_ref: str, code: str, *, actor: Actor, reason: str) -> ChecklistItem:
    """Do without one line for this merchant; who and why stay on it. Raises `ReasonMissing`, `StateRefused`."""
    merchant = lock_merchant(merchant_ref, actor=actor)
    actor.require(REVIEW_MERCHANT)
    reason = required_reason(reason)
    item = get_checklist_item(merchant, code, actor=actor)
    if item.state == ItemState.WAIVED:
        return item
    if not can_proceed(item.waive):
        raise StateRefused(_("“%(item)s” is done, so there is nothing to waive.") % {"item": item.rule.title})
    item.waive()
    item.waive_reason = reason
    item.waived_by_label = actor.label
    item.save()
    audit.record("mas.checklist.waived", actor=actor, subject=merchant, note=f"{item.rule.title}: {reason}")
    approve_if_complete(merchant)
    return item


@transaction.atomic
def state_product_count(merchant_id: int, count: int, *, actor: Actor) -> None:
    """How many products the merchant has; told from above, it fills the lines that ask for a minimum."""
    items = ChecklistItem.objects.filter(
        merchant_id=merchant_id,
        merchant__status__in=ONBOARDING,
        rule__kind=ItemKind.MINIMUM_PRODUCTS,
        state=ItemState.OPEN,
        rule__minimum_products__lte=count,
    ).select_related("rule", "merchant")
    for item in items:
        _complete(item, actor)


def _complete(item: ChecklistItem, actor: Actor) -> None:
    item.complete()
    item.done_at = clock.now()
    item.done_by_label = actor.label
    if item.rule.kind != ItemKind.OPERATOR_CHECK:
        item.note = ""
    item.save()
    audit.record("mas.checklist.completed", actor=actor, subject=item.merchant, note=item.rule.title)
