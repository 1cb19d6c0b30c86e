"""Tax on the marketplace's own fees: the place of supply of a service to a business."""

from dataclasses import dataclass
from decimal import Decimal

from backoffice.kernel.money import round_half_up

# Member states of the European Union's common VAT area; XI (Northern Ireland) counts for goods only.
EU_COUNTRIES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(EU_COUNTRIES.split())


@dataclass(frozen=True, slots=True)
class TaxDecision:
    """Category codes of EN 16931: S standard, AE reverse charge, O outside the scope, Z zero."""

    category: str
    country: str
    rate_bps: int = 0

    @property
    def needs_reverse_charge_note(self) -> bool:
        return self.category == "AE"


@dataclass(frozen=True, slots=True)
class Parties:
    operator_country: str
    merchant_country: str
    merchant_has_vat_number: bool


def taxing_country(parties: Parties) -> tuple[str, str]:
    """(category, country whose rate applies): art. 44, 45 and 196 of the VAT Directive for EU operators.

    Same country: its standard rate. Registered business in another member state: reverse charge. Unregistered there:
    the operator's rate. Outside the Union: outside the scope. Operators elsewhere tax their own country's merchants.
    """
    own, other = parties.operator_country, parties.merchant_country
    if own == other:
        return "S", own
    if own in EU and other in EU:
        return ("AE", other) if parties.merchant_has_vat_number else ("S", own)
    return "O", other


def tax_on(net_minor: int, tax: TaxDecision) -> int:
    """The tax on a net fee, rounded half-up once."""
    return int(round_half_up(Decimal(net_minor) * tax.rate_bps / 10_000))
