"""Reads of marketplace management."""
