"""When a shift is, as people write it."""

from __future__ import annotations

from django.utils.formats import date_format

from indgang.core.clock import COPENHAGEN
from indgang.entry.models import DutyShift


def when(shift: DutyShift) -> str:
    """ "torsdag 12. marts kl. 16.00–22.00"."""
    starts, ends = shift.starts_at.astimezone(COPENHAGEN), shift.ends_at.astimezone(COPENHAGEN)
    return f"{date_format(starts, 'l j. F')} kl. {starts:%H.%M}–{ends:%H.%M}"
