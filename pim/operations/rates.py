"""Exchange rates come from the ECB's reference file or from an operator."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import IO

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.db import transaction

from backoffice.kernel import audit, clock, events
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import exponent
from backoffice.kernel.phrases import gettext as _
from mms.operations.versions import announce_change
from pim.events import RatesChanged
from pim.models import ConversionRule, Rate
from pim.permissions import EDIT_RATES
from pim.selectors.prices import CONVERSION_RULES
from pim.selectors.rates import MANUAL, PIVOT, RATES

ECB = "ecb"
BATCH = 2000
CODE = re.compile(r"^[A-Z]{3}$")


@transaction.atomic
def enter_rate(*, base: str, quote: str, on: date, value: str | Decimal, actor: Actor) -> Rate:
    """Record a rate by hand; for its day it wins over loaded ones. Announces `RatesChanged`. Raises `InvalidInput`."""
    actor.require(EDIT_RATES)
    base, quote = base.strip().upper(), quote.strip().upper()
    for name, code in (("base", base), ("quote", quote)):
        try:
            exponent(code)
        except InvalidInput as error:
            raise InvalidInput(error.message, fields={name: error.message}) from error
    if base == quote:
        raise InvalidInput(
            _("Choose two different currencies."), fields={"quote": _("Choose another currency.")}
        )
    text = _read_value(str(value))
    old = Rate.objects.filter(source=MANUAL, base=base, quote=quote, on=on).first()
    if old and old.value == text:
        return old
    rate, _created = Rate.objects.update_or_create(
        source=MANUAL,
        base=base,
        quote=quote,
        on=on,
        defaults={"value": text, "entered_by": actor.label, "entered_at": clock.now()},
    )
    audit.record(
        "pim.rate.entered", actor=actor, subject=rate, changes={"value": [old.value if old else None, text]}
    )
    _announce({base, quote})
    return rate


def _read_value(text: str) -> str:
    try:
        number = Decimal(text.strip())
    except InvalidOperation as error:
        sentence = _("“%(text)s” is not a rate. Write it like 0.2667.") % {"text": text[:40]}
        raise InvalidInput(sentence, fields={"value": sentence}) from error
    if not number.is_finite() or not Decimal("1e-12") <= number <= Decimal("1e12"):
        sentence = _("A rate is a number above zero.")
        raise InvalidInput(sentence, fields={"value": sentence})
    return format(number.normalize(), "f")


@transaction.atomic
def load_ecb_rates(file: IO[bytes], *, actor: Actor) -> int:
    """Store the days of an ECB reference file (daily, 90 days or full history) that are not known yet; how
    many were new.

    Reads the file as a stream. The same file again stores nothing. Announces `RatesChanged`. Raises
    `InvalidInput` when the
    file is not an ECB reference file.
    """
    actor.require(EDIT_RATES)
    before = Rate.objects.filter(source=ECB).count()
    currencies: set[str] = set()
    batch: list[Rate] = []
    for on, currency, value in _read_ecb(file):
        currencies.add(currency)
        batch.append(Rate(source=ECB, base=PIVOT, quote=currency, on=on, value=value, entered_by=actor.label))
        if len(batch) >= BATCH:
            Rate.objects.bulk_create(batch, ignore_conflicts=True)
            batch = []
    Rate.objects.bulk_create(batch, ignore_conflicts=True)
    if not currencies:
        raise InvalidInput(_("This file holds no rates. Send the ECB's eurofxref XML file."))
    stored = Rate.objects.filter(source=ECB).count() - before
    if stored:
        _announce(currencies)
    return stored


def _read_ecb(file: IO[bytes]) -> Iterator[tuple[date, str, str]]:
    day: date | None = None
    try:
        for phase, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            if not element.tag.endswith("Cube"):
                continue
            if phase == "start" and "time" in element.attrib:
                day = date.fromisoformat(element.attrib["time"])
            elif phase == "end":
                currency, value = element.attrib.get("currency", ""), element.attrib.get("rate", "")
                if day and CODE.match(currency) and value != "N/A":
                    yield day, currency, _read_value(value)
                element.clear()
    except (ParseError, DefusedXmlException, ValueError, InvalidInput) as error:
        raise InvalidInput(_("This is not an ECB reference file: %(error)s") % {"error": error}) from error


@transaction.atomic
def save_conversion_rule(
    *, scope_id: int, margin_bps: int, rounding: str, is_enabled: bool, actor: Actor
) -> ConversionRule:
    """Say how prices are converted for a scope (0 = everywhere). Announces `RatesChanged` for all currencies."""
    actor.require(EDIT_RATES)
    rule, _created = ConversionRule.objects.update_or_create(
        scope_id=scope_id,
        defaults={"margin_bps": margin_bps, "rounding": rounding, "is_enabled": is_enabled},
    )
    audit.record(
        "pim.conversion_rule.saved",
        actor=actor,
        subject=rule,
        changes={"margin_bps": [None, margin_bps], "rounding": [None, rounding]},
    )
    _announce(set())
    return rule


def _announce(currencies: set[str]) -> None:
    announce_change(RATES)
    announce_change(CONVERSION_RULES)
    events.publish(RatesChanged(currencies=tuple(sorted(currencies))))
