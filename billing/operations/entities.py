"""The operator's companies: one per website, made when its first order is booked, completed by a person."""

from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from billing.bankfiles.nacha import is_routing_number
from billing.models import LegalEntity
from billing.permissions import EDIT_ENTITY
from billing.selectors.entities import get_entity
from billing.selectors.terms import TERMS, find_entity
from mms.operations.versions import announce_change
from mms.selectors.scopes import list_websites

REMINDERS = ("reminder_1_days", "reminder_2_days", "reminder_3_days")
EDITABLE = (
    "name",
    "vat_number",
    "iban",
    "bic",
    "us_routing_number",
    "us_company_id",
    "us_bank_name",
    "time_zone",
    "minimum_payout_minor",
    "second_approver_above_minor",
    "suspense_limit_minor",
    *REMINDERS,
    "reminder_minimum_minor",
)


def ensure_entity(website_id: int) -> LegalEntity:
    """The entity that books this website's orders; made from the website's own facts when there is none."""
    entity = find_entity(website_id)
    if entity is not None:
        return entity
    website = list_websites().filter(pk=website_id).first()
    made, _created = LegalEntity.objects.get_or_create(
        website_id=website_id,
        defaults={
            "code": website.code if website else f"website-{website_id}",
            "name": (website.legal_name or website.name)[:70] if website else _("Operator"),
            "country": website.country if website else "DE",
            "currency": website.base_currency if website else "EUR",
            "time_zone": settings.TIME_ZONE,
        },
    )
    announce_change(TERMS)
    return made


@transaction.atomic
def change_entity(code: str, *, changes: dict[str, Any], actor: Actor) -> LegalEntity:
    """Change where payouts come from and their limits. Raises `InvalidInput` for a wrong IBAN or BIC."""
    actor.require(EDIT_ENTITY)
    entity = get_entity(code)
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise InvalidInput(
            _("These fields cannot be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))}
        )
    if changes.get("iban"):
        changes["iban"] = _checked(IBAN, changes["iban"], "iban")
    if changes.get("bic"):
        changes["bic"] = _checked(BIC, changes["bic"], "bic")
    if changes.get("us_routing_number") and not is_routing_number(changes["us_routing_number"]):
        message = _("A US routing number has nine digits, the last one being a check digit.")
        raise InvalidInput(message, fields={"us_routing_number": message})
    _check_reminders([changes.get(name, getattr(entity, name)) for name in REMINDERS])
    told = {}
    for name, value in changes.items():
        if getattr(entity, name) != value:
            told[name] = [str(getattr(entity, name) or ""), str(value or "")]
            setattr(entity, name, value)
    if told:
        entity.save(update_fields=list(told))
        audit.record("billing.entity.changed", actor=actor, subject=entity, changes=told)
        announce_change(TERMS)
    return entity


def _check_reminders(days: list[int]) -> None:
    """Each level that is sent comes later than the one before."""
    sent = [(day, name) for day, name in zip(days, REMINDERS, strict=True) if day]
    for (earlier, _name), (later, name) in pairwise(sent):
        if later <= earlier:
            message = _("A later reminder needs more days than the one before; 0 = it is not sent.")
            raise InvalidInput(message, fields={name: message})


def _checked(kind: Any, text: str, field: str) -> str:
    try:
        return str(kind(text))
    except SchwiftyException as error:
        raise InvalidInput(
            _("“%(text)s” is not valid: %(reason)s.") % {"text": text, "reason": error},
            fields={field: _("Check the number; a digit seems to be wrong.")},
        ) from error
