"""A day that a planner describes in numbers, with what the formulas and the what-ifs leave out. Pure.

Breaks, callers who ring again, mails and chats beside the calls, and questions for the second level are played by the
twin. The same calls are played without any of it, so that the difference is what it does to the callers. The page, the
command and the API take the same names, units and limits, and show the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

from indgang.routing.distribution.requirement import CALL, CHAT, WRITTEN, QueueRule
from indgang.staffing.erlang import erlang_a
from indgang.staffing.need import Impossible
from indgang.staffing.presets import falling_day
from indgang.staffing.twin import simulation, single_queue
from indgang.staffing.twin.presets import HALF_HOUR, HOUR, PICK_UP_SECONDS
from indgang.staffing.twin.result import TwinComparison, TwinResult
from indgang.staffing.twin.scenario import (
    Attendance,
    Consulting,
    Crew,
    Inflow,
    RandomTime,
    Retry,
    Specialist,
    TimeShape,
    TwinScenario,
    WayOfAsking,
)
from indgang.staffing.twin.single_queue import QueueEstimate

REPLICATIONS = 20
#: calls, mails and chats of a day: the page waits for both sides of all replications
MOST_WORK = 1_500
#: the queues of the day, the most urgent first
CALLS, CHATS, MAILS = "calls", "chats", "mails"
#: standard deviation over mean of talk, mails and chats; an assumption
SPREAD = 0.9
#: two colleagues have promised the same hour and a half, and then the next two
TURN_HOURS, AT_ONCE = 1.5, 2
#: how the table of the busiest half-hour is played: so many copies of one queue, with so many calls each
_COPIES, _CALLS_OF_COPY, _WARM_UP = 200, 600, 100
#: and for how many people fewer and more than there are
_FEWER, _MORE = 2, 3
#: lowest and highest number of each
LIMITS: Mapping[str, tuple[float, float]] = {
    "calls": (1, 1_000), "hours": (1, 16), "talk": (10, 3_600), "after_call": (0, 1_800), "patience": (5, 3_600),
    "agents": (1, 100), "within": (0, 900), "break_minutes": (0, 120), "retry": (0, 100), "retry_minutes": (1, 240),
    "mails": (0, 500), "mail_minutes": (0.5, 120), "chats": (0, 500), "chat_minutes": (0.5, 120),
    "chats_at_once": (1, 5), "passed_on": (0, 100), "colleagues": (1, 50), "at_desk": (0, 100),
    "promised_hours": (0, 16),
}  # fmt: skip
#: the names of whole numbers
WHOLE = frozenset({"agents", "chats_at_once", "colleagues"})


@dataclass(frozen=True, slots=True)
class DescribedDay:
    """Times are seconds where the name says nothing else, shares are percent. The calls are those of KEH (26,550 a
    year, 001:1275-1302), met by three people: the day of docs/studies/second-level.md."""

    calls: float = 106
    """Of the day; they follow the curve of the shipped centres."""
    hours: float = 9
    talk: float = 210
    after_call: float = 30
    patience: float = 180
    """Mean time until a caller hangs up."""
    agents: int = 3
    within: float = 20
    break_minutes: float = 0
    """One break for each person, in turn in the middle half of the day, or earlier where it would pass closing."""
    retry: float = 0
    """Of those who hang up, who ring again."""
    retry_minutes: float = 10
    mails: float = 0
    """A call interrupts a mail, and goes before it."""
    mail_minutes: float = 6
    chats: float = 0
    chat_minutes: float = 10
    chats_at_once: int = 2
    passed_on: float = 0
    """Of the answered calls, who need a colleague of the second level."""
    colleagues: int = 6
    at_desk: float = 40
    """Times at which a colleague answers who has promised nothing."""
    promised_hours: float = 0
    """From opening on, two colleagues at a time have promised to answer; 0: a plain phone list."""

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            if not low <= getattr(self, name) <= high:
                raise Impossible(f"{name} is a number from {low:g} to {high:g}, not {getattr(self, name):g}")
        for fault in faults(asdict(self)):
            raise Impossible(_SAID[fault].format(**asdict(self)))


class DayFault(StrEnum):
    """What is wrong with numbers that are each within their limits. The value is the name of the number to correct."""

    TOO_LONG_A_BREAK = "break_minutes"
    NO_HALF_HOURS = "hours"
    TOO_MUCH_WORK = "calls"


_SAID: Mapping[DayFault, str] = {
    DayFault.TOO_LONG_A_BREAK: "break_minutes is shorter than the day, not {break_minutes:g}",
    DayFault.NO_HALF_HOURS: "hours is a number of whole or half hours, not {hours:g}",
    DayFault.TOO_MUCH_WORK: f"calls, mails and chats are at most {MOST_WORK:,} a day together",
}


def faults(numbers: Mapping[str, float]) -> list[DayFault]:
    """What is wrong with the numbers of a day, by name, together. The page says it in its own words."""
    wrong = {
        DayFault.TOO_LONG_A_BREAK: numbers["break_minutes"] >= numbers["hours"] * 60,
        DayFault.NO_HALF_HOURS: numbers["hours"] % 0.5 != 0,
        DayFault.TOO_MUCH_WORK: numbers["calls"] + numbers["mails"] + numbers["chats"] > MOST_WORK,
    }
    return [fault for fault, is_so in wrong.items() if is_so]


#: by name, the value of a day of which nothing is said
USUAL: Mapping[str, float] = asdict(DescribedDay())


def of(numbers: Mapping[str, float]) -> DescribedDay:
    """The day of these numbers, by name; the others have their usual values. Raises Impossible."""
    typed: dict[str, Any] = {name: int(value) if name in WHOLE else value for name, value in numbers.items()}
    return DescribedDay(**typed)


def read(values: Mapping[str, str]) -> DescribedDay:
    """The day that texts describe, by name. Raises Impossible, with what would be right."""
    unknown = [name for name in values if name not in LIMITS]
    if unknown:
        raise Impossible(f"{unknown[0]} is not one of {', '.join(LIMITS)}")
    return of({name: _number(name, text) for name, text in values.items()})


def _number(name: str, text: str) -> float:
    low, high = LIMITS[name]
    try:
        found = int(text) if name in WHOLE else float(text)
        if not isfinite(found):  # of a whole number that no float holds, it raises OverflowError
            raise ValueError(text)
    except (ValueError, OverflowError) as error:
        kind = "whole number" if name in WHOLE else "number"
        raise Impossible(f"{name} is a {kind} from {low:g} to {high:g}, not {text}") from error
    return found


# --- What is played ------------------------------------------------------------------------------------


def play(day: DescribedDay, seed: int = 1) -> TwinComparison:
    """The calls alone, and the whole day, with the same callers in both."""
    return simulation.compare(_scenario(day, is_whole=False), _scenario(day, is_whole=True), REPLICATIONS, seed)


def _scenario(day: DescribedDay, *, is_whole: bool) -> TwinScenario:
    of = {CALLS: day.calls, CHATS: day.chats if is_whole else 0.0, MAILS: day.mails if is_whole else 0.0}
    arrivals = {queue: tuple(number * each for each in _curve(day)) for queue, number in of.items()}
    inflows = (
        Inflow(
            CALLS, arrivals[CALLS], _spread(day.talk), RandomTime(day.after_call, TimeShape.CONSTANT),
            RandomTime(day.patience), _retry(day) if is_whole else None, consulting=_asks(day) if is_whole else None,
        ),
        Inflow(CHATS, arrivals[CHATS], _spread(day.chat_minutes * 60), kind=CHAT),
        Inflow(MAILS, arrivals[MAILS], _spread(day.mail_minutes * 60), kind=WRITTEN),
    )  # fmt: skip
    rules = tuple(QueueRule(each.queue, priority=number) for number, each in zip((2, 1, 0), inflows, strict=True))
    capacity = {CALL: 1, CHAT: day.chats_at_once, WRITTEN: 1}
    crews = tuple(
        Crew(f"person {number + 1}", 1, frozenset(of), (_stay(day, number, is_whole=is_whole),), capacity=capacity)
        for number in range(day.agents)
    )
    code = "whole" if is_whole else "alone"
    return TwinScenario(code, code, inflows, rules, crews, within=day.within, pick_up=PICK_UP_SECONDS)


def _curve(day: DescribedDay) -> tuple[float, ...]:
    """The share of the day's work that comes in each half-hour."""
    found = falling_day(round(day.hours * HOUR / HALF_HOUR))
    return tuple(each / sum(found) for each in found)


