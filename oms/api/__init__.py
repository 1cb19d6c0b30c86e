"""The order system for programs."""
