"""The second level in the twin: who is rung for a question, and when the caller has an answer.

Who can be asked by agreement is decided by `routing.availability`, as at the desks. A colleague who talks with a caller
is busy, and a hand-over is answered in turn in the colleague's next window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import ExceptionDay, Schedule
from indgang.routing.availability.reachability import Reachability, who_can_take
from indgang.routing.availability.windows import AtDesk, Availability, Medium, Window
from indgang.staffing.twin.calls import Consulted, PlayedCalls
from indgang.staffing.twin.draws import ConsultDraws
from indgang.staffing.twin.scenario import Consulting, TwinScenario, WayOfAsking

#: how long a busy tone takes
BUSY_SECONDS = 5.0


def asking(scenario: TwinScenario, calls: PlayedCalls) -> SecondLevelAsked | None:
    """The second level of the scenario; None where no call needs it."""
    return SecondLevelAsked(scenario, calls) if any(inflow.consulting for inflow in scenario.inflows) else None


class SecondLevelAsked:
    """The colleagues of all inflows, and what they do. Writes each question to `PlayedCalls.consulted`."""

    def __init__(self, scenario: TwinScenario, calls: PlayedCalls) -> None:
        self.scenario, self.calls = scenario, calls
        #: by inflow and colleague, until when they talk, and until when their next windows are taken
        self.busy_until: dict[tuple[int, int], float] = defaultdict(float)
        self.taken_until: dict[tuple[int, int], float] = defaultdict(float)
        self.facts = [
            _facts(scenario.begins, inflow.consulting) if inflow.consulting else Availability()
            for inflow in scenario.inflows
        ]

    def is_needed(self, call: int) -> bool:
        """Whether the call needs the second level and has not asked it yet."""
        consults = self.calls.draws[self.calls.inflow[call]].consults
        return consults is not None and call not in self.calls.consulted and bool(consults.needs[self.calls.row[call]])

    def seconds(self, call: int, at: float) -> float:
        """Ask for the call at this time: how long it keeps the person of the first level."""
        inflow, row = self.calls.inflow[call], self.calls.row[call]
        wanted, draws = self.scenario.inflows[inflow].consulting, self.calls.draws[inflow].consults
        assert wanted is not None
        assert draws is not None
        by_list = wanted.way is WayOfAsking.PHONE_LIST
        asked = self._by_list(inflow, wanted, at, row) if by_list else self._by_agreement(inflow, wanted, at)
        found = self._rung(inflow, wanted, draws, row, at + (wanted.look_up if by_list else 0.0), asked, by_list)
        if not found.at_once:
            found = self._left(found, call, inflow, wanted, draws, at)
        self.calls.consulted[call] = found
        return found.seconds

    def _by_list(self, inflow: int, wanted: Consulting, at: float, row: int) -> Iterator[int]:
        """The names of the list, from another one each time: nobody knows who is there."""
        number = len(wanted.specialists)
        return iter((row + each) % number for each in range(number))

    def _by_agreement(self, inflow: int, wanted: Consulting, at: float) -> Iterator[int]:
        return iter(each.person for each in self._reachable(inflow, wanted, at).available)

    def _reachable(self, inflow: int, wanted: Consulting, at: float) -> Reachability:
        desks = {
            each: AtDesk.BUSY if self.busy_until[inflow, each] > at else AtDesk.FREE
            for each in range(len(wanted.specialists))
        }
        moment = self.scenario.begins + timedelta(seconds=at)
        return who_can_take(self.facts[inflow].with_desks(desks), SUBJECT, Medium.PHONE, moment)

    def _rung(
        self, inflow: int, wanted: Consulting, draws: ConsultDraws, row: int, at: float, asked: Iterator[int],
        by_list: bool,
    ) -> Consulted:  # fmt: skip
        """Ring one after another, from `at` on."""
        begun, at = at - (wanted.look_up if by_list else 0.0), at
        for nth, each in zip(range(wanted.tries), asked, strict=False):
            one = wanted.specialists[each]
            if self.busy_until[inflow, each] > at:
                at += BUSY_SECONDS
            elif draws.answers[row, nth] < (one.at_desk if by_list else one.keeps):
                at += wanted.rings / 2 + wanted.introduces
                self.busy_until[inflow, each] = at + float(draws.talk[row])
                return Consulted(at - begun, True, self.busy_until[inflow, each])
            else:
                at += wanted.rings
        return Consulted(at - begun, False, at)

    def _left(
        self, tried: Consulted, call: int, inflow: int, wanted: Consulting, draws: ConsultDraws, at: float
    ) -> Consulted:
        """Nobody could be had: a message, or a hand-over that somebody answers in their next window."""
        seconds, row = tried.seconds + wanted.message, self.calls.row[call]
        solved = at + seconds + float(draws.answers_message[row])
        if wanted.way is WayOfAsking.AGREEMENT:
            next_at = self._reachable(inflow, wanted, at + seconds).next_at
            if next_at is not None:
                opens = (next_at - self.scenario.begins).total_seconds()
                solved = self._answered_in_window(inflow, wanted, opens, float(draws.talk[row]))
        return Consulted(seconds, False, solved)

    def _answered_in_window(self, inflow: int, wanted: Consulting, opens: float, talk: float) -> float:
        """When the colleague whose window opens then has talked with the caller, after the hand-overs before."""
        there = [n for n, each in enumerate(wanted.specialists) if any(a <= opens < b for a, b in each.windows)]
        first = min(there or range(len(wanted.specialists)), key=lambda each: self.taken_until[inflow, each])
        begins = max(opens, self.taken_until[inflow, first])
        self.taken_until[inflow, first] = begins + talk
        return begins + talk


#: all questions of an inflow are about one subject
SUBJECT = "subject"


def _facts(begins: datetime, wanted: Consulting) -> Availability:
    """The promised windows as the engine of availability reads them: an exception for each day."""
    windows = []
    for number, each in enumerate(wanted.specialists):
        days: dict[date, list[tuple[time, time]]] = defaultdict(list)
        for opens, closes in each.windows:
            start, end = (begins + timedelta(seconds=moment) for moment in (opens, closes))
            local = start.astimezone(COPENHAGEN)
            days[local.date()].append((local.time(), end.astimezone(COPENHAGEN).time()))
        hours = Schedule(exceptions=tuple(ExceptionDay(day, tuple(spans)) for day, spans in days.items()))
        windows.append(Window(number, "", SUBJECT, (number,), hours))
    return Availability(windows=tuple(windows))
