"""Writes of the order system: one function per business verb."""
