"""Times of day that shift planning counts in quarters of an hour."""

from __future__ import annotations

from datetime import time

from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange


def quarter_of(at: time, *, field: str) -> int:
    """The quarter of the day that begins at the time. Raises RefusedChange for a time between two."""
    if at.minute % 15 or at.second or at.microsecond:
        raise RefusedChange({field: _("Skriv et helt kvarter, for eksempel 8.15.")})
    return (at.hour * 60 + at.minute) // 15
