"""Which merchants exist, who may see them, and which of them sell now."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from mas.models import ChecklistItem, ItemState, Merchant, MerchantStatus

MerchantsById = dict[int, Merchant]


def get_merchant(ref: str, *, actor: Actor) -> Merchant:
    """The merchant the actor may see; raises `NotFound` for strangers and unknown refs alike."""
    merchant: Merchant | None = Merchant.objects.visible_to(actor).filter(ref=ref).first()
    if merchant is None:
        raise NotFound(_("There is no merchant %(ref)s.") % {"ref": ref}, ref=ref)
    return merchant


def get_own_merchant(merchant_id: int, *, actor: Actor) -> Merchant:
    """The merchant chosen in the portal; raises `NotFound` when the actor does not belong to it."""
    merchant: Merchant | None = Merchant.objects.visible_to(actor).filter(pk=merchant_id).first()
    if merchant is None:
        raise NotFound(_("There is no such merchant."))
    return merchant


def find_merchant_by_id(merchant_id: int) -> Merchant | None:
    merchant: Merchant | None = Merchant.objects.filter(pk=merchant_id).first()
    return merchant


def find_selling_merchant_by_slug(slug: str) -> Merchant | None:
    """The merchant of a public page: only those who sell have one."""
    merchant: Merchant | None = Merchant.objects.selling(clock.today()).filter(slug=slug).first()
    return merchant


def get_merchants_by_id(merchant_ids: Iterable[int]) -> MerchantsById:
    """Several merchants in one statement, for lists of other apps that show names."""
    found: MerchantsById = Merchant.objects.in_bulk(set(merchant_ids))
    return found


def list_merchants(actor: Actor) -> QuerySet[Merchant]:
    """The actor's merchants by name."""
    merchants: QuerySet[Merchant] = Merchant.objects.visible_to(actor).order_by("name", "id")
    return merchants


def with_checklist_counts(merchants: QuerySet[Merchant]) -> QuerySet[Merchant]:
    """Adds `items_total` and `items_settled` (required items of the checklist) for the "n of m" column."""
    required = (
        ChecklistItem.objects.filter(merchant_id=OuterRef("pk"), rule__is_required=True, rule__is_active=True)
        .order_by()
        .values("merchant_id")
    )
    settled = required.filter(state__in=[ItemState.DONE, ItemState.WAIVED])
    return merchants.annotate(
        items_total=Coalesce(Subquery(required.annotate(n=Count("pk")).values("n")), 0),
        items_settled=Coalesce(Subquery(settled.annotate(n=Count("pk")).values("n")), 0),
    )


def list_selling_merchant_ids() -> list[int]:
    """Ids of merchants whose offers may be bought today: approved and not on holiday."""
    return list(Merchant.objects.selling(clock.today()).order_by("id").values_list("id", flat=True))


def list_merchants_approved_before(moment: datetime) -> QuerySet[Merchant]:
    """Merchants that are approved now and were so before a moment, in a stable order."""
    approved = Merchant.objects.filter(status=MerchantStatus.APPROVED)
    merchants: QuerySet[Merchant] = approved.filter(Q(approved_at__lt=moment) | Q(approved_at=None))
    return merchants.order_by("id")


def is_selling(merchant: Merchant) -> bool:
    """Whether this merchant takes new orders today."""
    return merchant.status == MerchantStatus.APPROVED and not merchant.is_on_holiday(clock.today())


def count_merchants_by_status(actor: Actor) -> dict[str, int]:
    """How many merchants the actor sees in each status, for tabs and cards; statuses without any are 0."""
    rows = Merchant.objects.visible_to(actor).order_by().values_list("status").annotate(n=Count("pk"))
    return dict.fromkeys(MerchantStatus.values, 0) | dict(rows)


def search_merchants(merchants: QuerySet[Merchant], text: str) -> QuerySet[Merchant]:
    """Narrow by name, ref, e-mail or legal name."""
    text = text.strip()
    if not text:
        return merchants
    return merchants.filter(
        Q(name__icontains=text)
        | Q(ref__iexact=text)
        | Q(email__icontains=text)
        | Q(counterparty__legal_name__icontains=text)
    )


def lock_merchant(ref: str, *, actor: Actor) -> Merchant:
    """The merchant for writing, locked until the transaction ends; raises `NotFound` for strangers."""
    merchant: Merchant | None = Merchant.objects.visible_to(actor).select_for_update().filter(ref=ref).first()
    if merchant is None:
        raise NotFound(_("There is no merchant %(ref)s.") % {"ref": ref}, ref=ref)
    return merchant


def list_merchants_in_review(actor: Actor) -> QuerySet[Merchant]:
    """The registrations that wait for a decision, the longest first."""
    return list_merchants(actor).filter(status=MerchantStatus.IN_REVIEW).order_by("submitted_at", "id")


def find_merchants(text: str, actor: Actor) -> list[Merchant]:
    """At most ten merchants that fit a search, exact numbers first, for the search box."""
    found = search_merchants(list_merchants(actor), text)
    return sorted(found[:10], key=lambda row: row.ref.lower() != text.strip().lower())
