"""Reactions of merchant administration to its own news."""

from backoffice.kernel.events import subscribe
from dam.operations.owners import name_owner
from mas.events import MerchantApproved, MerchantEvent, MerchantInvited
from mas.selectors.merchants import find_merchant_by_id


def _tell_name(event: MerchantEvent) -> None:
    """Assets are listed with their owner's name, which only this app knows."""
    merchant = find_merchant_by_id(event.merchant_id)
    if merchant is not None:
        name_owner(merchant.pk, merchant.name)


@subscribe(MerchantInvited, mode="deferred")
def on_merchant_invited(event: MerchantInvited) -> None:
    _tell_name(event)


@subscribe(MerchantApproved, mode="deferred")
def on_merchant_approved(event: MerchantApproved) -> None:
    _tell_name(event)
