"""Prices of offers: compared, written and logged set-wise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.bulk import insert_rows, update_rows
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.kernel.phrases import gettext as _
from pim.errors import OfferNotFound
from pim.events import OffersChanged
from pim.models import ChangeSet, Offer, OfferPrice, PriceLog
from pim.permissions import EDIT_OFFERS

# (offer, scope, currency, from quantity)
Key = tuple[int, int, str, int]
# Key, amount (None = withdrawn), valid from, valid to.
LogEntry = tuple[int, int, str, int, int | None, datetime | None, datetime | None]


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


@dataclass(slots=True)
class _Price:
    """An open-ended price in memory; `pk` 0 = it is yet to be made."""

    pk: int
    amount_minor: int
    list_amount_minor: int | None

    def set(self, amount: int, listed: int | None) -> bool:
        """Take over what is stated; whether anything moved."""
        before = (self.amount_minor, self.list_amount_minor)
        self.amount_minor = amount
        if listed is not None:
            self.list_amount_minor = listed or None
        # A struck price that the new price has reached says nothing any more.
        if self.list_amount_minor is not None and self.list_amount_minor <= amount:
            self.list_amount_minor = None
        return before != (self.amount_minor, self.list_amount_minor)


def write_prices(
    statements: Sequence[PriceStatement], *, actor: Actor, change_set: ChangeSet | None = None
) -> set[int]:
    """Bring open-ended prices to what is stated and log each difference; ids of offers whose price moved.

    The caller has checked rights and amounts and holds the offers' lock. Four statements whatever the number.
    """
    if not statements:
        return set()
    stored: dict[Key, _Price] = {
        (offer_id, scope_id, currency, quantity): _Price(pk, amount, listed)
        for pk, amount, listed, offer_id, scope_id, currency, quantity in OfferPrice.objects.filter(
            offer_id__among={item.offer_id for item in statements}, valid_from__isnull=True
        ).values_list(
            "pk", "amount_minor", "list_amount_minor", "offer_id", "scope_id", "currency", "min_quantity"
        )
    }
    new: dict[Key, _Price] = {}
    moved: dict[Key, _Price] = {}
    gone: dict[Key, _Price] = {}
    for item in statements:
        wanted = {1: item.amount_minor, **dict(item.tiers or ())}
        for quantity, amount in wanted.items():
            key = (item.offer_id, item.scope_id, item.currency, quantity)
            price = stored.get(key)
            listed = item.list_amount_minor if quantity == 1 else None
            if price is None:
                stored[key] = new[key] = _Price(0, amount, listed or None)
            elif price.set(amount, listed) and key not in new:
                moved[key] = price
        if item.tiers is not None:
            for key, price in stored.items():
                same = key[:3] == (item.offer_id, item.scope_id, item.currency)
                if same and key[3] not in wanted:
                    gone[key] = price
    insert_rows(
        OfferPrice,
        ("offer_id", "scope_id", "currency", "min_quantity", "amount_minor", "list_amount_minor"),
        [(*key, price.amount_minor, price.list_amount_minor) for key, price in new.items()],
    )
    update_rows(
        OfferPrice,
        ("amount_minor", "list_amount_minor"),
        [(price.pk, price.amount_minor, price.list_amount_minor) for price in moved.values()],
    )
    if gone:
        OfferPrice.objects.filter(pk__in=[price.pk for price in gone.values()]).delete()
    entries: list[LogEntry] = [
        (*key, price.amount_minor, None, None) for key, price in (*new.items(), *moved.items())
    ]
    entries += [(*key, None, None, None) for key in gone]
    _log(entries, actor, change_set)
    return {key[0] for key in (*new, *moved, *gone)}


def _log(entries: Sequence[LogEntry], actor: Actor, change_set: ChangeSet | None) -> None:
    now, change_set_id = clock.now(), change_set.pk if change_set else None
    insert_rows(
        PriceLog,
        (
            "offer_id", "scope_id", "currency", "min_quantity", "amount_minor", "valid_from", "valid_to",
            "at", "actor_label", "change_set_id",
        ),
        [(*entry, now, actor.label, change_set_id) for entry in entries],
    )  # fmt: skip


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
    key = (price.offer_id, price.scope_id, price.currency, price.min_quantity)
    _log([(*key, price.amount_minor, price.valid_from, price.valid_to)], actor, None)
    audit.record("pim.offer.discount_scheduled", actor=actor, subject=offer, note=str(discount.price))
    events.publish(OffersChanged(offer_ids=(offer.pk,)))
    return price
