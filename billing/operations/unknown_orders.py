"""An order that was never announced to billing: nothing is guessed, a person looks."""

from backoffice.kernel.phrases import gettext as _
from mms.operations.tasks import open_task


def report_unknown_order(merchant_order_id: int, subject_ref: str) -> None:
    """Ask finance to look at an order whose placement billing never heard of; the books stay as they are."""
    open_task(
        kind="billing.unknown_order",
        title=_("Merchant order %(id)s was never announced to billing; nothing was booked for %(ref)s")
        % {"id": merchant_order_id, "ref": subject_ref},
        url_name="console:billing-finance-home",
        subject_ref=subject_ref,
    )
