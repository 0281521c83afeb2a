"""Cooperation agreements (samarbejdsaftaler): drafted, read, signed by both parties, and compared."""
