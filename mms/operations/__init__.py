"""Writes of marketplace management."""
