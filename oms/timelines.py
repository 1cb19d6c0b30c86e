"""The state history as timeline entries."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import ActorKind
from backoffice.kernel.money import Money
from backoffice.ui.timeline import Entry, actor_text
from oms.models import CarrierStatus, StateChange

WORDS: dict[str, Any] = {
    "draft_written": _("Checkout started, stock held"),
    "placed": _("Order placed"),
    "abandoned": _("Checkout came to nothing"),
    "opened": _("Waits for the merchant's answer"),
    "accepted": _("Accepted"),
    "refused": _("Refused"),
    "captured": _("Payment received"),
    "capture_failed": _("Charging failed"),
    "payment_released": _("Held payment released"),
    "charged_before_expiry": _("Charged before the card's hold ends"),
    "in_preparation": _("Ready to ship"),
    "shipped": _("Parcel sent"),
    "to_collect": _("Ready to collect"),
    "received": _("Received by the buyer"),
    "closed": _("Closed"),
    "cancelled": _("Cancelled"),
    "lines_cancelled": _("Pieces cancelled"),
    "refund_requested": _("Refund requested"),
    "refund_sent": _("Refund sent"),
    "refund_done": _("Refund paid"),
    "refund_failed": _("Refund failed"),
    "refund_retried": _("Refund tried again"),
    "rerouted": _("Given to another merchant"),
    "carrier_status": _("News from the carrier"),
    "invoice_requested": _("Invoice asked for"),
    "invoice_uploaded": _("Invoice uploaded"),
    "incident_opened": _("Problem reported"),
    "incident_resolved": _("Answered by the merchant"),
    "incident_closed": _("Incident closed"),
    "incident_reopened": _("Incident opened again"),
    "line_accepted": _("Accepted"),
    "line_refused": _("Refused"),
    "line_cancelled": _("Cancelled"),
    "line_shipped": _("Shipped"),
    "line_refunded": _("Refunded"),
}
_TONES = dict.fromkeys(
    ("capture_failed", "refund_failed", "refused", "cancelled", "incident_opened", "incident_reopened"),
    "danger",
)


def entries(
    rows: Iterable[StateChange], currency: str, *, with_part: bool = False, hide_buyer: bool = False
) -> list[Entry]:
    """History rows as people read them; `with_part` names the merchant order each belongs to.

    `hide_buyer` keeps the buyer's name from merchants who have not accepted yet.
    """
    return [_entry(row, currency, with_part, hide_buyer) for row in rows]


def _entry(row: StateChange, currency: str, with_part: bool, hide_buyer: bool) -> Entry:
    text = str(WORDS.get(row.what, row.what.replace("_", " ").capitalize()))
    if with_part and row.merchant_order is not None:
        text = f"{text} · {row.merchant_order.ref}"
    if row.line_id is not None and row.line is not None:
        pieces = f"{row.data['pieces']} × " if "pieces" in row.data else ""
        text = f"{pieces}{row.line.title}: {text}"
    if row.what == "carrier_status":
        text = f"{text}: {CarrierStatus(row.data['status']).label}"
    if row.what == "rerouted":
        text = f"{text}: {row.data.get('merchant', '')}"
    details = [row.reason] if row.reason else []
    if "amount_minor" in row.data:
        details.append(Money(row.data["amount_minor"], currency).display())
    if row.data.get("tracking_number"):
        details.append(gettext("Tracking number %(number)s") % {"number": row.data["tracking_number"]})
    return Entry(
        at=row.at,
        text=text,
        actor=gettext("Buyer")
        if hide_buyer and row.actor_kind == ActorKind.BUYER
        else actor_text(row.actor_label),
        actor_kind=row.actor_kind,
        note=" · ".join(details),
        tone=_TONES.get(row.what, ""),
    )
