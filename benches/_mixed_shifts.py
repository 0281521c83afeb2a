"""A question of shift planning with everything in it: four places, four activities, contracts of five sizes, skills,
wishes, weekly meetings, absences, and time off the phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.problem import (
    DAY,
    ShiftPart,
    ShiftPerson,
    ShiftProblem,
    ShiftRules,
    ShiftWish,
    days_from,
)

#: share of the whole need by place and activity: a contact centre, and three counters in town
NEED = {
    ("hall", "phone"): 0.5, ("hall", "mail"): 0.15, ("hall", "screen"): 0.05, ("north", "counter"): 0.12,
    ("south", "counter"): 0.1, ("library", "counter"): 0.08,
}  # fmt: skip
COUNTERS = ("north", "south", "library")
KINDS = {
    **{name: ActivityKind(name) for name in ("phone", "mail", "screen", "counter", "meeting")},
    "cases": ActivityKind.OFF_PHONE,
}  # fmt: skip
HOURS = (37.0, 37.0, 36.0, 30.0, 24.0)
#: a meeting on Mondays at ten; one of twelve people is away for a week; one of six is off the phone a third of the time
_MEETING, _AWAY, _OFF_PHONE = 40, 12, 6
#: of ten people so many work at the counters alone; of the others so many can do mail, screen and a counter too
_AT_COUNTERS, _MAIL, _SCREEN, _BOTH = 2, 7, 5, 5
_WISHES, _FILLED = 3, 0.9
#: the large question: ten workplaces, each with a tenth of the need in three activities; people work at two of them
PLACES = tuple(f"place {number}" for number in range(1, 11))
SHARES = {"phone": 0.05, "mail": 0.02, "counter": 0.03}
_TRAINED = (frozenset(SHARES), frozenset({"phone", "mail"}), frozenset({"phone", "counter"}))


def question(people: int, course: NDArray[np.float64], first: date, days: int = 28, seed: int = 7) -> ShiftProblem:
    """`course` has the shape of the need, quarter by quarter of all days."""
    random = np.random.default_rng(seed)
    everybody = tuple(_people(people, days, random))
    hours = sum(each.week_hours * days / 7 - each.credit for each in everybody)
    scaled = course * hours * 4 * _FILLED / course.sum()
    need = {row: tuple(np.round(scaled * share).tolist()) for row, share in NEED.items()}
    return ShiftProblem(days_from(first, days), everybody, need, KINDS, ShiftRules(lengths=(16, 24, 30, 34)))


def large_question(people: int, course: NDArray[np.float64], first: date, days: int = 28) -> ShiftProblem:
    """Ten workplaces and three activities; everybody is at two places and has two or three activities."""
    everybody = tuple(
        ShiftPerson(
            f"p{each}", 36.0 if each % 2 else 30.0, activities=_TRAINED[each % 3],
            workplaces=frozenset({PLACES[each % 10], PLACES[(each * 3 + 1) % 10]}),
        )
        for each in range(people)
    )  # fmt: skip
    scaled = course * sum(each.week_hours for each in everybody) * days / 7 * 4 * _FILLED / course.sum()
    need = {
        (place, activity): tuple(np.round(scaled * share).tolist())
        for place in PLACES for activity, share in SHARES.items()
    }  # fmt: skip
    kinds = {name: ActivityKind(name) for name in SHARES}
    return ShiftProblem(days_from(first, days), everybody, need, kinds)


def _people(number: int, days: int, random: np.random.Generator) -> Iterator[ShiftPerson]:
    for each in range(number):
        away = 7 * int(random.integers(days // 7)) if each % _AWAY == 0 else None
        mondays = [day for day in range(0, days, 7) if day != away]
        hours = float(random.choice(HOURS))
        activities, places = _abilities(each % 10, random)
        yield ShiftPerson(
            f"p{each}", hours, shortest=16, weekends_off=int(random.integers(1, 3)), activities=activities,
            workplaces=places, off_phone_share=1 / 3 if each % _OFF_PHONE == 0 else 0.0,
            absences=() if away is None else ((away * DAY, (away + 7) * DAY),),
            credit=0.0 if away is None else hours,
            appointments=tuple(ShiftPart("meeting", day * DAY + _MEETING, day * DAY + _MEETING + 4) for day in mondays),
            wishes=tuple(
                ShiftWish(str(random.choice(["free", "early", "late"])), int(random.integers(days)), 1 + wish)
                for wish in range(_WISHES)
            ),
        )  # fmt: skip


def _abilities(kind: int, random: np.random.Generator) -> tuple[frozenset[str], frozenset[str]]:
    """Activities and workplaces of one of ten kinds of people."""
    if kind < _AT_COUNTERS:
        return frozenset({"counter", "cases"}), frozenset(random.choice(COUNTERS, size=2, replace=False).tolist())
    activities, places = {"phone", "cases"}, {"hall"}
    activities |= {name for name, able in (("mail", _MAIL), ("screen", _SCREEN)) if kind - _AT_COUNTERS < able}
    if kind - _AT_COUNTERS < _BOTH:
        activities.add("counter")
        places.add(str(random.choice(COUNTERS)))
    return frozenset(activities), frozenset(places)