def _spread(mean: float) -> RandomTime:
    return RandomTime(mean, TimeShape.LOGNORMAL, SPREAD)


def _retry(day: DescribedDay) -> Retry | None:
    return Retry(day.retry / 100, RandomTime(day.retry_minutes * 60)) if day.retry else None


def _stay(day: DescribedDay, number: int, *, is_whole: bool) -> Attendance:
    """The whole day, with a break that begins later for each person: the first a quarter into the day, the last so
    that it ends at closing, where that is before three quarters of the day."""
    ends, length = day.hours * HOUR, day.break_minutes * 60
    if not is_whole or not length:
        return Attendance(0.0, ends)
    last = ends - length
    first = min(0.25 * ends, last)
    begins = first + (min(0.75 * ends, last) - first) * number / day.agents
    return Attendance(0.0, ends, ((begins, begins + length),))


def _asks(day: DescribedDay) -> Consulting | None:
    if not day.passed_on:
        return None
    windows: list[list[tuple[float, float]]] = [[] for _ in range(day.colleagues)]
    turn = 0
    while turn * TURN_HOURS < day.promised_hours:
        begins, ends = turn * TURN_HOURS, min((turn + 1) * TURN_HOURS, day.promised_hours)
        for person in sorted({(turn * AT_ONCE + each) % day.colleagues for each in range(AT_ONCE)}):
            windows[person] += [(begins * HOUR, ends * HOUR), (begins * HOUR + 24 * HOUR, ends * HOUR + 24 * HOUR)]
        turn += 1
    colleagues = tuple(
        Specialist(f"colleague {number}", day.at_desk / 100, tuple(sorted(each)))
        for number, each in enumerate(windows, start=1)
    )
    way = WayOfAsking.AGREEMENT if day.promised_hours else WayOfAsking.PHONE_LIST
    return Consulting(day.passed_on / 100, colleagues, way, _spread(360.0))


