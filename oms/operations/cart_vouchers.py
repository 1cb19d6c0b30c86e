"""A buyer puts a merchant's voucher on the cart, or takes it off; the cart is found by its token."""

from typing import NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel.errors import NotFound
from mms.context import StoreContext
from oms.errors import VoucherRefused
from oms.models import Cart, Voucher
from oms.selectors.carts import view_cart
from oms.selectors.vouchers import Refusal, find_refusal, find_vouchers_by_code, get_cart_vouchers


@transaction.atomic
def put_voucher_on_cart(cart: Cart, code: str, *, store: StoreContext) -> Voucher:
    """Reduce one merchant's part of the cart by its voucher; another one of the same merchant gives way to it.

    Nothing is counted as used before the order is placed. Raises `VoucherRefused` at the field `voucher` with the
    reason: `unknown`, `other_website`, `ended`, `not_started`, `currency`, `used_up`, `used_by_you`, `other_merchant`
    or `minimum`. The lines of the cart stay as they are.
    """
    if not code.strip():
        _refuse(Refusal("unknown", _("Enter the code of your voucher.")))
    cart = Cart.objects.select_for_update().get(pk=cart.pk)
    view = view_cart(cart, store)
    voucher = _choose(code, store)
    email = str(cart.details.get("email", ""))
    counted = get_cart_vouchers([voucher.pk], email)[voucher.merchant_id]
    group = next((row for row in view.groups if row.merchant_id == voucher.merchant_id), None)
    refusal = find_refusal(counted, group.goods_minor if group else 0, store)
    if refusal is not None and refusal.reason == "minimum" and group is None:
        message = _("This voucher is for products of %(merchant)s. Put one of them into your cart first.")
        refusal = Refusal("other_merchant", message % {"merchant": voucher.merchant.name})
    if refusal is not None:
        _refuse(refusal)
    others = Voucher.objects.filter(pk__in=cart.voucher_ids).exclude(merchant_id=voucher.merchant_id)
    cart.voucher_ids = [*others.order_by("pk").values_list("pk", flat=True), voucher.pk]
    cart.save(update_fields=["voucher_ids"])
    return voucher


@transaction.atomic
def take_voucher_off_cart(cart: Cart, code: str) -> None:
    """The merchant's part costs its full price again. Raises `NotFound` for a code that is not on the cart."""
    cart = Cart.objects.select_for_update().get(pk=cart.pk)
    found = Voucher.objects.filter(pk__in=cart.voucher_ids, code=code.strip().upper()).first()
    if found is None:
        raise NotFound(_("This voucher is not on your cart."))
    cart.voucher_ids = [key for key in cart.voucher_ids if key != found.pk]
    cart.save(update_fields=["voucher_ids"])


def _refuse(refusal: Refusal) -> NoReturn:
    raise VoucherRefused(refusal.message, fields={"voucher": refusal.message}, reason=refusal.reason)


def _choose(code: str, store: StoreContext) -> Voucher:
    """The voucher meant by a code: this website's, the active one before those that ended."""
    found = find_vouchers_by_code(code)
    here = [row for row in found if row.website_id == store.website_id]
    if not found:
        _refuse(Refusal("unknown", _("We do not know this code. Check how it is written.")))
    return (here or found)[0]
