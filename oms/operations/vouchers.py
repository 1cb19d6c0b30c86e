"""A merchant's own vouchers: created, changed where it harms no buyer, ended."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from backoffice.kernel.money import exponent
from mms.selectors.scopes import get_website
from oms.models import Voucher, VoucherKind
from oms.permissions import MANAGE_VOUCHERS
from oms.selectors.vouchers import lock_voucher

CODE_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@dataclass(frozen=True, slots=True)
class VoucherTerms:
    """What may change while the voucher is active. Amounts are minor units, `None` = no limit."""

    title: str
    minimum_minor: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    max_uses: int | None = None
    max_uses_per_buyer: int | None = None


@dataclass(frozen=True, slots=True)
class VoucherValue:
    """What buyers were promised and never changes: the code, where it holds, and what it takes off."""

    code: str
    website_code: str
    kind: str
    currency: str
    rate_bps: int | None = None
    amount_minor: int | None = None


@transaction.atomic
def create_voucher(value: VoucherValue, terms: VoucherTerms, *, merchant_id: int, actor: Actor) -> Voucher:
    """Open a voucher for a merchant's own goods. Its code holds for one website, in any writing.

    Raises `InvalidInput` at the field, also when the code is in use at the website.
    """
    actor.require(MANAGE_VOUCHERS, merchant_id=merchant_id)
    website = get_website(value.website_code)
    exponent(value.currency)
    voucher = Voucher(
        merchant_id=merchant_id,
        website=website,
        code=_code(value.code),
        kind=value.kind,
        currency=value.currency,
        rate_bps=value.rate_bps if value.kind == VoucherKind.PERCENT else None,
        amount_minor=value.amount_minor if value.kind == VoucherKind.AMOUNT else None,
    )
    _check_value(voucher)
    _set_terms(voucher, terms)
    try:
        with transaction.atomic():
            voucher.save()
    except IntegrityError as error:
        message = _("This code is in use. Choose another one.")
        raise InvalidInput(message, fields={"code": message}) from error
    audit.record(
        "oms.voucher.created",
        actor=actor,
        subject=voucher,
        changes={"code": [None, voucher.code], "title": [None, voucher.title]},
    )
    return voucher


@transaction.atomic
def change_voucher(ref: str, terms: VoucherTerms, *, actor: Actor) -> Voucher:
    """Change title, dates and limits of an active voucher; orders keep the discount they were placed with.

    Raises `StateRefused` once it ended, `InvalidInput` at the field, also for fewer uses than there were.
    """
    voucher = lock_voucher(ref, actor=actor)
    actor.require(MANAGE_VOUCHERS, merchant_id=voucher.merchant_id)
    if not voucher.is_active:
        raise StateRefused(_("This voucher has ended. Create a new one."))
    before = {name: getattr(voucher, name) for name in asdict(terms)}
    _set_terms(voucher, terms)
    changes = {
        name: [_plain(old), _plain(getattr(voucher, name))]
        for name, old in before.items()
        if old != getattr(voucher, name)
    }
    if changes:
        voucher.save(update_fields=list(changes))
        audit.record("oms.voucher.changed", actor=actor, subject=voucher, changes=changes)
    return voucher


@transaction.atomic
def end_voucher(ref: str, *, actor: Actor) -> Voucher:
    """Nobody can use it any more, and its code is free again; orders keep their discount. Safe to repeat."""
    voucher = lock_voucher(ref, actor=actor)
    actor.require(MANAGE_VOUCHERS, merchant_id=voucher.merchant_id)
    if not voucher.is_active:
        return voucher
    voucher.end()
    voucher.ended_at = clock.now()
    voucher.save(update_fields=["state", "ended_at"])
    audit.record("oms.voucher.ended", actor=actor, subject=voucher)
    return voucher


def _code(text: str) -> str:
    code = text.strip().upper()
    if not 3 <= len(code) <= 40 or not set(code) <= CODE_SIGNS:
        message = _("Use 3 to 40 letters without accents, digits, hyphens or underscores.")
        raise InvalidInput(message, fields={"code": message})
    return code


def _check_value(voucher: Voucher) -> None:
    if voucher.kind == VoucherKind.PERCENT and not 1 <= (voucher.rate_bps or 0) < 10_000:
        message = _("Enter a percentage above 0 and below 100.")
        raise InvalidInput(message, fields={"rate_bps": message})
    if voucher.kind == VoucherKind.AMOUNT and (voucher.amount_minor or 0) < 1:
        message = _("Enter the amount that is taken off.")
        raise InvalidInput(message, fields={"amount_minor": message})
    if voucher.kind not in VoucherKind.values:
        message = _("Choose a percentage or an amount.")
        raise InvalidInput(message, fields={"kind": message})


def _set_terms(voucher: Voucher, terms: VoucherTerms) -> None:
    voucher.title = terms.title.strip()
    voucher.minimum_minor = terms.minimum_minor
    voucher.valid_from = terms.valid_from or voucher.valid_from
    voucher.valid_until = terms.valid_until
    voucher.max_uses, voucher.max_uses_per_buyer = terms.max_uses, terms.max_uses_per_buyer
    problems = {name: message for name, message in _problems(voucher) if message}
    if problems:
        raise InvalidInput(" ".join(problems.values()), fields=problems)


def _problems(voucher: Voucher) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if not voucher.title or len(voucher.title) > 120:
        found.append(("title", _("Give it a title of at most 120 letters; buyers see it.")))
    if voucher.minimum_minor < 0:
        found.append(("minimum_minor", _("This cannot be negative.")))
    elif voucher.amount_minor is not None and voucher.minimum_minor <= voucher.amount_minor:
        found.append(
            (
                "minimum_minor",
                _("Ask for goods worth more than the voucher, so that something is left to pay."),
            )
        )
    if voucher.valid_until is not None and voucher.valid_until <= voucher.valid_from:
        found.append(("valid_until", _("It must end after it starts.")))
    if voucher.max_uses is not None and voucher.max_uses < max(1, voucher.uses):
        message = _("It was used %(count)s times already. Enter at least as many, or end the voucher.")
        used = _("Enter at least 1, or leave it empty.")
        found.append(("max_uses", message % {"count": voucher.uses} if voucher.uses else used))
    if voucher.max_uses_per_buyer is not None and voucher.max_uses_per_buyer < 1:
        found.append(("max_uses_per_buyer", _("Enter at least 1, or leave it empty.")))
    return found


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
