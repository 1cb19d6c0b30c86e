"""Prices of offers: compared, written and logged set-wise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.kernel.phrases import gettext as _
from pim.errors import OfferNotFound
from pim.events import OffersChanged
from pim.models import ChangeSet, Offer, OfferPrice, PriceLog
from pim.permissions import EDIT_OFFERS

# (offer, scope, currency, from quantity)
Key = tuple[int, int, str, int]


@dataclass(frozen=True, slots=True)
class PriceStatement:
    """The open-ended base price of an offer in one scope and currency, with its tiers when they are given."""

    offer_id: int
    currency: str
    amount_minor: int
    # None = leave, 0 = none.
    list_amount_minor: int | None = None
    tiers: tuple[tuple[int, int], ...] | None = None
    scope_id: int = 0


def write_prices(
    statements: Sequence[PriceStatement], *, actor: Actor, change_set: ChangeSet | None = None
) -> set[int]:
    """Bring open-ended prices to what is stated and log each difference; ids of offers whose price moved.

    The caller has checked rights and amounts and holds the offers' lock. Four statements whatever the number.
    """
    if not statements:
        return set()
    stored: dict[Key, OfferPrice] = {
        (price.offer_id, price.scope_id, price.currency, price.min_quantity): price
        for price in OfferPrice.objects.filter(
            offer_id__in={item.offer_id for item in statements}, valid_from__isnull=True
        )
    }
    new: dict[Key, OfferPrice] = {}
    moved: dict[Key, OfferPrice] = {}
    gone: dict[Key, OfferPrice] = {}
    for item in statements:
        wanted = {1: item.amount_minor, **dict(item.tiers or ())}
        for quantity, amount in wanted.items():
            key = (item.offer_id, item.scope_id, item.currency, quantity)
            price = stored.get(key)
            listed = item.list_amount_minor if quantity == 1 else None
            if price is None:
                price = stored[key] = new[key] = OfferPrice(
                    offer_id=item.offer_id,
                    scope_id=item.scope_id,
                    currency=item.currency,
                    min_quantity=quantity,
                )
                price.amount_minor, price.list_amount_minor = amount, listed or None
            elif _set(price, amount, listed) and key not in new:
                moved[key] = price
        if item.tiers is not None:
            for key, price in stored.items():
                same = key[:3] == (item.offer_id, item.scope_id, item.currency)
                if same and key[3] not in wanted:
                    gone[key] = price
    OfferPrice.objects.bulk_create(new.values(), batch_size=1000)
    OfferPrice.objects.bulk_create(
        moved.values(),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["amount_minor", "list_amount_minor"],
    )
    if gone:
        OfferPrice.objects.filter(pk__in=[price.pk for price in gone.values()]).delete()
    _log([*new.values(), *moved.values()], list(gone.values()), actor, change_set)
    return {key[0] for key in (*new, *moved, *gone)}


def _set(price: OfferPrice, amount: int, listed: int | None) -> bool:
    before = (price.amount_minor, price.list_amount_minor)
    price.amount_minor = amount
    if listed is not None:
        price.list_amount_minor = listed or None
    # A struck price that the new price has reached says nothing any more.
    if price.list_amount_minor is not None and price.list_amount_minor <= amount:
        price.list_amount_minor = None
    return before != (price.amount_minor, price.list_amount_minor)


def _log(
    written: Sequence[OfferPrice], gone: Sequence[OfferPrice], actor: Actor, change_set: ChangeSet | None
) -> None:
    now = clock.now()
    PriceLog.objects.bulk_create(
        [
            PriceLog(
                offer_id=price.offer_id,
                scope_id=price.scope_id,
                currency=price.currency,
                min_quantity=price.min_quantity,
                amount_minor=amount,
                valid_from=price.valid_from,
                valid_to=price.valid_to,
                at=now,
                actor_label=actor.label,
                change_set=change_set,
            )
            for price, amount in [*((p, p.amount_minor) for p in written), *((p, None) for p in gone)]
        ],
        batch_size=1000,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A dated price: from a moment on, up to (not including) another; `valid_to` None = until changed."""

    price: Money
    valid_from: datetime
    valid_to: datetime | None = None
    list_price: Money | None = None
    min_quantity: int = 1
    scope_id: int = 0


@transaction.atomic
def schedule_discount(ref: str, discount: Discount, *, actor: Actor) -> OfferPrice:
    """Add or change a dated price of an offer; safe to repeat. Announces `OffersChanged`. Raises `InvalidInput`."""
    offer = Offer.objects.visible_to(actor).select_for_update().filter(ref=ref).first()
    if offer is None:
        raise OfferNotFound(_("There is no such offer."))
    actor.require(EDIT_OFFERS, merchant_id=offer.merchant_id)
    if discount.price.minor <= 0:
        raise InvalidInput(_("A price is above zero."), fields={"price": _("A price is above zero.")})
    if discount.valid_to is not None and discount.valid_to <= discount.valid_from:
        sentence = _("The discount must end after it starts.")
        raise InvalidInput(sentence, fields={"valid_to": sentence})
    listed = discount.list_price.minor if discount.list_price else None
    if listed is not None and listed <= discount.price.minor:
        sentence = _("The struck price must be above the price.")
        raise InvalidInput(sentence, fields={"list_price": sentence})
    price, _created = OfferPrice.objects.update_or_create(
        offer=offer,
        scope_id=discount.scope_id,
        currency=discount.price.currency,
        min_quantity=discount.min_quantity,
        valid_from=discount.valid_from,
        defaults={
            "amount_minor": discount.price.minor,
            "list_amount_minor": listed,
            "valid_to": discount.valid_to,
        },
    )
    _log([price], [], actor, None)
    audit.record("pim.offer.discount_scheduled", actor=actor, subject=offer, note=str(discount.price))
    events.publish(OffersChanged(offer_ids=(offer.pk,)))
    return price
