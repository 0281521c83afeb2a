"""Standardtekster: the texts of teams and units."""
