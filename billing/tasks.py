"""Clocked work of billing registers itself by being imported."""

from billing.operations import (
    chain,
    debts,
    fee_rules,
    holds,
    maturity,
    periodic_fees,
    reserves,
    settlement_review,
    snapshots,
)

__all__ = [
    "chain",
    "debts",
    "fee_rules",
    "holds",
    "maturity",
    "periodic_fees",
    "reserves",
    "settlement_review",
    "snapshots",
]
