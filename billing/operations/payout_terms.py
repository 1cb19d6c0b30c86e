"""The terms a merchant is paid by."""

from typing import Any

from django.db import transaction

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _
from billing.models import PayoutTerms
from billing.permissions import PREPARE_SETTLEMENT
from billing.selectors.terms_of import get_payout_terms
from mas.selectors.merchants import get_merchant

TERMS_FIELDS = (
    "cycle",
    "reserve_bps",
    "reserve_days",
    "fixed_reserve_minor",
    "minimum_payout_minor",
    "minimum_balance_minor",
)


@transaction.atomic
def change_payout_terms(merchant_ref: str, *, changes: dict[str, Any], actor: Actor) -> PayoutTerms:
    """Agree a merchant's cycle, reserve and smallest payout; counts for what matures and is cut from now on."""
    actor.require(PREPARE_SETTLEMENT)
    merchant = get_merchant(merchant_ref, actor=actor)
    terms = get_payout_terms(merchant.pk)
    told = {}
    for name, value in changes.items():
        if name not in TERMS_FIELDS:
            raise InvalidInput(_("%(name)s is not part of the payout terms.") % {"name": name})
        if getattr(terms, name) != value:
            told[name] = [getattr(terms, name), value]
            setattr(terms, name, value)
    terms.save()
    if told:
        audit.record("billing.payout_terms.changed", actor=actor, subject=merchant, changes=told)
    return terms
