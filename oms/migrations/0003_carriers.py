"""The carriers that a fresh installation knows."""

from typing import Any

from django.db import migrations

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


def seed(apps: Any, schema_editor: Any) -> None:
    carriers = apps.get_model("oms", "Carrier").objects
    for code, name, link in CARRIERS:
        carriers.get_or_create(code=code, defaults={"name": name, "tracking_url": link})


class Migration(migrations.Migration):
    replaces = [("oms", "0007_carriers_and_placed_at")]
    dependencies = [("oms", "0002_guarded_history")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
