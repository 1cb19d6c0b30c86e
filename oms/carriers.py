"""Carriers the marketplace knows: their names and how a tracking link is built."""

from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

OTHER = "other"
# Code → (name, tracking link with the number's place).
CARRIERS: dict[str, tuple[str, str]] = {
    "dhl": ("DHL", "https://www.dhl.de/en/privatkunden/dhl-sendungsverfolgung.html?piececode={number}"),
    "dpd": ("DPD", "https://tracking.dpd.de/status/en_US/parcel/{number}"),
    "gls": ("GLS", "https://gls-group.com/track/{number}"),
    "hermes": ("Hermes", "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{number}"),
    "ups": ("UPS", "https://www.ups.com/track?tracknum={number}"),
    "fedex": ("FedEx", "https://www.fedex.com/fedextrack/?trknbr={number}"),
    "usps": ("USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}"),
    "post_at": ("Österreichische Post", "https://www.post.at/sv/sendungsdetails?snr={number}"),
}
CHOICES = [*((code, name) for code, (name, _link) in CARRIERS.items()), (OTHER, _("Another carrier"))]


def carrier_name(code: str) -> str:
    return CARRIERS[code][0] if code in CARRIERS else ""


def tracking_link(code: str, number: str) -> str:
    """Where a parcel can be followed; empty for unknown carriers and without a number."""
    if code not in CARRIERS or not number:
        return ""
    return CARRIERS[code][1].format(number=quote(number, safe=""))
