"""Figures of the time before Indgang: files of other systems, mapped, imported as events, and taken back as a whole."""
