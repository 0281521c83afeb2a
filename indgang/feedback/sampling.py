"""Who is asked, how and when, or why not. Pure.

Chance is a keyed hash of what is asked about (`draw`): the same part always draws the same, after a crash too, and
nobody without the installation's key can know or change what it draws. Nothing about the employee is an input.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import Schedule

_WHOLE = 2**64
#: the days off of opening hours
_DAYS_OFF = Schedule()


class WhyNot(StrEnum):
    """Why somebody is not asked."""

    OTHER_PART = "other_part"
    NOT_DRAWN = "not_drawn"
    NO_ADDRESS = "no_address"
    OUR_NUMBER = "our_number"
    OPTED_OUT = "opted_out"
    RECENTLY = "recently"
    TOO_LATE = "too_late"
    NOT_ON_LINE = "not_on_line"


@dataclass(frozen=True, slots=True)
class Asking:
    """What a rule says: `share` in per cent, `ways` in turn, hours in Copenhagen. `on_line`: only who is still on the
    line is asked."""

    share: int
    ways: Sequence[str]
    delay: timedelta
    asks_from: time
    asks_until: time
    quarantine: timedelta
    deadline: timedelta
    on_line: bool = False


@dataclass(frozen=True, slots=True)
class SurveyCandidate:
    """An ended part of an enquiry and who it was with. `parts` are all parts of that enquiry, this one among them.

    `ways` are those in which they can be reached. `asked_at` and `asked` say when they were asked last, about anything
    else and on any channel, and how often.
    """

    part: str
    parts: Collection[str]
    ended_at: datetime
    ways: Collection[str]
    is_ours: bool = False
    opted_out: bool = False
    asked_at: datetime | None = None
    asked: int = 0
    on_line: bool = False


@dataclass(frozen=True, slots=True)
class SurveyDecision:
    """Ask in this `way` at `at`; or not, and `why_not`."""

    way: str
    at: datetime
    why_not: WhyNot | None = None


def draw(key: bytes, text: str) -> float:
    """A number from 0 to just below 1 that `text` draws."""
    found = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return int.from_bytes(found[:8], "big") / _WHOLE


def decide(rule: Asking, candidate: SurveyCandidate, *, key: bytes, now: datetime) -> SurveyDecision:
    """Whether, how and when to ask. One part of an enquiry is asked about, whichever draws the lowest number."""
    ways = [each for each in rule.ways if each in candidate.ways]
    way = ways[candidate.asked % len(ways)] if ways else ""
    at = in_hours(max(candidate.ended_at + rule.delay, now), rule.asks_from, rule.asks_until)
    why_not = _why_not(rule, candidate, key=key) or (None if way else WhyNot.NO_ADDRESS)
    if why_not is None and at >= candidate.ended_at + rule.deadline:
        why_not = WhyNot.TOO_LATE
    if why_not is None and rule.on_line and not candidate.on_line:
        why_not = WhyNot.NOT_ON_LINE
    return SurveyDecision("" if why_not else way, at, why_not)


def _why_not(rule: Asking, candidate: SurveyCandidate, *, key: bytes) -> WhyNot | None:
    if chosen(candidate.parts, key=key) != candidate.part:
        return WhyNot.OTHER_PART
    if draw(key, f"share:{candidate.part}") * 100 >= rule.share:
        return WhyNot.NOT_DRAWN
    if candidate.opted_out:
        return WhyNot.OPTED_OUT
    if candidate.is_ours:
        return WhyNot.OUR_NUMBER
    if candidate.asked_at is not None and candidate.ended_at < candidate.asked_at + rule.quarantine:
        return WhyNot.RECENTLY
    return None


def chosen(parts: Collection[str], *, key: bytes) -> str:
    """The part of an enquiry that is asked about."""
    return min(parts, key=lambda part: (draw(key, f"part:{part}"), part))


def in_hours(at: datetime, asks_from: time, asks_until: time) -> datetime:
    """The first moment, from `at` on, within the hours of a working day in Copenhagen."""
    local = at.astimezone(COPENHAGEN)
    if asks_from <= local.time() < asks_until and _is_working_day(local.date()):
        return at
    day = local.date() + timedelta(days=0 if local.time() < asks_from else 1)
    while not _is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, asks_from, COPENHAGEN).astimezone(at.tzinfo)


def _is_working_day(day: date) -> bool:
    """Whether it is neither a weekend, nor a Danish public holiday, nor a day off by agreement."""
    return day.weekday() < 5 and not _DAYS_OFF.holiday(day)
