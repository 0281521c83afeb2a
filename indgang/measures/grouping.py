"""By what figures are shown."""

from __future__ import annotations

from enum import StrEnum


class GroupBy(StrEnum):
    """What figures are shown by. A group is a code, or a day, month or hour of the day in Copenhagen."""

    NOTHING = "nothing"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    CENTRE = "centre"
    QUEUE = "queue"
    SERVICE = "service"
    PURPOSE = "purpose"
    CHANNEL = "channel"
    LEVEL = "level"
