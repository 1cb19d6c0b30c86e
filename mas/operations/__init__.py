"""Writes of merchant administration: one function per business verb."""
