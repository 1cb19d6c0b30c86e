"""Addresses that belong to no audience: messages from outside systems."""
