"""Dated tax rates per country and class, kept in memory."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mms.errors import TaxRateMissing
from mms.models import TaxClass, TaxRate
from mms.selectors.versions import VersionedMap

TAXES = "taxes"


def _load() -> dict[tuple[str, str], list[tuple[date, int]]]:
    table: dict[tuple[str, str], list[tuple[date, int]]] = {}
    rows = TaxRate.objects.order_by("-valid_from").values_list(
        "country", "tax_class", "valid_from", "rate_bps"
    )
    for country, tax_class, valid_from, rate_bps in rows:
        table.setdefault((country, tax_class), []).append((valid_from, rate_bps))
    return table


_rates = VersionedMap(TAXES, _load)


def tax_rate_bps(country: str, tax_class: str, on: date) -> int:
    """The rate in basis points (1900 = 19 %) on a day. Raises `TaxRateMissing`, naming who must enter it."""
    for valid_from, rate_bps in _rates.get().get((country, tax_class), ()):
        if valid_from <= on:
            return rate_bps
    raise TaxRateMissing(
        _(
            "No %(tax_class)s tax rate is entered for %(country)s on %(day)s. "
            "An administrator must enter it under Settings, Tax rates."
        )
        % {"tax_class": tax_class, "country": country, "day": on.isoformat()},
        country=country,
        tax_class=tax_class,
    )


def list_tax_rates() -> QuerySet[TaxRate]:
    return TaxRate.objects.all()


def list_tax_classes() -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in TaxClass.choices]
