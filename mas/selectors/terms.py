"""Terms in force, drafts, and who accepted what."""

from django.db.models import Count, QuerySet, Subquery
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound
from mas.models import Merchant, MerchantStatus, TermsAcceptance, TermsVersion


def find_current_terms() -> TermsVersion | None:
    """The published version with the highest number; None before the first."""
    return TermsVersion.objects.exclude(number=None).order_by("-number").first()


def get_terms(ref: str, *, lock: bool = False) -> TermsVersion:
    """One version or draft. Raises `NotFound`."""
    versions = TermsVersion.objects.select_for_update() if lock else TermsVersion.objects.all()
    version = versions.filter(ref=ref).first()
    if version is None:
        raise NotFound(_("There are no terms %(ref)s.") % {"ref": ref})
    return version


def list_terms() -> QuerySet[TermsVersion]:
    """Drafts and versions, newest first, each with the number of merchants who accepted it."""
    return TermsVersion.objects.annotate(acceptance_count=Count("acceptances")).order_by("-id")


def list_acceptances_of(merchant: Merchant) -> QuerySet[TermsAcceptance]:
    """What one merchant accepted, newest first."""
    acceptances: QuerySet[TermsAcceptance] = (
        TermsAcceptance.objects.filter(merchant=merchant).select_related("version").order_by("-id")
    )
    return acceptances


def find_terms_to_accept(merchant: Merchant) -> TermsVersion | None:
    """The version in force when this merchant has not accepted it yet."""
    return list_terms_to_accept(merchant).first()


def list_terms_to_accept(merchant: Merchant) -> QuerySet[TermsVersion]:
    """The version in force when this merchant has not accepted it yet, as rows to be counted."""
    current = TermsVersion.objects.exclude(number=None).order_by("-number").values("pk")[:1]
    return TermsVersion.objects.filter(pk=Subquery(current)).exclude(acceptances__merchant=merchant)


def list_overdue_merchants() -> list[Merchant]:
    """Selling merchants who let the last day for accepting the terms in force pass."""
    current = find_current_terms()
    if current is None or current.accept_by is None or current.accept_by >= clock.today():
        return []
    return list(
        Merchant.objects.filter(status=MerchantStatus.APPROVED)
        .exclude(terms_acceptances__version=current)
        .order_by("id")
    )


def count_missing_acceptances(version: TermsVersion) -> int:
    """How many merchants who trade have not accepted this version."""
    trading = Merchant.objects.filter(status__in=[MerchantStatus.APPROVED, MerchantStatus.SUSPENDED])
    return int(trading.exclude(terms_acceptances__version=version).count())
