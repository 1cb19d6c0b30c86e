"""Reads of DAM."""
