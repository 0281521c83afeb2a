"""The month's proof of promises: per unit and service how many were kept, late, missed, moved, cancelled and are open.

A promise belongs to the month in which it was due. It is counted straight from the rows, by one index alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from django.db import connection
from django.db.models import F, Q, QuerySet

from indgang.catalogue.models import Service, Unit
from indgang.core.clock import COPENHAGEN
from indgang.handover.models import Promise

State = Promise.State
#: a state of its own on the page: open, its time has passed, and no call in time has kept it
OVERDUE = "overdue"

_COUNT = """
SELECT unit_id, service_id, state, count(*), coalesce(sum(attempts), 0) FROM handover_promise
WHERE unit_id = ANY(%s) AND due_at >= %s AND due_at < %s GROUP BY unit_id, service_id, state
"""
#: of the hand-overs that ended in the month, those of which somebody said whether the story had to be told again
_TOLD = """
SELECT unit_id, service_id, count(told_again), count(*) FILTER (WHERE told_again) FROM handover_handover
WHERE unit_id = ANY(%s) AND closed_at >= %s AND closed_at < %s GROUP BY unit_id, service_id
"""


@dataclass(frozen=True, slots=True)
class Month:
    """A month in Copenhagen."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def following(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Its first moment and that of the next month, in UTC."""
        return _midnight(self.first), _midnight(self.following.first)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COPENHAGEN).astimezone(UTC)


@dataclass(slots=True)
class Tally:
    """What became of some promises. `asked` is how often somebody said whether the contact had to tell the story again,
    `told_again` how often it was so."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*State.values, OVERDUE), 0))
    attempts: int = 0
    asked: int = 0
    told_again: int = 0

    @property
    def promised(self) -> int:
        """All of them; those that are overdue are among the open ones."""
        return sum(self.counts[state] for state in State.values)

    @property
    def kept_share(self) -> float | None:
        """The share kept of those that should have been by now: moved and cancelled ones never had to. None without
        any: no promises are not promises kept."""
        broken = self.counts[State.LATE] + self.counts[State.MISSED] + self.counts[OVERDUE]
        return _share(self.counts[State.KEPT], self.counts[State.KEPT] + broken)

    @property
    def told_again_share(self) -> float | None:
        return _share(self.told_again, self.asked)

    def add(self, other: Tally) -> None:
        for state, count in other.counts.items():
            self.counts[state] += count
        self.attempts += other.attempts
        self.asked += other.asked
        self.told_again += other.told_again


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class ProofLine:
    """The tally of one unit and service; no service is what was handed over without a subject."""

    unit: Unit
    service: Service | None
    tally: Tally


@dataclass(frozen=True, slots=True)
class Proof:
    """The lines in the order of units and services, and their sum."""

    lines: Sequence[ProofLine]

    @property
    def total(self) -> Tally:
        found = Tally()
        for line in self.lines:
            found.add(line.tally)
        return found


def of_month(units: Iterable[Unit], month: Month, *, at: datetime) -> Proof:
    """The proof of these units as it stands at `at`."""
    by_id = {unit.pk: unit for unit in units}
    tallies = _tallies(list(by_id), month, at)
    services = Service.objects.in_bulk({service for _unit, service in tallies if service is not None})
    lines = [ProofLine(by_id[unit], services.get(service or 0), tally) for (unit, service), tally in tallies.items()]
    return Proof(sorted(lines, key=lambda line: (line.unit.path, line.service.name if line.service else "")))


_Key = tuple[int, int | None]


def _tallies(units: list[int], month: Month, at: datetime) -> dict[_Key, Tally]:
    found: dict[_Key, Tally] = defaultdict(Tally)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [units, *month.bounds])
        for unit, service, state, count, attempts in cursor.fetchall():
            found[unit, service].counts[state] = count
            found[unit, service].attempts += attempts
        cursor.execute(_TOLD, [units, *month.bounds])
        for unit, service, asked, told_again in cursor.fetchall():
            if asked:
                found[unit, service].asked, found[unit, service].told_again = asked, told_again
    if any(tally.counts[State.OPEN] for tally in found.values()):  # months that are over have none as a rule
        for unit, service in _overdue(at).filter(_in(units, month)).values_list("unit", "service"):
            found[unit, service].counts[OVERDUE] += 1
    return found


def rows(units: Iterable[Unit], month: Month, *, service: int | None, state: str, at: datetime) -> QuerySet[Promise]:
    """The promises behind a figure, by due time. Service 0 is those without one, None all; state empty is all."""
    found = _overdue(at) if state == OVERDUE else Promise.objects.all()
    found = found.filter(_in([unit.pk for unit in units], month))
    if service is not None:
        found = found.filter(service=service or None)
    if state in State.values:
        found = found.filter(state=state)
    return found.select_related("handover", "unit", "service").order_by("due_at", "pk")


def _in(units: list[int], month: Month) -> Q:
    start, end = month.bounds
    return Q(unit__in=units, due_at__gte=start, due_at__lt=end)


def _overdue(at: datetime) -> QuerySet[Promise]:
    """Open, past their time, and not kept by a call in time."""
    is_kept = Q(starts_at__isnull=False, first_attempt_at__isnull=False, first_attempt_at__lte=F("due_at"))
    return Promise.objects.filter(~is_kept, state=State.OPEN, due_at__lt=at)
