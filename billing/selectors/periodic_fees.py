"""What merchants pay besides commission: monthly fees, and one-off fees, penalties and goodwill by decision."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from billing.fees.explain import explain
from billing.models import Adjustment, AdjustmentKind, AdjustmentState, PeriodicFee


def list_periodic_fees(actor: Actor) -> QuerySet[PeriodicFee]:
    """Monthly fees the actor may see, newest month first."""
    rows: QuerySet[PeriodicFee] = PeriodicFee.objects.visible_to(actor).select_related(
        "merchant", "entity", "rule"
    )
    return rows.order_by("-month", "-id")


def get_periodic_fee(ref: str, *, actor: Actor) -> PeriodicFee:
    """One monthly fee. Raises `NotFound`, also for those of other merchants."""
    found = list_periodic_fees(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such fee."))
    return found


def explain_periodic_fee(fee: PeriodicFee) -> list[str]:
    """“Explain this cent” in the reader's language, from what was frozen."""
    return explain(fee.steps, fee.currency)


@dataclass(frozen=True, slots=True)
class OtherCharge:
    """One fee or adjustment as its merchant reads it; amounts in merchant terms (+ = the merchant's money)."""

    ref: str
    what: str
    reason: str
    charged_at: datetime
    currency: str
    net_minor: int
    tax_minor: int
    is_periodic: bool

    @property
    def total_minor(self) -> int:
        return self.net_minor + self.tax_minor


def list_other_charges(actor: Actor, merchant_id: int, *, limit: int = 500) -> list[OtherCharge]:
    """Monthly fees and approved adjustments of one merchant, newest first."""
    fees = list_periodic_fees(actor).filter(merchant_id=merchant_id)[:limit]
    rows = [
        OtherCharge(
            ref=fee.ref,
            what=fee.get_fee_kind_display(),
            reason=f"{fee.month:%Y-%m}",
            charged_at=fee.charged_at,
            currency=fee.currency,
            net_minor=-fee.fee_minor,
            tax_minor=-fee.tax_minor,
            is_periodic=True,
        )
        for fee in fees
    ]
    decided = Adjustment.objects.visible_to(actor).filter(
        merchant_id=merchant_id, state=AdjustmentState.APPROVED
    )
    for row in decided.order_by("-decided_at", "-id")[:limit]:
        sign = -1 if row.kind in (AdjustmentKind.FEE, AdjustmentKind.PENALTY) else 1
        rows.append(
            OtherCharge(
                ref=row.ref,
                what=row.get_kind_display(),
                reason=row.reason,
                charged_at=row.decided_at,
                currency=row.currency,
                net_minor=sign * row.amount_minor,
                tax_minor=sign * row.tax_minor,
                is_periodic=False,
            )
        )
    return sorted(rows, key=lambda row: (row.charged_at, row.ref), reverse=True)[:limit]
