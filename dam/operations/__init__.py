"""Writes of DAM."""
