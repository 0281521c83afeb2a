"""Reads one typed Danish line about a person's own day: "møde 10-11.30, så hjemme", "syg i dag", "tilbage kl. 13".

Pure. Only kinds and times are taken from the line; its other words ("møde med Bo") are not stored anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.ranges import RangeError, TimeRange

#: the longest line that is read, in characters
LONGEST = 200


class DayKind(StrEnum):
    """What a part of the day is. A person can be asked when they work at home or have overruled their calendar."""

    SICK = "sick"
    MEETING = "meeting"
    AWAY = "away"
    OFF = "off"
    #: busy in their calendar; never typed
    BUSY = "busy"
    #: back although the calendar says busy; never typed
    PRESENT = "present"
    HOME = "home"

    @property
    def can_be_asked(self) -> bool:
        return self in (DayKind.HOME, DayKind.PRESENT)


class LineFault(StrEnum):
    """Why a line cannot be read."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_KIND = "no_kind"
    NO_SUCH_TIME = "no_such_time"
    BACKWARDS = "backwards"
    OVER = "over"
    NEGATED = "negated"
    UNTIL_A_DAY = "until_a_day"
    UNCLEAR = "unclear"


class UnreadableLine(ValueError):
    """The line, or `part` of it, cannot be read."""

    def __init__(self, fault: LineFault, part: str = "") -> None:
        super().__init__(f"{fault}: {part}")
        self.fault, self.part = fault, part


@dataclass(frozen=True, slots=True)
class DayPart:
    """One part of a day."""

    kind: DayKind
    during: TimeRange


