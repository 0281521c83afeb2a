"""Follow-ups in figures: the share that is closed in time, and their causes. Small groups are hidden."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from indgang.feedback.follow_up_models import FollowUp
from indgang.measures.definitions import Figure, hidden_groups, is_too_few


@dataclass(frozen=True, slots=True)
class PlaceTally:
    """The follow-ups of one centre or unit: opened, closed, still open after their deadline, and the share closed in
    time among those that are closed or past their deadline; None: no data, or too few to show."""

    name: str
    opened: int
    closed: int
    overdue: int
    in_time: int
    judged: int

    @property
    def share(self) -> float | None:
        return 100 * self.in_time / self.judged if self.judged and not is_too_few(self.judged) else None

    @property
    def is_hidden(self) -> bool:
        """Whether too few are judged to show their share."""
        return is_too_few(self.judged)


@dataclass(frozen=True, slots=True)
class CauseTally:
    """A cause and how many closed follow-ups name it; None: too few to show."""

    name: str
    count: int | None
    share: float | None


def of_places(rows: Iterable[FollowUp], *, at: datetime) -> list[PlaceTally]:
    """A line for each place, by name."""
    by_place: dict[str, list[FollowUp]] = defaultdict(list)
    for row in rows:
        by_place[str(row.unit or row.centre or "–")].append(row)
    return [_tally(name, by_place[name], at) for name in sorted(by_place)]


def of_all(rows: Iterable[FollowUp], *, name: str, at: datetime) -> PlaceTally:
    return _tally(name, list(rows), at)


def of_causes(rows: Iterable[FollowUp]) -> list[CauseTally]:
    """The causes of what is closed, the most frequent first and the hidden ones last."""
    counts = Counter(str(row.cause) for row in rows if row.closed_at is not None and row.cause is not None)
    total = sum(counts.values())
    figures = {name: Figure(float(count), count) for name, count in counts.items()}
    hidden = hidden_groups(figures, is_part=True)
    found = [
        CauseTally(name, None, None) if name in hidden else CauseTally(name, count, 100 * count / total)
        for name, count in counts.items()
    ]
    return sorted(found, key=lambda each: (-(each.count or 0), each.name))


def _tally(name: str, rows: list[FollowUp], at: datetime) -> PlaceTally:
    closed = [row for row in rows if row.closed_at is not None]
    in_time = sum(row.closed_at is not None and row.closed_at <= row.due_at for row in rows)
    overdue = sum(row.closed_at is None and row.due_at < at for row in rows)
    return PlaceTally(name, len(rows), len(closed), overdue, in_time, len(closed) + overdue)
