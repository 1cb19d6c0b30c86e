"""Merchant administration: invitation, onboarding, documents, blocking, counterparties, bank details.

Orders and money are not here: they live in apps above and ask this one.
"""
