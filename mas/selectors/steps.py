"""What an operator may do with a merchant now, and why the rest is not possible."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from backoffice.kernel.actors import Actor
from mas.models import Merchant
from mas.permissions import CLOSE_MERCHANT, REVIEW_MERCHANT, SUSPEND_MERCHANT
from mas.ports import list_open_obligations


@dataclass(frozen=True, slots=True)
class PossibleStep:
    """One named step: `refused` is empty when it can be taken, else the sentence that says why not."""

    code: str
    label: Any
    refused: str


# code → (label, grant, transition of the model, why it does not follow)
_STEPS: dict[str, tuple[Any, str, str, Any]] = {
    "approve": (
        gettext_lazy("Approve merchant"),
        REVIEW_MERCHANT,
        "approve",
        gettext_lazy("Only a registration in review can be approved."),
    ),
    "return": (
        gettext_lazy("Send back"),
        REVIEW_MERCHANT,
        "send_back",
        gettext_lazy("Only a registration in review can be sent back."),
    ),
    "reject": (
        gettext_lazy("Reject"),
        REVIEW_MERCHANT,
        "reject",
        gettext_lazy("Only a merchant who does not sell yet can be rejected. Close it instead."),
    ),
    "suspend": (
        gettext_lazy("Suspend"),
        SUSPEND_MERCHANT,
        "suspend",
        gettext_lazy("Only an approved merchant can be suspended."),
    ),
    "reinstate": (
        gettext_lazy("Lift suspension"),
        SUSPEND_MERCHANT,
        "reinstate",
        gettext_lazy("The merchant is not suspended."),
    ),
    "close": (
        gettext_lazy("Close merchant"),
        CLOSE_MERCHANT,
        "close",
        gettext_lazy("Only an approved or suspended merchant can be closed."),
    ),
    "approve-kyc": (
        gettext_lazy("Approve identity"),
        REVIEW_MERCHANT,
        "approve_kyc",
        gettext_lazy("There is no identity check waiting."),
    ),
    "refuse-kyc": (
        gettext_lazy("Refuse identity"),
        REVIEW_MERCHANT,
        "refuse_kyc",
        gettext_lazy("There is no identity check waiting."),
    ),
    "waive-kyc": (
        gettext_lazy("No check required"),
        REVIEW_MERCHANT,
        "waive_kyc",
        gettext_lazy("The identity was decided already."),
    ),
}


def list_steps(merchant: Merchant, *, actor: Actor) -> dict[str, PossibleStep]:
    """Every step by its code, in the order people meet them."""
    steps = {}
    for code, (label, grant, transition, otherwise) in _STEPS.items():
        refused = ""
        if not can_proceed(getattr(merchant, transition)):
            refused = str(otherwise)
        elif not actor.can(grant):
            refused = _("You do not have the right for this. Ask an administrator for it.")
        steps[code] = PossibleStep(code, label, refused)
    closing = steps["close"]
    if not closing.refused:
        still_open = list_open_obligations(merchant.pk)
        if still_open:
            names = ", ".join(f"{item.count} × {item.label}" for item in still_open)
            steps["close"] = PossibleStep(
                "close", closing.label, _("Still open: %(names)s.") % {"names": names}
            )
    return steps