# --- The busiest half-hour -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeatsOfHalfHour:
    """What callers of the busiest half-hour would meet with so many people and without all that is beside the calls, if
    it lasted: simulated, and the share in time by Erlang A, which knows no spread of talk times but its own."""

    agents: int
    found: QueueEstimate
    erlang_in_time: float


def busiest(day: DescribedDay, seed: int = 1) -> list[SeatsOfHalfHour]:
    """For a few people fewer and more than there are."""
    a_second, handling = day.calls * max(_curve(day)) / HALF_HOUR, day.talk + day.after_call
    times = RandomTime(handling, TimeShape.LOGNORMAL, SPREAD * day.talk / handling)
    return [
        SeatsOfHalfHour(
            agents,
            single_queue.estimate(
                agents, a_second, times, RandomTime(day.patience), within=day.within, calls=_CALLS_OF_COPY,
                warm_up=_WARM_UP, copies=_COPIES, seed=seed,
            ),
            float(erlang_a(agents, a_second * handling, handling, day.within, day.patience).in_time),
        )
        for agents in range(max(1, day.agents - _FEWER), day.agents + _MORE + 1)
    ]  # fmt: skip


# --- What comes out ------------------------------------------------------------------------------------

#: the figures of the calls, which both sides have; and those of the rest, which the whole day has
OF_CALLS = ("offered", "tried_again", "service_level", "mean_wait", "abandoned_share", "occupancy")
OF_QUEUE = ("offered", "answered", "mean_answered_wait", "waiting_at_end")
OF_QUESTIONS = ("consulted", "reached_share", "mean_asking", "mean_whole_time")


def as_data(day: DescribedDay, found: TwinComparison) -> dict[str, Any]:
    """The day, and its figures with 95 % intervals: shares from 0 to 1, times in seconds, numbers of a day."""
    others = [each for each, number in ((CHATS, day.chats), (MAILS, day.mails)) if number]
    return {
        "day": asdict(day), "replications": len(found.other.counts),
        "alone": _figures(found.today, CALLS, OF_CALLS), "whole": _figures(found.other, CALLS, OF_CALLS),
        "difference": {name: found.difference(name, CALLS).as_data() for name in OF_CALLS},
        "beside": {queue: _figures(found.other, queue, OF_QUEUE) for queue in others},
        "second_level": _figures(found.other, CALLS, OF_QUESTIONS) if day.passed_on else {},
        "busiest": [
            {
                "agents": each.agents, "service_level": each.found.in_time.as_data(),
                "mean_wait": each.found.mean_wait.as_data(), "abandoned_share": each.found.abandoned.as_data(),
                "erlang_service_level": each.erlang_in_time,
            }
            for each in busiest(day, found.today.seed)
        ],
    }  # fmt: skip


def _figures(of: TwinResult, queue: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: of.estimate(name, queue).as_data() for name in names}
