"""Endpoints of merchant administration."""
