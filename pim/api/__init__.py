"""Endpoints of product information for programs."""
