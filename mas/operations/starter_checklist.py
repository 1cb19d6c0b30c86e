"""The usual checklist to start from: what most marketplaces ask of a new merchant."""

from typing import Any

from django.db import transaction

from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import gettext as _
from mas.models import ChecklistRule, DocumentType, ItemKind, OnboardingPolicy
from mas.operations.checklist_rules import save_checklist_rule, save_document_type
from mas.permissions import CONFIGURE_ONBOARDING
from mas.selectors.onboarding import get_policy


@transaction.atomic
def start_usual_checklist(*, actor: Actor) -> list[ChecklistRule]:
    """Write the usual kinds of papers and checklist lines where none exist yet; repeating it changes nothing."""
    actor.require(CONFIGURE_ONBOARDING)
    if ChecklistRule.objects.exists():
        return []
    if not OnboardingPolicy.objects.exists():
        get_policy().save()
    papers = {code: _paper(code, name, has_expiry, actor) for code, name, has_expiry in _papers()}
    return [
        save_checklist_rule(
            {
                "code": code,
                "kind": kind,
                "title": title,
                "help_text": help_text,
                "position": position * 10,
                "document_type": papers.get(code),
                **more,
            },
            actor=actor,
        )
        for position, (code, kind, title, help_text, more) in enumerate(_lines(), start=1)
    ]


def _papers() -> list[tuple[str, str, bool]]:
    return [
        ("register-extract", _("Extract from the commercial register"), False),
        ("liability-insurance", _("Proof of liability insurance"), True),
    ]


def _paper(code: str, name: str, has_expiry: bool, actor: Actor) -> DocumentType:
    found = DocumentType.objects.filter(code=code).first()
    return found or save_document_type({"code": code, "name": name, "has_expiry": has_expiry}, actor=actor)


def _lines() -> list[tuple[str, str, str, str, dict[str, Any]]]:
    return [
        (
            "company",
            ItemKind.PROFILE,
            _("Your company"),
            _("As it stands in the register: this is the name on invoices and payouts."),
            {},
        ),
        (
            "address",
            ItemKind.ADDRESS,
            _("Registered office"),
            _("The address of your company. You can add other addresses for dispatch and returns later."),
            {},
        ),
        (
            "tax-number",
            ItemKind.TAX_NUMBER,
            _("Tax number"),
            _("We check it by the rules of its country, so a mistyped character is noticed here."),
            {},
        ),
        (
            "bank-account",
            ItemKind.BANK_ACCOUNT,
            _("Bank account"),
            _("Your sales are paid out to this account. It should belong to the company above."),
            {},
        ),
        (
            "register-extract",
            ItemKind.DOCUMENT,
            _("Extract from the register"),
            _("Not older than three months. A scan or a photo is enough."),
            {},
        ),
        (
            "liability-insurance",
            ItemKind.DOCUMENT,
            _("Liability insurance"),
            _("Speeds up the review if you have one."),
            {"is_required": False},
        ),
        (
            "lawful-goods",
            ItemKind.ATTESTATION,
            _("Lawful goods"),
            "",
            {
                "statement": _(
                    "I may sell everything I offer, and it meets the product safety rules where I sell it."
                )
            },
        ),
        ("terms", ItemKind.TERMS, _("Terms for merchants"), _("Please read them before you agree."), {}),
    ]
