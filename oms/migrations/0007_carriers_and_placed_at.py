"""Carriers become rows; merchant orders keep the moment their order was placed."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery

CARRIERS = (
    ("dhl", "DHL", "https://www.dhl.de/en/privatkunden/dhl-sendungsverfolgung.html?piececode={number}"),
    ("dpd", "DPD", "https://tracking.dpd.de/status/en_US/parcel/{number}"),
    ("gls", "GLS", "https://gls-group.com/track/{number}"),
    (
        "hermes",
        "Hermes",
        "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{number}",
    ),
    ("ups", "UPS", "https://www.ups.com/track?tracknum={number}"),
    ("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr={number}"),
    ("usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}"),
    ("post_at", "Österreichische Post", "https://www.post.at/sv/sendungsdetails?snr={number}"),
)


def fill(apps: Any, schema_editor: Any) -> None:
    carriers = apps.get_model("oms", "Carrier").objects
    for code, name, link in CARRIERS:
        carriers.get_or_create(code=code, defaults={"name": name, "tracking_url": link})
    orders = apps.get_model("oms", "Order").objects
    placed = orders.filter(pk=OuterRef("order_id")).values("placed_at")
    apps.get_model("oms", "MerchantOrder").objects.filter(placed_at=None).update(placed_at=Subquery(placed))


class Migration(migrations.Migration):
    dependencies = [("oms", "0006_merchant_order_way")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
