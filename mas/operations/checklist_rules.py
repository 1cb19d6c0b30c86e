"""The operator's own onboarding: lines of the checklist, kinds of papers, automatic approval."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from mas.models import ChecklistRule, DocumentType, ItemKind, Merchant, OnboardingPolicy
from mas.models.merchants import ONBOARDING
from mas.operations.checklists import lay_out_checklist
from mas.permissions import CONFIGURE_ONBOARDING
from mas.selectors.onboarding import get_document_type, get_policy, get_rule


@transaction.atomic
def save_checklist_rule(values: Mapping[str, Any], *, actor: Actor, ref: str = "") -> ChecklistRule:
    """Add a line, or change the one named by `ref`; merchants who are registering get a new line at once.

    Merchants who handed in already are asked nothing new. Raises `InvalidInput` at the field at fault.
    """
    actor.require(CONFIGURE_ONBOARDING)
    rule = get_rule(ref) if ref else ChecklistRule()
    _fill(rule, values)
    fields = {}
    if rule.kind == ItemKind.DOCUMENT and rule.document_type_id is None:
        fields["document_type"] = _("Choose which document is asked for.")
    if rule.kind == ItemKind.ATTESTATION and not rule.statement.strip():
        fields["statement"] = _("Enter the statement the merchant confirms.")
    if rule.kind == ItemKind.MINIMUM_PRODUCTS and not rule.minimum_products:
        fields["minimum_products"] = _("Enter how many products are needed.")
    if fields:
        raise InvalidInput(_("The item was not saved. Please check the marked fields."), fields=fields)
    if rule.kind != ItemKind.DOCUMENT:
        rule.document_type = None
    _clean(rule)
    rule.save()
    audit.record("mas.checklist_rule.saved", actor=actor, subject=rule, note=rule.title)
    if rule.is_active:
        for merchant in Merchant.objects.filter(status__in=ONBOARDING):
            lay_out_checklist(merchant)
    return rule


@transaction.atomic
def save_document_type(values: Mapping[str, Any], *, actor: Actor, code: str = "") -> DocumentType:
    """Add a kind of paper, or change the one named by `code`. Raises `InvalidInput` at the field at fault."""
    actor.require(CONFIGURE_ONBOARDING)
    document_type = get_document_type(code) if code else DocumentType()
    _fill(document_type, values)
    _clean(document_type)
    document_type.save()
    audit.record("mas.document_type.saved", actor=actor, subject=document_type, note=document_type.name)
    return document_type


@transaction.atomic
def set_onboarding_policy(*, auto_approve: bool, invitation_days: int, actor: Actor) -> OnboardingPolicy:
    """Say whether complete registrations are approved by themselves and how long invitations stay valid."""
    actor.require(CONFIGURE_ONBOARDING)
    if not 1 <= invitation_days <= 365:
        message = _("Enter between 1 and 365 days.")
        raise InvalidInput(message, fields={"invitation_days": message})
    policy = get_policy()
    changes = {
        "auto_approve": [policy.auto_approve, auto_approve],
        "invitation_days": [policy.invitation_days, invitation_days],
    }
    policy.auto_approve, policy.invitation_days = auto_approve, invitation_days
    policy.save()
    audit.record("mas.onboarding_policy.set", actor=actor, subject=policy, changes=changes)
    return policy


def _fill(row: models.Model, values: Mapping[str, Any]) -> None:
    """A text that was left as it was read stays in every language."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _clean(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise InvalidInput(
            _("This was not saved. Please check the marked fields."),
            fields={name: " ".join(texts) for name, texts in error.message_dict.items()},
        ) from error
