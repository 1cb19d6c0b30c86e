"""From a rule and an amount to a fee and its tax, rounded once each, with every step written down."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backoffice.kernel.money import exponent, round_half_up
from billing.fees.rules import BaseMode, Formula, Rule, Tier, TierMode
from billing.fees.tax import TaxDecision

BPS = Decimal(10_000)
SIX_DIGITS = Decimal("0.000001")

# (code, parameters): rendered as sentences by `billing.fees.explain`.
Step = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Amount:
    """What the fee is taken of. `paid` is what the buyer pays for the line, after all discounts, tax included."""

    paid_minor: int
    currency: str
    quantity: int = 1
    item_tax_bps: int = 0
    # The part of the discount that the marketplace pays: the merchant still earns it, so the fee is due on it.
    operator_discount_minor: int = 0
    # Rate locked on the order when the merchant is owed in another currency.
    fx_rate: Decimal | None = None
    owed_currency: str = ""
    # What the merchant sold in the month before this line, as counted when the order was placed.
    month_before_minor: int = 0


@dataclass(frozen=True, slots=True)
class FeeResult:
    currency: str
    base_minor: int
    proceeds_minor: int
    raw: Decimal
    fee_minor: int
    # The part of the fee that grows with the base; the rest is fixed.
    percent_minor: int
    tax_minor: int
    tax: TaxDecision
    flags: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def total_minor(self) -> int:
        return self.fee_minor + self.tax_minor

    @property
    def subsidy_is_part(self) -> bool:
        return self.base_minor != self.proceeds_minor


def convert(minor: int, source: str, target: str, rate: Decimal) -> int:
    """Minor units of one currency in another at a rate of major units, rounded half-up once."""
    shift = exponent(target) - exponent(source)
    return int(round_half_up((Decimal(minor) * rate).scaleb(shift)))


def compute_fee(rule: Rule, amount: Amount, tax: TaxDecision) -> FeeResult:
    """The fee of one line under one rule; all amounts in minor units of the currency the merchant is owed in."""
    formula = rule.formula
    steps: list[Step] = [
        (
            "rule",
            {"ref": rule.ref, "name": rule.name, "version": rule.version, "priority": rule.priority.name},
        )
    ]
    currency, base, proceeds = _base(formula, amount, steps)
    amounts = formula.amounts_in(currency)
    percent = _percent(formula, base, _climbed(formula, amount, steps), steps)
    fixed = Decimal(amounts.per_line_minor + amounts.per_unit_minor * amount.quantity)
    if base <= 0 and amounts.per_line_minor + amounts.per_unit_minor:
        fixed = Decimal(0)
    if fixed:
        steps.append(
            (
                "fixed",
                {
                    "per_line": amounts.per_line_minor,
                    "per_unit": amounts.per_unit_minor,
                    "quantity": amount.quantity,
                    "currency": currency,
                },
            )
        )
    raw, flags = _limit(percent + fixed, formula, (currency, base, proceeds), steps)
    fee, tax_minor = rounded_and_taxed(raw, formula, tax, currency, steps)
    percent_minor = _percent_of(fee, percent, raw, formula) if fixed and not flags else fee
    return FeeResult(
        currency=currency,
        base_minor=base,
        proceeds_minor=proceeds,
        raw=raw,
        fee_minor=fee,
        percent_minor=percent_minor,
        tax_minor=tax_minor,
        tax=tax,
        flags=flags,
        steps=tuple(steps),
    )


def _percent_of(fee: int, percent: Decimal, raw: Decimal, formula: Formula) -> int:
    """The part of a fee that grows with the base; where the stated fee contains its tax, that part of the net fee."""
    if formula.includes_tax and raw:
        percent = fee * percent / raw
    return min(fee, int(round_half_up(percent)))


def _base(formula: Formula, amount: Amount, steps: list[Step]) -> tuple[str, int, int]:
    """Goods price after the merchant's discount, before the marketplace's; net or gross of item tax by rule."""
    gross = amount.paid_minor + amount.operator_discount_minor
    currency = amount.currency
    steps.append(
        ("paid", {"paid": amount.paid_minor, "subsidy": amount.operator_discount_minor, "currency": currency})
    )
    base = gross
    if formula.base == BaseMode.NET and amount.item_tax_bps:
        base = int(round_half_up(Decimal(gross) * BPS / (BPS + amount.item_tax_bps)))
        steps.append(("net", {"rate_bps": amount.item_tax_bps, "base": base, "currency": currency}))
    if amount.fx_rate is not None and amount.owed_currency != currency:
        converted = convert(base, currency, amount.owed_currency, amount.fx_rate)
        gross = convert(gross, currency, amount.owed_currency, amount.fx_rate)
        steps.append(
            (
                "converted",
                {
                    "rate": str(amount.fx_rate),
                    "from": base,
                    "from_currency": currency,
                    "base": converted,
                    "currency": amount.owed_currency,
                },
            )
        )
        base, currency = converted, amount.owed_currency
    return currency, base, gross


def rounded_and_taxed(
    raw: Decimal, formula: Formula, tax: TaxDecision, currency: str, steps: list[Step]
) -> tuple[int, int]:
    """Round the fee once, then its tax once; both steps are written down."""
    rounded = int(round_half_up(raw))
    steps.append(("rounded", {"raw": _six(raw), "to": rounded, "currency": currency}))
    fee, tax_minor = _taxed(rounded, formula, tax)
    steps.append(
        (
            "tax",
            {
                "category": tax.category,
                "rate_bps": tax.rate_bps,
                "country": tax.country,
                "fee": fee,
                "tax": tax_minor,
                "included": formula.includes_tax,
                "currency": currency,
            },
        )
    )
    return fee, tax_minor


def _climbed(formula: Formula, amount: Amount, steps: list[Step]) -> int:
    """How far up the tiers the base starts: the month's sales so far, or zero when each line climbs alone."""
    if not formula.climbs_by_month:
        return 0
    before, currency = amount.month_before_minor, amount.currency
    if amount.fx_rate is not None and amount.owed_currency != currency:
        before, currency = (
            convert(before, currency, amount.owed_currency, amount.fx_rate),
            amount.owed_currency,
        )
    steps.append(("month", {"before": before, "currency": currency}))
    return before


