"""Makes a plan: people choose one by one, then again against each other, then in groups. The caller says when to stop.

1. One after another, each takes the best weeks for themselves. A quarter counts the more, the more people it misses.
2. Each in turn chooses again against everybody else, until nobody finds anything better.
3. Groups choose together: everybody on two days, a third of the people in a week, or three people in all weeks. The
   kind that has brought most for its time is tried most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np

from indgang.staffing.shifts.candidates import Floats, ShiftOffers
from indgang.staffing.shifts.neighbourhood import Freedom, choose
from indgang.staffing.shifts.problem import ShiftPerson, ShiftPlanValue, ShiftProblem, WorkShift

#: the longest time for one choice, in seconds
_ALONE, _TOGETHER = 5.0, 6.0
#: how near to the best a first choice is, as a share; when the time is over, and otherwise
_QUICK, _CLOSE = 0.3, 0.02
#: people of the last ones who see the need as it is, not by how much is missing
_LAST = 0.1
_WEEK, _GROUP, _FEW = 7, 20, 3

Shifts = dict[str, tuple[WorkShift, ...]]


class NoPossibleShifts(ValueError):
    """A person for whom no plan keeps the hard rules."""

    def __init__(self, person: ShiftPerson) -> None:
        super().__init__(person.key)
        self.person = person


@dataclass(frozen=True, slots=True)
class SearchState:
    """The best plan so far. `share` is how much of the first plan is made, 1 when it is whole."""

    plan: ShiftPlanValue
    cost: float
    share: float


@dataclass
class _Kind:
    """A kind of neighbourhood, with what it has brought and how long it took."""

    pick: Callable[[], tuple[list[ShiftPerson], frozenset[int]]]
    gained: float = 0.0
    seconds: float = 1e-3

    @property
    def promise(self) -> float:
        return self.gained / self.seconds


@dataclass
class ShiftSearch:
    """The search. `clock` gives seconds that only ever grow; `is_over` says when to stop, and is asked often."""

    problem: ShiftProblem
    clock: Callable[[], float]
    is_over: Callable[[], bool]
    seed: int = 0
    plan: Shifts = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.offers = ShiftOffers(self.problem)
        self._random = Random(self.seed)  # noqa: S311  # nobody has to be kept from guessing
        self._served: Floats = np.zeros_like(self.offers.need)
        self._people = {each.key: each for each in self.problem.people}
        self._all = frozenset(range(len(self.problem.days)))
        self._fair_late = self.problem.fair_late
        for shifts in self.plan.values():
            self._served += self.offers.served(shifts)
        self._cost = self.cost()

    def run(self) -> Iterator[SearchState]:
        """The best plan each time there is a better one. Raises NoPossibleShifts.

        When the search is stopped in the first step, the rest of the people still get shifts, quickly.
        """
        yield from self._construct()
        yield from self.sweep(self._all)
        yield from self._improve()

    def put(self, person: ShiftPerson, shifts: tuple[WorkShift, ...]) -> None:
        """Set the shifts of a person, whatever they cost."""
        self._served = self._served - self.offers.served(self.plan.get(person.key, ())) + self.offers.served(shifts)
        self.plan[person.key] = shifts
        self._cost = self.cost()

    def choose_again(self, person: ShiftPerson) -> None:
        """A new choice for a person whose shifts break a rule now. Raises NoPossibleShifts."""
        self.put(person, ())
        self._choose_alone(person, gain=None, seconds=_ALONE)

    def everybody(self, days: frozenset[int]) -> Iterator[SearchState]:
        """All choose together, on one of these days after the other."""
        for day in sorted(days):
            if self.is_over():
                return
            if self._try(list(self.problem.people), frozenset({day}), _TOGETHER):
                yield self.state()

    def state(self, share: float = 1.0) -> SearchState:
        return SearchState(dict(self.plan), self._cost, share)

    def cost(self) -> float:
        """Of the plan, in units of price, all soft rules counted but time off the phone."""
        short = self.problem.prices.understaffed * float(np.clip(self.offers.need - self._served, 0, None).sum())
        return short + sum(self._own_cost(self._people[key], shifts) for key, shifts in self.plan.items())

    def _own_cost(self, person: ShiftPerson, shifts: tuple[WorkShift, ...]) -> float:
        problem = self.problem
        days = {problem.day_of(each.start): (each.start, each.end) for each in shifts}
        cost = sum(problem.own_price(person, day, *span) for day, span in days.items())
        if person.present:
            was = {problem.day_of(each.start): (each.start, each.end) for each in person.present}
            cost += problem.prices.change * sum(days.get(day) != was.get(day) for day in days | was)
        late = sum(problem.is_late(day, *span) for day, span in days.items())
        return cost + problem.prices.late * max(0, late - int(np.ceil(self._fair_late * problem.share_of(person))))

    # --- The three steps ---------------------------------------------------------------------------

    def _construct(self) -> Iterator[SearchState]:
        waiting = [each for each in self.problem.people if each.key not in self.plan]
        self._random.shuffle(waiting)
        number = len(waiting)
        for done, person in enumerate(waiting):
            missing = self.offers.need - self._served
            gain = self._sloped(missing) if number - done > number * _LAST else None
            self._choose_alone(person, gain=gain, seconds=_ALONE)
            yield self.state((done + 1) / number)

    def _sloped(self, missing: Floats) -> Floats:
        highest = max(1.0, float(missing.max(initial=0)))
        return np.clip(1.5 * self.problem.prices.understaffed * missing / highest, 0, self.problem.prices.understaffed)

    def sweep(self, days: frozenset[int]) -> Iterator[SearchState]:
        """Each in turn chooses again on these days, until a round brings less than a thousandth."""
        while not self.is_over():
            before = self._cost
            people = list(self.problem.people)
            self._random.shuffle(people)
            for person in people:
                if self.is_over():
                    return
                if self._try([person], days, _ALONE):
                    yield self.state()
            if before - self._cost < 1e-3 * before:
                return

    def _improve(self) -> Iterator[SearchState]:
        kinds = [_Kind(self._two_days), _Kind(self._one_week), _Kind(self._few_people)]
        while not self.is_over():
            untried = [each for each in kinds if each.seconds < 1]
            kind = untried[0] if untried else max(kinds, key=lambda each: each.promise * self._random.uniform(0.5, 2))
            began, before = self.clock(), self._cost
            people, days = kind.pick()
            better = self._try(people, days, _TOGETHER)
            kind.gained = 0.7 * kind.gained + before - self._cost
            kind.seconds = 0.7 * kind.seconds + self.clock() - began
            if better:
                yield self.state()

    def _two_days(self) -> tuple[list[ShiftPerson], frozenset[int]]:
        number = len(self.problem.days)
        return self._some(3 * _GROUP), frozenset(self._random.sample(range(number), min(2, number)))

    def _one_week(self) -> tuple[list[ShiftPerson], frozenset[int]]:
        first = self._random.randrange(max(1, len(self.problem.days) - _WEEK + 1))
        return self._some(_GROUP), frozenset(range(first, min(first + _WEEK, len(self.problem.days))))

    def _few_people(self) -> tuple[list[ShiftPerson], frozenset[int]]:
        return self._some(_FEW), self._all

    def _some(self, number: int) -> list[ShiftPerson]:
        people = list(self.problem.people)
        return self._random.sample(people, min(number, len(people)))

    # --- One choice --------------------------------------------------------------------------------

    def _try(self, people: list[ShiftPerson], days: frozenset[int], seconds: float) -> bool:
        """Let these people choose anew on these days, and keep what they choose if it costs less."""
        before, served, cost = dict(self.plan), self._served, self._cost
        freed = self._served - self.offers.served(self._moving(people, days))
        found = choose(
            self.offers, Freedom(people, days, self.plan, self._fair_late), self.offers.need - freed,
            seconds=seconds, seed=self._random.randrange(2**30),
        )  # fmt: skip
        if found is None:
            return False
        self.plan |= found
        self._served = freed + self.offers.served(self._moving(people, days))
        self._cost = self.cost()
        if self._cost < cost - 1e-6:
            return True
        self.plan, self._served, self._cost = before, served, cost
        return False

    def _moving(self, people: list[ShiftPerson], days: frozenset[int]) -> list[WorkShift]:
        return [
            shift
            for person in people
            for shift in self.plan.get(person.key, ())
            if not shift.is_fixed and self.problem.day_of(shift.start) in days
        ]

    def _choose_alone(self, person: ShiftPerson, *, gain: Floats | None, seconds: float) -> None:
        fixed = {person.key: tuple(replace(each, is_fixed=True) for each in person.fixed)}
        freedom = Freedom([person], self._all, fixed, self._fair_late)
        served = self._served + self.offers.served(fixed[person.key])
        found = choose(
            self.offers,
            freedom,
            self.offers.need - served,
            seconds=seconds,
            gain=gain,
            gap=_QUICK if self.is_over() else _CLOSE,
        )
        if found is None:
            # a busy machine may not have found anything in the time; what is impossible is proved
            found = choose(self.offers, freedom, self.offers.need - served, seconds=60, gain=0 * served)
        if found is None:
            raise NoPossibleShifts(person)
        self.plan |= found
        self._served = self._served + self.offers.served(found[person.key])
        self._cost = self.cost()
