"""One more of everything a merchant and the marketplace keep, to see what a page costs with one row and with three."""

from datetime import date, timedelta
from importlib import import_module
from itertools import count
from typing import Any

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.models import Delivery, OutboxEvent
from mas.models import Merchant
from oms.models import Payment, StockAlert, StockHeat, StockInspection, StockItem
from oms.operations.fulfilment_terms import add_holidays
from pim.operations.rates import enter_rate
from tests.factories import dam, mas, mms, oms

_numbers = count(1)


def one_more(shop: Merchant) -> None:
    """Adds a row to every list; the first call also makes what a merchant has once."""
    number, is_first = next(_numbers), not hasattr(shop, "counterparty")
    for app in ("mms", "mas", "pim", "oms", "billing"):
        if app != "mas" or is_first:
            import_module(f"tests.factories.{app}").isolation_objects(shop)
    if not is_first:
        mas.document(mas.merchant())
        mas.document(shop)
        mas.invitation(shop)
        mas.terms_version(None)
    # The same picture twice is one asset.
    dam.stored_picture(shop.pk, colour=(number % 250, 2, 3))
    dam.Archive.objects.create(owner_merchant_id=shop.pk, filename="pictures.zip")
    _of_the_marketplace(shop, number)


def _of_the_marketplace(shop: Merchant, number: int) -> None:
    system, day = system_actor("tests"), date(2026, 1, 1) + timedelta(days=number)
    mms.tax_rate(valid_from=date(2000, 1, 1) + timedelta(days=number))
    add_holidays([("DE", day, f"Day {number}")], actor=system)
    enter_rate(base="EUR", quote="USD", on=clock.today() - timedelta(days=number), value="1.1", actor=system)
    event = OutboxEvent.objects.create(name="tests.nothing.v1", payload={})
    Delivery.objects.create(event=event, subscriber="tests.nobody", state="parked")
    part = oms.merchant_order(shop)
    Payment.objects.filter(order=part.order).update(state="awaited")
    stock = StockItem.objects.filter(merchant=shop).order_by("-pk")[0]
    StockInspection.objects.create(
        key=f"found {number}",
        merchant=shop,
        line=part.lines.get(),
        location=stock.location,
        grade="scrap",
        quantity=1,
    )
    StockAlert.objects.create(merchant=shop, item=stock, limit=2, free=1)
    StockHeat.objects.create(offer=stock.offer, location=stock.location, waits=1)


def rows_of(response: Any) -> int:
    """How many rows the list of a page has."""
    return int(response.context["table"].count)
