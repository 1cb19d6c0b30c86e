"""The problems of an order in the words of its buyer: no names of staff, only whose turn it was."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from backoffice.ui.timeline import Entry
from oms.models import Incident, MerchantOrder, OrderLine, StateChange
from oms.selectors.incidents import list_steps


def problems_of(lines: Iterable[tuple[MerchantOrder, OrderLine]]) -> dict[int, Incident]:
    """By line, its incident with `steps`, oldest first; one statement when there are any, none otherwise."""
    found: dict[int, Incident] = {}
    names: dict[int, str] = {}
    for part, line in lines:
        if hasattr(line, "incident"):
            found[line.pk] = line.incident
            names[line.pk] = part.merchant_name
    for line_id, steps in list_steps(found.values()).items():
        shown = [_step(row, names[line_id]) for row in reversed(steps)]
        found[line_id].steps = shown  # type: ignore[attr-defined]
    return found


def _step(row: StateChange, merchant_name: str) -> Entry:
    side = row.data.get("by", "")
    texts = {
        ("incident_opened", "buyer"): _("You reported a problem"),
        ("incident_opened", "operator"): _("The marketplace reported a problem"),
        ("incident_reopened", "buyer"): _("You said that it is not solved"),
        ("incident_reopened", "operator"): _("The marketplace opened it again"),
        ("incident_closed", "buyer"): _("You closed it"),
        ("incident_closed", "operator"): _("The marketplace closed it"),
        ("incident_closed", "merchant"): _("Closed with a refund by %(merchant)s")
        % {"merchant": merchant_name},
        ("incident_closed", "clock"): _("Closed by itself"),
    }
    if row.what == "incident_resolved":
        text = _("%(merchant)s answered") % {"merchant": merchant_name}
    else:
        text = texts.get((row.what, side), _("Something changed"))
    # The first words stand above the steps.
    note = "" if row.what == "incident_opened" else row.reason
    return Entry(row.at, text, note=note, actor_kind=row.actor_kind)
