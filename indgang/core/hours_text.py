"""Opening hours of a day as people write them, parsed and formatted.

Accepted: `9-16`, `10.00-11.30 og 12.30-14`, `kl. 8 til 17`, `22-24`, `0-24`, `døgnåbent`, `24 hours`, `lukket` and an
empty text (closed). A span ends at midnight at the latest, which is `time(0)` as in `core.schedule`. Hours over
midnight belong to two days, so they are refused, with the two spans to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time

Spans = list[tuple[time, time]]

MIDNIGHT = time(0)
ALL_DAY: Spans = [(MIDNIGHT, MIDNIGHT)]

_ALL_DAY_WORDS = re.compile(r"(døgnåbent?|døgnåbne|hele døgnet|døgnet rundt|24 timer|24 hours|open 24 hours|24/7)")
_CLOSED_WORDS = re.compile(r"(lukket|closed|[-–])?")
_APART = re.compile(r"[,;&+]|\bog\b|\bsamt\b|\band\b")
_TIME = r"(\d{1,2})(?:[.:](\d{2}))?"
_SPAN = re.compile(rf"(?:kl\.?\s*|fra\s+|from\s+)*{_TIME}\s*(?:[-–—]|til|to)\s*(?:kl\.?\s*)?{_TIME}")


class NotHours(ValueError):
    """A part of the text is not a span of time. `part` is that part."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


class OverMidnight(NotHours):
    """A span that continues into the next day: write `today` on this day and `tomorrow` on the next."""

    def __init__(self, part: str, opens: time, closes: time) -> None:
        super().__init__(part)
        self.today = write([(opens, MIDNIGHT)])
        self.tomorrow = write([(MIDNIGHT, closes)])


def read(text: str) -> Spans:
    """The open spans in order of the text; none means closed. Raises NotHours."""
    said = " ".join(text.casefold().split()).rstrip(".")
    if _ALL_DAY_WORDS.fullmatch(said):
        return list(ALL_DAY)
    if _CLOSED_WORDS.fullmatch(said):
        return []
    return [_span(part.strip()) for part in _APART.split(said) if part.strip()]


def write(spans: Iterable[tuple[time, time]]) -> str:
    """The spans in a form that `read` accepts: `09.00-16.00`, `22.00-24.00`; empty for none. The whole day is
    `00.00-24.00`."""
    return ", ".join(f"{opens:%H.%M}-{_closing(closes)}" for opens, closes in spans)


def is_all_day(spans: Iterable[tuple[time, time]]) -> bool:
    return list(spans) == ALL_DAY


def _closing(closes: time) -> str:
    return "24.00" if closes == MIDNIGHT else f"{closes:%H.%M}"


def _span(part: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise NotHours(part)
    hour, minute, until_hour, until_minute = (int(each or 0) for each in found.groups())
    try:
        opens = time(hour, minute)
        closes = MIDNIGHT if (until_hour, until_minute) == (24, 0) else time(until_hour, until_minute)
    except ValueError as error:
        raise NotHours(part) from error
    if closes != MIDNIGHT and closes < opens:
        raise OverMidnight(part, opens, closes)
    return opens, closes