_WORDS = {
    DayKind.SICK: (r"(?:\d\.\s*)?sygedag", "sygemeldt", "syg"),
    DayKind.MEETING: ("møder", "møde", "samtale"),
    DayKind.HOME: ("arbejder hjemme", "hjemmearbejde", "hjemmefra", "hjemme"),
    DayKind.OFF: ("holder fri", "afspadsering", "går hjem", "gået hjem", "barsel", "ferie", "fri"),
    DayKind.AWAY: (
        "ikke til stede", "besigtigelse", "tandlæge", "frokost", "optaget", "tilbage", "tilsyn", "kursus", "pause",
        "læge", "igen", "væk", "ude",
    ),
}  # fmt: skip
_KINDS = re.compile(
    "|".join(rf"(?P<{kind}>\b(?:{'|'.join(words)})\b)" for kind, words in _WORDS.items()), re.IGNORECASE
)
#: "til og med" is one word of the line, and its "og" begins no other part
_THROUGH_WORDS = re.compile(r"\b(?:(?:ind|frem\s+)?til\s+og\s+med|t\.\s?o\.\s?m\.)(?!\w)", re.IGNORECASE)
_THROUGH = "t.o.m."
_SPLIT = re.compile(r"[,;\n]|\b(?:og\s+)?(?:så|derefter|bagefter)\b|\bog\b", re.IGNORECASE)
_THEN = re.compile(r"(?:så|derefter|bagefter)$", re.IGNORECASE)
_MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november",
    "december",
)  # fmt: skip
_DATE = re.compile(
    rf"\b(?:d\.?\s*)?(?P<day>\d{{1,2}})(?:/(?P<month>\d{{1,2}})\b|\.?\s+(?P<name>{'|'.join(_MONTHS)})\b)", re.IGNORECASE
)
_CLOCK = r"(?:kl\.?\s*)?(\d{1,2})(?:[.:](\d{2})|(\d{2})(?!\d))?"
_FROM_TO = re.compile(rf"{_CLOCK}\s*(?:-|–|\btil\b)\s*{_CLOCK}", re.IGNORECASE)
_UNTIL = re.compile(rf"\b(?:(?:ind|frem\s+)?til|tilbage|igen)\s+{_CLOCK}", re.IGNORECASE)
_FROM = re.compile(rf"\b(?:fra|efter)\s+{_CLOCK}", re.IGNORECASE)
_BACK_AT = re.compile(rf"{_CLOCK}\s+(?:tilbage|igen)\b", re.IGNORECASE)
#: "kl. 13", "13.30"; a bare number may be a room or a number of people
_AT = re.compile(r"\bkl\.?\s*(\d{1,2})(?:[.:](\d{2})|(\d{2})(?!\d))?|(?<![\d/])(\d{1,2})[.:](\d{2})()(?![\d/])", re.I)
#: "møde 10": the number is all there is besides one word
_BARE = re.compile(r"^\W*(?:[^\W\d]+\s+){0,2}?(\d{1,2})()(\d{2})?\W*$")
_LENGTH = re.compile(
    r"\b(?:om\s+|i\s+)?(?P<number>\d+½|\d+(?:[.,]\d+)?|½|en\s+halv|halvanden|en|et)\s*"
    r"(?P<unit>timer?|kvarter|min(?:ut(?:ter)?)?)\b\.?|(?P<half>½)\s*time\b", re.IGNORECASE,
)  # fmt: skip
_NUMBERS = {"½": 0.5, "en": 1.0, "et": 1.0, "halvanden": 1.5}
_UNITS = {"t": 60.0, "k": 15.0, "m": 1.0}
_SICK_DAY = re.compile(r"\d\.\s*(?=sygedag)", re.IGNORECASE)
_REST_OF_WEEK = re.compile(r"\b(?:resten\s+af|hele)\s+ugen\b", re.IGNORECASE)
#: what is left of a line when it has been read must not speak of time
_UNREAD = re.compile(r"\d|½|\b(?:uger?|dage|måned(?:er)?|time|timer|minutter)\b", re.IGNORECASE)
_DAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_DAY_WORD = re.compile(r"\b(?:i\s*dag|i\s*morgen|(?:på\s+)?(?:" + "|".join(_DAYS) + r"))\b", re.IGNORECASE)
#: "væk, tilbage kl. 13" ends the part before it
_BACK = re.compile(r"\b(?:tilbage|igen)\b", re.IGNORECASE)
#: "til onsdag" may or may not include the Wednesday
_TILL_A_DAY = re.compile(r"\b(?:til|fra)\s*$", re.IGNORECASE)
_BETWEEN_DAYS = re.compile(r"^\s*(?:-|–|til)\s*$", re.IGNORECASE)
_NOT = re.compile(r"\bikke\b(?!\s+til\s+stede)", re.IGNORECASE)


def read(line: str, *, at: datetime) -> list[DayPart]:
    """The parts of the line, disjoint and in the order of the line, typed at the moment `at`.

    Without a day it is today; without times it is from now until midnight. A later part ends an earlier one. Raises
    UnreadableLine.
    """
    text = _THROUGH_WORDS.sub(_THROUGH, " ".join(line.split()))
    if len(text) > LONGEST:
        raise UnreadableLine(LineFault.TOO_LONG)
    fragments = list(_fragments(text))
    if not fragments:
        raise UnreadableLine(LineFault.EMPTY)
    parts: list[DayPart] = []
    day = day_of(at)
    for fragment, follows in fragments:
        day = _day(fragment, day, at)
        _add(parts, fragment, follows, day, at)
    return parts


