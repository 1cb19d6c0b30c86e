"""What an offer costs in a store view: its own price there, else a converted one, else a reason why not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from backoffice.kernel import clock
from backoffice.kernel.money import exponent, round_half_up
from mms.context import StoreContext
from mms.selectors.versions import VersionedMap
from pim.models import ConversionRule, OfferPrice, Rounding
from pim.selectors.rates import RateInfo, find_rate
from pim.selectors.scopes import scope_chain


class PriceRow(NamedTuple):
    offer_id: int
    scope_id: int
    currency: str
    amount_minor: int
    list_amount_minor: int | None
    min_quantity: int
    valid_from: datetime | None
    valid_to: datetime | None

    def is_valid(self, at: datetime) -> bool:
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_to is None or at < self.valid_to
        )


@dataclass(frozen=True, slots=True)
class Rule:
    margin_bps: int = 0
    rounding: str = Rounding.MINOR
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class ResolvedPrice:
    """A unit price in the view's currency; `rate` says how it was converted, None for the merchant's own price."""

    amount_minor: int
    list_amount_minor: int | None
    currency: str
    rate: RateInfo | None = None
    reason: str = ""

    @property
    def is_given(self) -> bool:
        return not self.reason


def _load_rules() -> dict[int, Rule]:
    return {
        row.scope_id: Rule(row.margin_bps, row.rounding, row.is_enabled)
        for row in ConversionRule.objects.all()
    }


CONVERSION_RULES = "pim.conversion_rules"
_rules = VersionedMap(CONVERSION_RULES, _load_rules)


def get_conversion_rule(store: StoreContext) -> Rule:
    """The narrowest rule of the view's path; without any, prices convert at the plain rate to the cent."""
    rules = _rules.get()
    return next((rules[scope_id] for scope_id in scope_chain(store) if scope_id in rules), Rule())


def read_prices(offer_ids: Iterable[int]) -> dict[int, list[PriceRow]]:
    """All prices of several offers in one statement."""
    found: dict[int, list[PriceRow]] = {offer_id: [] for offer_id in offer_ids}
    for values in OfferPrice.objects.filter(offer_id__in=list(found)).values_list(*PriceRow._fields):
        row = PriceRow(*values)
        found[row.offer_id].append(row)
    return found


def resolve_price(
    rows: Sequence[PriceRow], store: StoreContext, *, quantity: int = 1, at: datetime | None = None
) -> ResolvedPrice:
    """The unit price for a quantity: narrowest scope in the view's currency, dated before open-ended, highest
    tier reached;
    else the merchant's price converted by the view's rule; else a reason (`no_price`, `rate_missing`)."""
    moment = at or clock.now()
    valid = [row for row in rows if row.is_valid(moment) and row.min_quantity <= max(quantity, 1)]
    chain = scope_chain(store)
    own = _best([row for row in valid if row.currency == store.currency], chain)
    if own:
        return ResolvedPrice(own.amount_minor, own.list_amount_minor, store.currency)
    base = _best(valid, chain)
    rule = get_conversion_rule(store)
    if base is None or not rule.is_enabled:
        return ResolvedPrice(0, None, store.currency, reason="no_price")
    rate = find_rate(base.currency, store.currency, moment.date())
    if rate is None:
        return ResolvedPrice(0, None, store.currency, reason="rate_missing")
    amount = convert_price(base.amount_minor, rate, rule)
    listed = convert_price(base.list_amount_minor, rate, rule) if base.list_amount_minor else None
    return ResolvedPrice(amount, listed if listed and listed > amount else None, store.currency, rate)


def _best(rows: Sequence[PriceRow], chain: Sequence[int]) -> PriceRow | None:
    reached = [row for row in rows if row.scope_id in chain]
    if not reached:
        return None
    ranks: Mapping[int, int] = {scope_id: index for index, scope_id in enumerate(chain)}
    return min(
        reached,
        key=lambda row: (
            ranks[row.scope_id],
            -row.min_quantity,
            row.valid_from is None,
            row.amount_minor,
            row.currency,
        ),
    )


def convert_price(amount_minor: int, rate: RateInfo, rule: Rule) -> int:
    """Minor units of the quote currency: rate and margin at full precision, rounded once by the rule, at least 1."""
    factor = rate.value * (Decimal(1) + Decimal(rule.margin_bps) / 10_000)
    major = Decimal(amount_minor).scaleb(-exponent(rate.base)) * factor
    digits = exponent(rate.quote)
    if rule.rounding == Rounding.WHOLE:
        major = round_half_up(major)
    elif rule.rounding in (Rounding.ENDING_99, Rounding.ENDING_90) and digits:
        ending = Decimal(rule.rounding) / 100
        major = max(round_half_up(major - ending), Decimal(0)) + ending
    return max(int(round_half_up(major.scaleb(digits))), 1)


def find_conversion_rule(scope_id: str) -> ConversionRule | None:
    return list_conversion_rules().filter(scope_id=scope_id).first() if scope_id.isdecimal() else None


def list_conversion_rules() -> QuerySet[ConversionRule]:
    """How prices convert, per scope."""
    return ConversionRule.objects.order_by("scope_id")
