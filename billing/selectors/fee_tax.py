"""Which tax is due on a fee: place of supply from the parties, rates from the dated table."""

from datetime import date

from billing.fees.tax import Parties, TaxDecision, taxing_country
from mms.selectors.taxes import tax_rate_bps


def decide_tax(parties: Parties, on: date) -> TaxDecision:
    """Category, country and rate of the tax on a fee. Raises `TaxRateMissing`, naming who must enter it."""
    category, country = taxing_country(parties)
    rate = tax_rate_bps(country, "standard", on) if category == "S" else 0
    return TaxDecision(category, country, rate)
