"""Reads of merchant administration."""
