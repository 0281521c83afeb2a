"""Shifts: plans are made, published and changed. `planned` reads what people have been told that they work."""

from indgang.workforce.shifts.published import PublishedPart, PublishedShift, planned, planned_in

__all__ = ["PublishedPart", "PublishedShift", "planned", "planned_in"]
