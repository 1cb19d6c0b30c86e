"""Billing: fees, double-entry ledger, settlements, payouts, documents, reconciliation."""
