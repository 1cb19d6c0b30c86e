"""Papers of a merchant: uploaded by the merchant, decided by the operator, running out by date."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django_fsm import can_proceed

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor, timer_actor
from backoffice.kernel.errors import DomainError, InvalidInput
from backoffice.kernel.phrases import gettext as _
from dam.operations.assets import store_asset
from mas.errors import DocumentStateRefused
from mas.models import (
    ChecklistItem,
    DocumentState,
    DocumentType,
    ItemKind,
    Merchant,
    MerchantDocument,
    MerchantStatus,
)
from mas.models.merchants import ONBOARDING
from mas.operations.approvals import approve_if_complete
from mas.operations.checklists import complete_items, reopen_items
from mas.operations.notices import tell_owners
from mas.operations.status import required_reason
from mas.permissions import REVIEW_MERCHANT, UPLOAD_DOCUMENTS
from mas.selectors.documents import lock_document
from mas.selectors.merchants import lock_merchant
from mas.selectors.onboarding import get_document_type
from mms.operations.tasks import close_tasks, open_task

DOCUMENT_TASK = "mas.review_document"
REVIEW_WITHIN = timedelta(days=2)
# Merchants hear of a paper that runs out this long before it does.
WARN_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DocumentUpload:
    """A file as it came in."""

    type_code: str
    filename: str
    data: bytes
    expires_on: date | None = None


@transaction.atomic
def upload_document(ref: str, upload: DocumentUpload, *, actor: Actor) -> MerchantDocument:
    """Keep a paper as a private asset and settle its checklist line; the one before of this type is replaced.

    The operator gets a task unless the whole registration still waits to be handed in. Raises `InvalidInput` at
    `file` or `expires_on`. The same file again while it is pending or accepted changes nothing.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(UPLOAD_DOCUMENTS, merchant_id=merchant.pk)
    document_type = get_document_type(upload.type_code)
    _check(upload, document_type)
    try:
        asset = store_asset(
            upload.data,
            filename=upload.filename,
            owner_merchant_id=merchant.pk,
            actor=actor,
            title=document_type.name,
            is_private=True,
        )
    except DomainError as error:
        raise InvalidInput(str(error), fields={"file": str(error)}) from error
    before = list(
        MerchantDocument.objects.filter(merchant=merchant, document_type=document_type).exclude(
            state=DocumentState.REPLACED
        )
    )
    for old in before:
        is_same = str(old.asset_uuid) == str(asset.uuid) and old.expires_on == upload.expires_on
        if is_same and old.state in {DocumentState.PENDING, DocumentState.ACCEPTED}:
            return old
        # An accepted paper stays good until the new one is accepted.
        if old.state != DocumentState.ACCEPTED:
            old.replace()
            old.save(update_fields=["state"])
    document: MerchantDocument = MerchantDocument.objects.create(
        merchant=merchant,
        document_type=document_type,
        asset_uuid=asset.uuid,
        filename=upload.filename[-255:],
        bytes=len(upload.data),
        expires_on=upload.expires_on,
        uploaded_by_label=actor.label,
    )
    audit.record("mas.document.uploaded", actor=actor, subject=document, note=str(document))
    complete_items(merchant, ItemKind.DOCUMENT, document_type_id=document_type.pk, actor=actor)
    if merchant.status in {MerchantStatus.APPROVED, MerchantStatus.SUSPENDED}:
        _ask_for_review(document, merchant)
    return document


def _check(upload: DocumentUpload, document_type: DocumentType) -> None:
    fields = {}
    ending = upload.filename.rpartition(".")[2].lower()
    allowed = [str(item).lower() for item in document_type.file_types]
    if ending == "jpeg":
        ending = "jpg"
    if not upload.data:
        fields["file"] = _("This file is empty. Choose the file again.")
    elif ending not in allowed:
        fields["file"] = _("Send one of these kinds of file: %(kinds)s.") % {"kinds": ", ".join(allowed)}
    elif len(upload.data) > document_type.max_megabytes * 1024 * 1024:
        fields["file"] = _("This file is larger than %(size)d MB. Send a smaller scan.") % {
            "size": document_type.max_megabytes
        }
    if document_type.has_expiry and upload.expires_on is None:
        fields["expires_on"] = _("Enter the day until which the document is valid.")
    elif upload.expires_on is not None and upload.expires_on < clock.today():
        fields["expires_on"] = _("This document is no longer valid. Send a current one.")
    if fields:
        raise InvalidInput(_("The document was not taken in. Please check the marked fields."), fields=fields)


def _ask_for_review(document: MerchantDocument, merchant: Merchant) -> None:
    open_task(
        kind=DOCUMENT_TASK,
        title=_("Review a document of %(merchant)s") % {"merchant": merchant.name},
        url_name="console:mas-merchant-detail",
        url_args=[merchant.ref],
        subject_ref=document.ref,
        merchant_id=merchant.pk,
        due_at=clock.now() + REVIEW_WITHIN,
    )


