"""Terms for merchants: drafted and published by the operator, accepted per merchant, enforced by date."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor, timer_actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.hashing import sha256_of
from backoffice.kernel.phrases import gettext as _
from mas.errors import TermsPublished
from mas.models import (
    ChecklistItem,
    ItemKind,
    Merchant,
    MerchantStatus,
    SuspensionType,
    TermsAcceptance,
    TermsVersion,
)
from mas.models.merchants import ONBOARDING
from mas.operations.checklists import complete_items, reopen_items
from mas.operations.notices import tell_owners
from mas.operations.suspensions import lift_suspension, suspend_merchant
from mas.permissions import ACCEPT_TERMS, PUBLISH_TERMS
from mas.selectors.merchants import lock_merchant
from mas.selectors.terms import find_current_terms, get_terms, list_overdue_merchants

TERMS_CAUSE = "terms"


@transaction.atomic
def draft_terms(
    *, title: str, bodies: Mapping[str, str], actor: Actor, summary_of_changes: str = "", ref: str = ""
) -> TermsVersion:
    """Write a draft, or change the one named by `ref`; nobody else sees it. Raises `TermsPublished`, `InvalidInput`."""
    actor.require(PUBLISH_TERMS)
    version = get_terms(ref, lock=True) if ref else TermsVersion()
    if version.is_published:
        raise TermsPublished(
            _("These terms are published, so their text stays. Start a new version instead.")
        )
    texts = {language: text.strip() for language, text in bodies.items() if text.strip()}
    fields = {}
    if not title.strip():
        fields["title"] = _("Enter a title.")
    if not texts:
        fields["bodies"] = _("Enter the text in at least one language.")
    if fields:
        raise InvalidInput(_("The draft was not saved. Please check the marked fields."), fields=fields)
    version.title = title.strip()
    version.bodies = texts
    version.summary_of_changes = summary_of_changes.strip()
    version.save()
    audit.record("mas.terms.drafted", actor=actor, subject=version, note=version.title)
    return version


@transaction.atomic
def publish_terms(ref: str, *, accept_by: date | None, actor: Actor) -> TermsVersion:
    """Make a draft the terms in force and ask every merchant to accept it by a date; repeating it changes nothing.

    Merchants still registering find the line open again; those who trade get a mail. Whoever has not accepted after
    `accept_by` is suspended by rule until they do; without a date nobody is.
    """
    actor.require(PUBLISH_TERMS)
    version = get_terms(ref, lock=True)
    if version.is_published:
        return version
    if accept_by is not None and accept_by <= clock.today():
        message = _("Give merchants at least until tomorrow.")
        raise InvalidInput(message, fields={"accept_by": message})
    last = TermsVersion.objects.exclude(number=None).order_by("-number").first()
    version.number = (last.number or 0) + 1 if last else 1
    version.accept_by = accept_by
    version.published_at = clock.now()
    version.published_by_label = actor.label
    version.text_sha256 = sha256_of({"title": version.title, "bodies": version.bodies})
    version.save()
    audit.record(
        "mas.terms.published", actor=actor, subject=version, note=f"{version.number}: {version.title}"
    )
    lines = ChecklistItem.objects.filter(
        rule__kind=ItemKind.TERMS, merchant__status__in=ONBOARDING, state="done"
    ).select_related("rule", "merchant")
    for line in lines:
        reopen_items(line.merchant, [line], _("There is a new version of the terms."), actor=actor)
    for merchant in Merchant.objects.filter(
        status__in=[MerchantStatus.APPROVED, MerchantStatus.SUSPENDED, MerchantStatus.IN_REVIEW]
    ).order_by("id"):
        tell_owners(merchant, "terms_published", version=version)
    return version


@transaction.atomic
def accept_terms(merchant_ref: str, version_ref: str, *, actor: Actor) -> TermsAcceptance:
    """The merchant agrees to exactly the text that was shown; user, time and address are kept.

    Settles the checklist line and lifts a suspension that the missing acceptance had caused. Repeating it changes
    nothing; a text that is no longer in force is refused, so that nobody agrees to what they did not read.
    """
    merchant = lock_merchant(merchant_ref, actor=actor)
    actor.require(ACCEPT_TERMS, merchant_id=merchant.pk)
    current = find_current_terms()
    if current is None or current.ref != version_ref:
        raise InvalidInput(_("A newer version of the terms was published. Read and accept that one."))
    acceptance, is_new = TermsAcceptance.objects.get_or_create(
        merchant=merchant,
        version=current,
        defaults={
            "user_id": actor.user_id,
            "user_label": actor.label,
            "accepted_at": clock.now(),
            "ip": actor.ip,
            "text_sha256": current.text_sha256,
        },
    )
    if is_new:
        audit.record(
            "mas.terms.accepted", actor=actor, subject=merchant, note=f"{current.number}: {current.title}"
        )
    complete_items(merchant, ItemKind.TERMS, actor=actor)
    if merchant.status == MerchantStatus.SUSPENDED and merchant.suspension_cause == TERMS_CAUSE:
        lift_suspension(
            merchant, actor=timer_actor("terms-accepted"), reason=_("The terms in force were accepted.")
        )
    return acceptance


def suspend_for_overdue_terms() -> int:
    """Suspend the merchants who let the date pass; safe to repeat. Returns how many."""
    overdue = list_overdue_merchants()
    for merchant in overdue:
        suspend_merchant(
            merchant.ref,
            actor=timer_actor("terms-overdue"),
            reason=_("The terms in force were not accepted in time. Accept them to sell again."),
            type=SuspensionType.AUTOMATIC,
            cause=TERMS_CAUSE,
        )
    return len(overdue)
