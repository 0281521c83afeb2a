"""Days that are whole months apart."""

from __future__ import annotations

from datetime import date, timedelta


def months_later(day: date, months: int) -> date:
    """The same day of a later month (earlier, when below 0), or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
