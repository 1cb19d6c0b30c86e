"""Which tax is due on a fee: place of supply from the parties, rates from the dated table."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from billing.fees.tax import Parties, TaxDecision, taxing_country
from billing.models import LegalEntity
from mas.selectors.companies import list_tax_numbers
from mms.selectors.taxes import tax_rate_bps


def decide_tax(parties: Parties, on: date) -> TaxDecision:
    """Category, country and rate of the tax on a fee. Raises `TaxRateMissing`, naming who must enter it."""
    category, country = taxing_country(parties)
    rate = tax_rate_bps(country, "standard", on) if category == "S" else 0
    return TaxDecision(category, country, rate)


def decide_fee_tax(entity: LegalEntity, merchant: Any, on: date) -> TaxDecision:
    """The tax on a fee of this merchant. The VAT number is asked only where it matters: at home it changes nothing."""
    abroad = merchant.country != entity.country
    parties = Parties(entity.country, merchant.country, abroad and bool(list_tax_numbers(merchant)))
    return decide_tax(parties, on)


def fee_day(entity: LegalEntity, moment: datetime) -> date:
    """The day whose rate counts: a rate changes at midnight where the company is, not in UTC."""
    return moment.astimezone(ZoneInfo(entity.time_zone)).date()
