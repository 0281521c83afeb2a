"""Fagsystemer: the agreements about reading in case systems."""
