"""Papers of merchants."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from mas.models import DocumentState, Merchant, MerchantDocument
from mas.selectors.merchants import lock_merchant


def list_documents(actor: Actor) -> QuerySet[MerchantDocument]:
    """Every paper the actor may see, newest first, with merchant and type."""
    documents: QuerySet[MerchantDocument] = (
        MerchantDocument.objects.visible_to(actor).select_related("merchant", "document_type").order_by("-id")
    )
    return documents


def list_documents_of(merchant: Merchant) -> QuerySet[MerchantDocument]:
    """One merchant's papers, newest first; replaced ones included."""
    documents: QuerySet[MerchantDocument] = (
        MerchantDocument.objects.filter(merchant=merchant).select_related("document_type").order_by("-id")
    )
    return documents


def get_document(ref: str, *, actor: Actor) -> MerchantDocument:
    """One paper. Raises `NotFound` for strangers."""
    document = list_documents(actor).filter(ref=ref).first()
    if document is None:
        raise NotFound(_("There is no document %(ref)s.") % {"ref": ref})
    return document


def lock_document(ref: str, *, actor: Actor) -> tuple[MerchantDocument, Merchant]:
    """One paper and its merchant for writing; the merchant is locked first, as everywhere. Raises `NotFound`."""
    found = get_document(ref, actor=actor)
    merchant = lock_merchant(found.merchant.ref, actor=actor)
    document: MerchantDocument = (
        MerchantDocument.objects.select_for_update(of=("self",))
        .select_related("document_type")
        .get(pk=found.pk)
    )
    return document, merchant


def list_pending_documents(actor: Actor) -> QuerySet[MerchantDocument]:
    return list_documents(actor).filter(state=DocumentState.PENDING)


def list_expiring_documents(actor: Actor, within_days: int = 30) -> QuerySet[MerchantDocument]:
    """Accepted papers that run out within so many days, the next one first."""
    today = clock.today()
    return (
        list_documents(actor)
        .filter(
            state=DocumentState.ACCEPTED,
            expires_on__gte=today,
            expires_on__lte=today + timedelta(days=within_days),
        )
        .order_by("expires_on", "id")
    )