def _fragments(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of the line that are not empty, each with whether it begins where the one before ends ("så")."""
    begin, follows = 0, False
    for separator in [*_SPLIT.finditer(text), None]:
        fragment = text[begin : separator.start() if separator else len(text)].strip(" .")
        if fragment:
            yield fragment, follows
            follows = False
        if separator:
            begin, follows = separator.end(), follows or bool(_THEN.search(separator[0]))


def _add(parts: list[DayPart], fragment: str, follows: bool, day: date, at: datetime) -> None:
    """Add one part, and end those before it that it overlaps."""
    last = parts[-1] if parts else None
    if last is not None and _BACK.search(fragment) and (back := _return(fragment, day, at)):
        parts.pop()
        found = DayPart(last.kind, _range(last.during.start or at, back, fragment))
    else:
        begins = last.during.end if last and follows else None
        found = DayPart(_kind(fragment, last), _during(fragment, day, at, begins))
    if found.during.end is not None and found.during.end <= at:
        raise UnreadableLine(LineFault.OVER, fragment)
    parts[:] = [DayPart(each.kind, piece) for each in parts for piece in each.during.difference(found.during)]
    parts.append(found)


def _return(fragment: str, day: date, at: datetime) -> datetime | None:
    """When somebody is back: "tilbage kl. 13", "tilbage om 20 min", or "tilbage mandag", the beginning of Monday."""
    text = _without_days(fragment)
    if length := _LENGTH.search(text):
        return at + _length(length)
    if back := _UNTIL.search(text) or _BACK_AT.search(text):
        return _moment(day, back, 1, fragment)
    if not _UNREAD.search(text) and day != day_of(at):
        return _midnight(day)
    return None


def _kind(fragment: str, last: DayPart | None) -> DayKind:
    """The kind that the fragment names; a time or a day alone repeats the kind before it, and a time is simply away."""
    if _NOT.search(fragment):
        raise UnreadableLine(LineFault.NEGATED, fragment)
    found = _KINDS.search(fragment)
    if found is not None and found.lastgroup is not None:
        return DayKind(found.lastgroup)
    has_time = bool(re.search(r"\d", _without_days(fragment)))
    if last is not None and (has_time or _without_days(fragment) != fragment):
        return last.kind
    if not has_time:
        raise UnreadableLine(LineFault.NO_KIND, fragment)
    return DayKind.AWAY


def _during(fragment: str, day: date, at: datetime, begins: datetime | None) -> TimeRange:
    days = _day_range(fragment, day, at)
    text = _SICK_DAY.sub("", _without_days(fragment))
    if days is not None:
        _refuse_unread(text, fragment)
        return _range(max(at, _midnight(days[0])), _midnight(days[1] + timedelta(days=1)), fragment)
    start, end, unread = _span(text, day, begins or max(at, _midnight(day)), fragment)
    _refuse_unread(unread, fragment)
    return _range(start, end, fragment)


def _span(text: str, day: date, start: datetime, fragment: str) -> tuple[datetime, datetime, str]:
    """Beginning, end, and the text without what said them."""
    end = _midnight(day + timedelta(days=1))
    if week := _REST_OF_WEEK.search(text):
        return start, _midnight(day + timedelta(days=7 - day.weekday())), _cut(text, week)
    length = _LENGTH.search(text)
    text = _cut(text, length)
    if found := _FROM_TO.search(text):
        start, end = _moment(day, found, 1, fragment), _moment(day, found, 4, fragment)
    elif found := _UNTIL.search(text) or _BACK_AT.search(text):
        end = _moment(day, found, 1, fragment)
    elif found := _FROM.search(text) or _BARE.search(text):
        start = _moment(day, found, 1, fragment)
    elif found := _AT.search(text):
        start = _moment(day, found, 1 if found[1] else 4, fragment)
    return start, start + _length(length) if length else end, _cut(text, found)


def _cut(text: str, found: re.Match[str] | None) -> str:
    return text if found is None else f"{text[: found.start()]} {text[found.end() :]}"


def _length(found: re.Match[str]) -> timedelta:
    """ "1½ time", "20 min", "et kvarter"."""
    if found["half"]:
        return timedelta(minutes=30)
    written = " ".join(found["number"].lower().split())
    if written == "en halv":
        number = 0.5
    elif written in _NUMBERS:
        number = _NUMBERS[written]
    else:
        number = float(written.rstrip("½").replace(",", ".")) + (0.5 if written.endswith("½") else 0.0)
    return timedelta(minutes=min(number, 10_000.0) * _UNITS[found["unit"][0].lower()])


def _refuse_unread(text: str, fragment: str) -> None:
    if _UNREAD.search(text):
        raise UnreadableLine(LineFault.UNCLEAR, fragment)


def _range(start: datetime, end: datetime, fragment: str) -> TimeRange:
    try:
        return TimeRange(start, end)
    except RangeError as error:
        raise UnreadableLine(LineFault.BACKWARDS, fragment) from error


def _moment(day: date, found: re.Match[str], group: int, fragment: str) -> datetime:
    """The moment that three groups of a pattern show: hours, and minutes with or without a sign before them."""
    hours, minutes = int(found[group]), int(found[group + 1] or found[group + 2] or 0)
    if hours == 24 and minutes == 0:
        return _midnight(day + timedelta(days=1))
    if hours > 23 or minutes > 59:
        raise UnreadableLine(LineFault.NO_SUCH_TIME, fragment)
    return datetime.combine(day, time(hours, minutes), COPENHAGEN).astimezone(UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COPENHAGEN).astimezone(UTC)


def _day(fragment: str, day: date, at: datetime) -> date:
    """The day that the fragment names, or the one of the fragment before it."""
    today = day_of(at)
    if found := _DATE.search(fragment):
        return _date(today, found, fragment)
    word = _DAY_WORD.search(fragment)
    if word is None:
        return day
    name = word[0].lower().replace(" ", "").removeprefix("på")
    if name in ("idag", "imorgen"):
        return today + timedelta(days=1 if name == "imorgen" else 0)
    return today + timedelta(days=(_DAYS.index(name) - today.weekday()) % 7)


def _date(today: date, found: re.Match[str], fragment: str) -> date:
    """The next such date, today included."""
    month = int(found["month"]) if found["month"] else _MONTHS.index(found["name"].lower()) + 1
    try:
        this_year = date(today.year, month, int(found["day"]))
        return this_year if this_year >= today else date(today.year + 1, month, int(found["day"]))
    except ValueError as error:
        raise UnreadableLine(LineFault.NO_SUCH_TIME, fragment) from error


def _day_range(fragment: str, day: date, at: datetime) -> tuple[date, date] | None:
    """The days of "mandag-onsdag", "1/12-5/12" and "til og med onsdag", both included; None for a single day.

    "ferie til onsdag" and "ferie fra mandag" leave open which days are meant, and are refused.
    """
    before, through, after = fragment.partition(_THROUGH)
    if through:
        return _days_through(before, after, at, fragment)
    named = _days_named(fragment)
    has_clock = bool(re.search(r"\d", _without_days(fragment)))
    if len(named) == 1 and not has_clock and _TILL_A_DAY.search(fragment[: named[0].start()]):
        raise UnreadableLine(LineFault.UNTIL_A_DAY, fragment)
    if len(named) != 2 or not _BETWEEN_DAYS.match(fragment[named[0].end() : named[1].start()]):
        return None
    last = _day(named[1][0], day, at)
    return day, last if last >= day else last + timedelta(days=7)


def _days_through(before: str, after: str, at: datetime, fragment: str) -> tuple[date, date]:
    """The days of "mandag til og med onsdag"; without the first one they begin today."""
    has_clock = bool(re.search(r"\d", _without_days(f"{before} {after}")))
    if has_clock or len(_days_named(before)) > 1 or len(_days_named(after)) != 1:
        raise UnreadableLine(LineFault.UNTIL_A_DAY, fragment)
    first, last = (_day(each, day_of(at), at) for each in (before, after))
    return first, last if last >= first else last + timedelta(days=7)


def _days_named(text: str) -> list[re.Match[str]]:
    found = [*_DAY_WORD.finditer(text), *_DATE.finditer(text)]
    return sorted(found, key=lambda each: each.start())


def _without_days(fragment: str) -> str:
    return _DAY_WORD.sub(" ", _DATE.sub(" ", fragment))
