"""Vouchers: whose they are, what they take off a cart, and why one counts no more."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from backoffice.kernel.money import Money
from mms.context import StoreContext
from oms.models import MerchantOrder, Voucher


@dataclass(frozen=True, slots=True)
class CartVoucher:
    """A voucher on one merchant's part of a cart: what it takes off now, or why nothing."""

    voucher_id: int
    ref: str
    code: str
    title: str
    discount_minor: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a voucher does not count: one word for programs, a sentence for people."""

    reason: str
    message: str


def list_vouchers(actor: Actor) -> QuerySet[Voucher]:
    """The vouchers that the actor may see, newest first, with `turnover_minor`: what buyers owed for their orders.

    Orders that gave their use back do not count.
    """
    orders = MerchantOrder.objects.filter(
        voucher_use__voucher=OuterRef("pk"), voucher_use__given_back_at=None, placed_at__isnull=False
    )
    owed = (
        orders.order_by()
        .values("voucher_use__voucher")
        .annotate(sum=Sum(F("total_minor") - F("withdrawn_minor")))
    )
    rows: QuerySet[Voucher] = Voucher.objects.visible_to(actor).select_related("website", "merchant")
    return rows.annotate(turnover_minor=Coalesce(Subquery(owed.values("sum")), 0)).order_by("-id")


def get_voucher(ref: str, *, actor: Actor) -> Voucher:
    """One voucher with its turnover; raises `NotFound` for strangers and unknown refs alike."""
    found = list_vouchers(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no voucher %(ref)s.") % {"ref": ref}, ref=ref)
    return found


def lock_voucher(ref: str, *, actor: Actor) -> Voucher:
    """The voucher for writing; raises `NotFound` for strangers."""
    found = Voucher.objects.visible_to(actor).select_for_update().filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no voucher %(ref)s.") % {"ref": ref}, ref=ref)
    return found


def find_vouchers_by_code(code: str) -> list[Voucher]:
    """All vouchers ever of this code, active ones first, then the newest."""
    rows = Voucher.objects.filter(code=code.strip().upper()).select_related("website", "merchant")
    return sorted(rows, key=lambda row: (not row.is_active, -row.pk))


def get_cart_vouchers(voucher_ids: Iterable[int], buyer_email: str) -> dict[int, Voucher]:
    """Vouchers by merchant, with `mine`: how often this buyer used them. No statement for a cart without any."""
    ids = list(voucher_ids)
    if not ids:
        return {}
    mine = Q(redemptions__buyer_email=buyer_email.strip().lower(), redemptions__given_back_at=None)
    rows = Voucher.objects.filter(pk__in=ids).annotate(mine=Count("redemptions", filter=mine))
    return {row.merchant_id: row for row in rows}


def on_cart(voucher: Voucher | None, goods_minor: int, store: StoreContext) -> CartVoucher | None:
    """What the voucher does to this merchant's goods in a cart of this store view."""
    if voucher is None:
        return None
    refusal = find_refusal(voucher, goods_minor, store)
    discount = 0 if refusal else voucher.discount_on(goods_minor)
    problem = refusal.message if refusal else ""
    return CartVoucher(voucher.pk, voucher.ref, voucher.code, voucher.title, discount, problem)


def find_refusal(voucher: Voucher, goods_minor: int, store: StoreContext) -> Refusal | None:
    """Why it takes nothing off this merchant's goods here and now; None when it does."""
    now = clock.now()
    if voucher.website_id != store.website_id:
        message = _("This voucher is for another shop: %(shop)s.") % {"shop": voucher.website.name}
        return Refusal("other_website", message)
    if not voucher.is_active or (voucher.valid_until is not None and voucher.valid_until <= now):
        return Refusal("ended", _("This voucher has ended."))
    if voucher.valid_from > now:
        return Refusal("not_started", _("This voucher is not valid yet."))
    if voucher.currency != store.currency:
        message = _("This voucher is for prices in %(theirs)s; prices here are in %(ours)s.")
        return Refusal("currency", message % {"theirs": voucher.currency, "ours": store.currency})
    if voucher.max_uses is not None and voucher.uses >= voucher.max_uses:
        return Refusal("used_up", _("This voucher has been used up."))
    if voucher.max_uses_per_buyer is not None and getattr(voucher, "mine", 0) >= voucher.max_uses_per_buyer:
        return Refusal("used_by_you", _("You have used this voucher already."))
    if goods_minor < voucher.minimum_minor or goods_minor < 2:
        least = Money(max(voucher.minimum_minor, 2), voucher.currency).display()
        there = Money(goods_minor, voucher.currency).display()
        message = _(
            "This voucher needs goods of this shop for at least %(least)s; in your cart are %(there)s."
        )
        return Refusal("minimum", message % {"least": least, "there": there})
    return None