@transaction.atomic
def accept_document(ref: str, *, actor: Actor) -> MerchantDocument:
    """The paper is good; an older accepted one of its type is replaced. Repeating it changes nothing."""
    document, merchant = lock_document(ref, actor=actor)
    actor.require(REVIEW_MERCHANT)
    if document.state == DocumentState.ACCEPTED:
        return document
    _refuse_unless(document, "accept")
    for old in MerchantDocument.objects.filter(
        merchant=merchant, document_type=document.document_type_id, state=DocumentState.ACCEPTED
    ):
        old.replace()
        old.save(update_fields=["state"])
    document.accept()
    _save_decision(document, "", actor)
    audit.record("mas.document.accepted", actor=actor, subject=document, note=str(document))
    approve_if_complete(merchant)
    return document


@transaction.atomic
def reject_document(ref: str, *, actor: Actor, reason: str) -> MerchantDocument:
    """The paper is not what was asked for: its checklist line opens again and the merchant reads why."""
    document, merchant = lock_document(ref, actor=actor)
    actor.require(REVIEW_MERCHANT)
    if document.state == DocumentState.REJECTED:
        return document
    reason = required_reason(reason)
    _refuse_unless(document, "reject")
    document.reject()
    _save_decision(document, reason, actor)
    audit.record("mas.document.rejected", actor=actor, subject=document, note=reason)
    lines = ChecklistItem.objects.filter(
        merchant=merchant, rule__kind=ItemKind.DOCUMENT, rule__document_type=document.document_type_id
    ).select_related("rule")
    reopen_items(merchant, lines, reason, actor=actor)
    tell_owners(merchant, "document_rejected", document=document, reason=reason)
    return document


def _refuse_unless(document: MerchantDocument, transition: str) -> None:
    if not can_proceed(getattr(document, transition)):
        raise DocumentStateRefused(
            _("This document is “%(state)s” meanwhile. Reload the page to see the current one.")
            % {"state": document.get_state_display()},
            state=str(document.state),
        )


def _save_decision(document: MerchantDocument, reason: str, actor: Actor) -> None:
    document.reason = reason
    document.reviewed_at = clock.now()
    document.reviewed_by_label = actor.label
    document.save(update_fields=["state", "reason", "reviewed_at", "reviewed_by_label"])
    close_tasks(DOCUMENT_TASK, document.ref, actor=actor)


def expire_documents() -> int:
    """Write down which accepted papers ran out and ask their merchants for new ones; returns how many."""
    actor = timer_actor("document-expired")
    due = MerchantDocument.objects.filter(
        state__in=[DocumentState.ACCEPTED, DocumentState.PENDING], expires_on__lt=clock.today()
    ).order_by("id")
    return sum(_expire(ref, actor) for ref in list(due.values_list("ref", flat=True)))


@transaction.atomic
def _expire(ref: str, actor: Actor) -> bool:
    document, merchant = lock_document(ref, actor=actor)
    if not can_proceed(document.expire):
        return False
    document.expire()
    document.save(update_fields=["state"])
    audit.record("mas.document.expired", actor=actor, subject=document, note=str(document))
    close_tasks(DOCUMENT_TASK, document.ref, actor=actor)
    newer = MerchantDocument.objects.filter(
        merchant=merchant,
        document_type=document.document_type_id,
        state__in=[DocumentState.ACCEPTED, DocumentState.PENDING],
    )
    if merchant.status in ONBOARDING and not newer.exists():
        lines = ChecklistItem.objects.filter(
            merchant=merchant, rule__kind=ItemKind.DOCUMENT, rule__document_type=document.document_type_id
        ).select_related("rule")
        reopen_items(merchant, lines, _("The document has expired."), actor=actor)
    tell_owners(merchant, "document_expired", document=document)
    return True


def warn_of_expiring_documents() -> int:
    """Mail merchants whose accepted papers run out soon, once per paper; returns how many papers."""
    today = clock.today()
    due = MerchantDocument.objects.filter(
        state=DocumentState.ACCEPTED,
        warned_at=None,
        expires_on__gte=today,
        expires_on__lte=today + WARN_BEFORE,
    ).order_by("id")
    return sum(_warn(ref) for ref in list(due.values_list("ref", flat=True)))


@transaction.atomic
def _warn(ref: str) -> bool:
    document, merchant = lock_document(ref, actor=timer_actor("document-expiring"))
    if document.warned_at is not None:
        return False
    document.warned_at = clock.now()
    document.save(update_fields=["warned_at"])
    tell_owners(merchant, "document_expiring", document=document)
    return True
