"""Fees by the month: a fixed amount and one per offer, within limits, rounded once, explained like any other."""

from decimal import Decimal

from billing.fees.compute import FeeResult, Step, rounded_and_taxed
from billing.fees.rules import Rule
from billing.fees.tax import TaxDecision


def compute_periodic_fee(rule: Rule, currency: str, quantity: int, tax: TaxDecision) -> FeeResult:
    """What one month costs: `per_line` once, `per_unit` for each of `quantity` offers; limits of the currency hold."""
    amounts = rule.formula.amounts_in(currency)
    steps: list[Step] = [
        (
            "rule",
            {"ref": rule.ref, "name": rule.name, "version": rule.version, "priority": rule.priority.name},
        ),
        (
            "monthly",
            {
                "base": amounts.per_line_minor,
                "per_unit": amounts.per_unit_minor,
                "quantity": quantity,
                "currency": currency,
            },
        ),
    ]
    raw = Decimal(amounts.per_line_minor + amounts.per_unit_minor * quantity)
    flags = []
    if amounts.min_minor is not None and raw < amounts.min_minor:
        raw = Decimal(amounts.min_minor)
        flags.append("min")
        steps.append(("min", {"to": amounts.min_minor, "currency": currency}))
    if amounts.max_minor is not None and raw > amounts.max_minor:
        raw = Decimal(amounts.max_minor)
        flags.append("max")
        steps.append(("max", {"to": amounts.max_minor, "currency": currency}))
    fee, tax_minor = rounded_and_taxed(raw, rule.formula, tax, currency, steps)
    return FeeResult(
        currency=currency,
        base_minor=0,
        proceeds_minor=0,
        raw=raw,
        fee_minor=fee,
        percent_minor=0,
        tax_minor=tax_minor,
        tax=tax,
        flags=tuple(flags),
        steps=tuple(steps),
    )
