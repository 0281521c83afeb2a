"""Indgang: one way in to the municipality, for everyone who calls, writes or comes by."""

__version__ = "0.1.0"
