"""Reads of the order system."""