def _percent(formula: Formula, base: int, before: int, steps: list[Step]) -> Decimal:
    if formula.tier_mode == TierMode.NONE or not formula.tiers:
        part = Decimal(base) * formula.rate_bps / BPS
        steps.append(("percent", {"rate_bps": formula.rate_bps, "base": base, "part": _six(part)}))
        return part
    tiers = sorted(formula.tiers, key=lambda tier: (tier.up_to_minor is None, tier.up_to_minor or 0))
    part = (
        _graduated(tiers, before + base) - _graduated(tiers, before)
        if formula.tier_mode == TierMode.GRADUATED
        else Decimal(base) * _volume_rate(tiers, before + base) / BPS
    )
    steps.append(
        (
            "tiers",
            {
                "mode": str(formula.tier_mode),
                "tiers": [[tier.up_to_minor, tier.rate_bps] for tier in tiers],
                "base": base,
                "part": _six(part),
            },
        )
    )
    return part


def _graduated(tiers: list[Tier], base: int) -> Decimal:
    """Each slice at its own rate, like income tax."""
    part, floor = Decimal(0), 0
    for tier in tiers:
        top = base if tier.up_to_minor is None else min(base, tier.up_to_minor)
        part += Decimal(max(0, top - floor)) * tier.rate_bps / BPS
        floor = max(floor, top)
    return part


def _volume_rate(tiers: list[Tier], base: int) -> int:
    """The whole amount at the rate of the tier it reaches."""
    for tier in tiers:
        if tier.up_to_minor is None or base <= tier.up_to_minor:
            return tier.rate_bps
    return tiers[-1].rate_bps


def _limit(
    raw: Decimal, formula: Formula, line: tuple[str, int, int], steps: list[Step]
) -> tuple[Decimal, tuple[str, ...]]:
    currency, base, proceeds = line
    amounts = formula.amounts_in(currency)
    flags = []
    if amounts.min_minor is not None and base > 0 and raw < amounts.min_minor:
        raw = Decimal(amounts.min_minor)
        flags.append("min")
        steps.append(("min", {"to": amounts.min_minor, "currency": currency}))
    if amounts.max_minor is not None and raw > amounts.max_minor:
        raw = Decimal(amounts.max_minor)
        flags.append("max")
        steps.append(("max", {"to": amounts.max_minor, "currency": currency}))
    if formula.capped_at_proceeds and raw > max(proceeds, 0):
        raw = Decimal(max(proceeds, 0))
        flags.append("cap")
        steps.append(("cap", {"to": max(proceeds, 0), "currency": currency}))
    return raw, tuple(flags)


def _taxed(rounded: int, formula: Formula, tax: TaxDecision) -> tuple[int, int]:
    if formula.includes_tax and tax.rate_bps:
        net = int(round_half_up(Decimal(rounded) * BPS / (BPS + tax.rate_bps)))
        return net, rounded - net
    return rounded, int(round_half_up(Decimal(rounded) * tax.rate_bps / BPS))


def _six(value: Decimal) -> str:
    return str(value.quantize(SIX_DIGITS))
