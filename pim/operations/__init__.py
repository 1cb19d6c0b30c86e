"""Writes of product information: part of the app's face."""
