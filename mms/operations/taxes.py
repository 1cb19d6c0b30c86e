from datetime import date

from django.db import transaction

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from mms.models import TaxRate
from mms.operations.checking import check_model
from mms.operations.versions import announce_change
from mms.permissions import MANAGE_TAXES
from mms.selectors.taxes import TAXES


@transaction.atomic
def enter_tax_rate(*, country: str, tax_class: str, rate_bps: int, valid_from: date, actor: Actor) -> TaxRate:
    """State a rate from a day on; earlier days keep theirs. Raises `InvalidInput` when that day has one."""
    actor.require(MANAGE_TAXES)
    rate = TaxRate(country=country.upper(), tax_class=tax_class, rate_bps=rate_bps, valid_from=valid_from)
    check_model(rate)
    rate.save()
    audit.record("mms.tax_rate.entered", actor=actor, subject=rate, note=str(rate))
    announce_change(TAXES)
    return rate
