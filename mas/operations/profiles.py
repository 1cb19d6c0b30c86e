"""What a merchant says about itself, and the few things the operator sets for it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from mas.errors import StaleProfile
from mas.events import MerchantHolidayChanged, MerchantProfileChanged
from mas.models import Merchant, ShopText
from mas.permissions import EDIT_COMPANY, EDIT_SHOP, SET_HOLIDAYS, SET_MERCHANT_TERMS
from mas.selectors.merchants import lock_merchant

PROFILE_FIELDS = ("name", "email", "phone", "website_url", "language", "acceptance_mode", "external_id")
OPERATOR_FIELDS = ("hold_days", "is_premium", "is_trusted", "slug")
TEXT_FIELDS = ("tagline", "description", "shipping_policy", "returns_policy", "legal_notice")


@transaction.atomic
def change_profile(
    ref: str, patch: Mapping[str, Any], *, actor: Actor, expected_version: int | None = None
) -> Merchant:
    """Change the named profile fields; others, above all the status, are refused. No-ops write nothing.

    With `expected_version` an edit made on an older version raises `StaleProfile` instead of overwriting.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_COMPANY, merchant_id=merchant.pk)
    return _patch(merchant, patch, PROFILE_FIELDS, actor, expected_version)


@transaction.atomic
def set_merchant_terms(
    ref: str, patch: Mapping[str, Any], *, actor: Actor, expected_version: int | None = None
) -> Merchant:
    """Set hold days, premium and trusted flags and the address of the shop page; the operator's alone."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(SET_MERCHANT_TERMS)
    return _patch(merchant, patch, OPERATOR_FIELDS, actor, expected_version)


def _patch(
    merchant: Merchant,
    patch: Mapping[str, Any],
    allowed: tuple[str, ...],
    actor: Actor,
    expected_version: int | None,
) -> Merchant:
    unknown = sorted(set(patch) - set(allowed))
    if unknown:
        raise InvalidInput(
            _("These fields cannot be changed here: %(fields)s.") % {"fields": ", ".join(unknown)},
            fields={name: _("This field cannot be changed here.") for name in unknown},
        )
    if expected_version is not None and expected_version != merchant.version:
        raise StaleProfile(
            _(
                "Somebody saved this profile after you opened it. Compare with what is there now and save again."
            ),
            version=merchant.version,
        )
    cleaned = {name: value.strip() if isinstance(value, str) else value for name, value in patch.items()}
    if cleaned.get("phone"):
        cleaned["phone"] = _normal_phone(cleaned["phone"], merchant.country)
    changes = {
        name: [getattr(merchant, name), new]
        for name, new in cleaned.items()
        if getattr(merchant, name) != new
    }
    if not changes:
        return merchant
    for name, (_old, new) in changes.items():
        setattr(merchant, name, new)
    _validate(merchant, set(changes))
    merchant.version += 1
    merchant.save(update_fields=[*changes, "version"])
    audit.record("mas.merchant.profile_changed", actor=actor, subject=merchant, changes=changes)
    events.publish(MerchantProfileChanged(merchant.pk, merchant.ref))
    return merchant


def _validate(merchant: Merchant, changed: set[str]) -> None:
    skipped = {field.name for field in merchant._meta.fields} - changed
    try:
        merchant.clean_fields(exclude=skipped)
        if "slug" in changed:
            merchant.validate_unique(exclude=skipped)
    except ValidationError as error:
        raise InvalidInput(
            _("The profile was not saved. Please check the marked fields."),
            fields={name: " ".join(texts) for name, texts in error.message_dict.items()},
        ) from error


def _normal_phone(text: str, country: str) -> str:
    message = _("This is not a phone number. It looks like +49 40 123456.")
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise InvalidInput(message, fields={"phone": message}) from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidInput(message, fields={"phone": message})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@transaction.atomic
def set_holidays(ref: str, *, first: date | None, last: date | None, actor: Actor) -> Merchant:
    """Take no new orders between two days (both included), by themselves back to normal after; None ends it.

    The status stays as it is. `MerchantHolidayChanged` is published; the same dates again change nothing.
    """
    merchant = lock_merchant(ref, actor=actor)
    actor.require(SET_HOLIDAYS, merchant_id=merchant.pk)
    fields = {}
    if last is not None and first is None:
        fields["first"] = _("Enter the first day too.")
    elif first is not None and last is not None and last < first:
        fields["last"] = _("The last day comes before the first.")
    elif last is not None and last < clock.today():
        fields["last"] = _("These days are over already.")
    if fields:
        raise InvalidInput(_("The holidays were not saved. Please check the marked fields."), fields=fields)
    if (merchant.holiday_from, merchant.holiday_to) == (first, last):
        return merchant
    changes = {
        "holiday_from": [_text(merchant.holiday_from), _text(first)],
        "holiday_to": [_text(merchant.holiday_to), _text(last)],
    }
    merchant.holiday_from, merchant.holiday_to = first, last
    merchant.save(update_fields=["holiday_from", "holiday_to"])
    audit.record("mas.merchant.holidays_set", actor=actor, subject=merchant, changes=changes)
    events.publish(MerchantHolidayChanged(merchant.pk, merchant.ref))
    return merchant


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


@transaction.atomic
def set_shop_text(ref: str, language: str, patch: Mapping[str, str], *, actor: Actor) -> ShopText:
    """Change the named texts of the shop page in one language; others stay. No-ops write nothing."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_SHOP, merchant_id=merchant.pk)
    unknown = sorted(set(patch) - set(TEXT_FIELDS))
    if unknown:
        raise InvalidInput(_("These texts do not exist: %(fields)s.") % {"fields": ", ".join(unknown)})
    row = ShopText.objects.filter(merchant=merchant, language=language).first() or ShopText(
        merchant=merchant, language=language
    )
    changes = {
        name: [getattr(row, name), new.strip()]
        for name, new in patch.items()
        if getattr(row, name) != new.strip()
    }
    if not changes:
        return row
    for name, (_old, new) in changes.items():
        setattr(row, name, new)
    try:
        row.full_clean(exclude=["merchant"])
    except ValidationError as error:
        raise InvalidInput(
            _("The texts were not saved. Please check the marked fields."),
            fields={name: " ".join(texts) for name, texts in error.message_dict.items()},
        ) from error
    row.save()
    audit.record(
        "mas.merchant.shop_text_changed",
        actor=actor,
        subject=merchant,
        changes={f"{language}.{name}": pair for name, pair in changes.items()},
    )
    events.publish(MerchantProfileChanged(merchant.pk, merchant.ref))
    return row


@transaction.atomic
def set_logo(ref: str, asset_uuid: UUID | None, *, actor: Actor) -> Merchant:
    """Show an asset as the merchant's logo, or none."""
    merchant = lock_merchant(ref, actor=actor)
    actor.require(EDIT_SHOP, merchant_id=merchant.pk)
    if merchant.logo_asset_uuid == asset_uuid:
        return merchant
    before = merchant.logo_asset_uuid
    merchant.logo_asset_uuid = asset_uuid
    merchant.save(update_fields=["logo_asset_uuid"])
    audit.record(
        "mas.merchant.logo_changed",
        actor=actor,
        subject=merchant,
        changes={"logo": [str(before) if before else None, str(asset_uuid) if asset_uuid else None]},
    )
    events.publish(MerchantProfileChanged(merchant.pk, merchant.ref))
    return merchant
