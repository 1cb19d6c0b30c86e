"""Merchant administration: invitation, onboarding, documents, blocking, counterparties, bank details; not orders or money."""
