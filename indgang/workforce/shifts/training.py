"""Which activities each person can do on which days of a plan: skills and activities have a period of validity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from indgang.catalogue.models import not_ended
from indgang.staffing.shifts.problem import ShiftDay
from indgang.workforce.models import Competence, ShiftActivity


class Training:
    """What these people (primary keys) can do on the days of a plan. One query."""

    def __init__(
        self, days: Sequence[ShiftDay], activities: Collection[ShiftActivity], people: Collection[int],
    ) -> None:  # fmt: skip
        self._days, self._activities = days, activities
        self._skilled: dict[tuple[int, int], list[Competence]] = defaultdict(list)
        rows = Competence.objects.filter(not_ended(days[0].date), valid_from__lte=days[-1].date, person__in=people)
        for each in rows:
            self._skilled[each.person_id, each.skill_id].append(each)

    def activities(self, person: int) -> frozenset[str]:
        """The codes of those that the person can do on some day."""
        return frozenset(each.code for each in self._activities if any(self._able(person, each)))

    def untrained(self, person: int) -> tuple[tuple[str, int, int], ...]:
        """The spans (code, first quarter, end) in which the person cannot do one of their activities."""
        return tuple(span for each in self._activities for span in self._spans(person, each))

    def _spans(self, person: int, activity: ShiftActivity) -> Iterator[tuple[str, int, int]]:
        able = list(self._able(person, activity))
        if any(able):
            for day, is_able in zip(self._days, able, strict=True):
                if not is_able:
                    yield activity.code, day.start, day.end

    def _able(self, person: int, activity: ShiftActivity) -> Iterator[bool]:
        for day in self._days:
            skills = self._skilled[person, activity.skill_id] if activity.skill_id else ()
            knows = activity.skill_id is None or any(each.valid_on(day.date) for each in skills)
            yield knows and activity.valid_on(day.date)
