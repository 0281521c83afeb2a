"""What a simulation says: figures of the whole and by queue, with confidence intervals over the replications."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indgang.core import students_t
from indgang.staffing.twin.counts import WAIT_CLASSES, Counts, Table
from indgang.staffing.twin.scenario import TwinScenario

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimated:
    """A mean over replications. The true value lies within `half_width` of it with 95 % confidence.

    One replication says nothing about its own error: its half width is None. `mean` is None without any data.
    """

    mean: float | None
    half_width: float | None
    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Estimated:
        """From one value of each replication; those without data (nan) do not count."""
        known = np.asarray([value for value in values if np.isfinite(value)])
        if not known.size:
            return cls(None, None, ())
        half_width = None
        if known.size > 1:
            quantile = students_t.quantile(known.size - 1, (1 + CONFIDENCE) / 2)
            half_width = quantile * float(known.std(ddof=1)) / known.size**0.5
        return cls(float(known.mean()), half_width, tuple(known.tolist()))

    @classmethod
    def weighted(cls, kinds: Sequence[tuple[float, Sequence[float]]]) -> Estimated:
        """From the values of each kind of day and its share of all days: each kind counts as often as it is, however
        often it was played. Kinds without data do not count. A kind that was played once is taken to vary as the
        others do."""
        known = [(share, found) for share, values in kinds if (found := [each for each in values if np.isfinite(each)])]
        if len(known) < 2:
            return cls.of(known[0][1] if known else ())
        total, freedom = sum(share for share, _found in known), sum(len(found) - 1 for _share, found in known)
        mean = sum(share * float(np.mean(found)) for share, found in known) / total
        values = tuple(value for _share, found in known for value in found)
        if not freedom:
            return cls(mean, None, values)
        common = sum(float(np.var(found)) * len(found) for _share, found in known) / freedom
        error = sum(
            (share / total) ** 2 * (float(np.var(found, ddof=1)) if len(found) > 1 else common) / len(found)
            for share, found in known
        )
        return cls(mean, students_t.quantile(freedom, (1 + CONFIDENCE) / 2) * error**0.5, values)

    def holds(self, value: float) -> bool:
        """Whether the value lies in the confidence interval."""
        return self.mean is not None and self.half_width is not None and abs(value - self.mean) <= self.half_width

    def as_data(self) -> dict[str, float | None]:
        return {"mean": self.mean, "half_width": self.half_width}


def _share(part: Table, whole: Table) -> float:
    total = float(whole.sum())
    return float(part.sum()) / total if total > 0 else float("nan")


#: the figures of a group of queues (numbers of rows), and of the people
_BY_QUEUE: Mapping[str, Callable[[Counts, NDArray[np.int64]], float]] = {
    "offered": lambda c, rows: float(c.offered[rows].sum()),
    "answered": lambda c, rows: float(c.answered[rows].sum()),
    "abandoned": lambda c, rows: float(c.abandoned[rows].sum()),
    "promised": lambda c, rows: float(c.promised[rows].sum()),
    "turned_away": lambda c, rows: float(c.turned_away[rows].sum()),
    "called_back": lambda c, rows: float(c.called_back[rows].sum()),
    "mean_callback_wait": lambda c, rows: _share(c.callback_wait[rows], c.called_back[rows]),
    "consulted": lambda c, rows: float(c.consulted[rows].sum()),
    "reached_share": lambda c, rows: _share(c.reached_at_once[rows], c.consulted[rows]),
    "mean_asking": lambda c, rows: _share(c.asking[rows], c.consulted[rows]),
    "mean_whole_time": lambda c, rows: _share(c.whole_time[rows], c.consulted[rows]),
    "helped": lambda c, rows: float(c.helped[rows].sum()),
    "waiting_at_end": lambda c, rows: float(c.waiting[rows].sum()),
    "tried_again": lambda c, rows: float(c.again[rows].sum()),
    "service_level": lambda c, rows: _share(c.in_time[rows], c.offered[rows]),
    "abandoned_share": lambda c, rows: _share(c.abandoned[rows], c.offered[rows]),
    "mean_wait": lambda c, rows: _share(c.wait[rows], c.offered[rows]),
    "mean_answered_wait": lambda c, rows: _share(c.answered_wait[rows], c.answered[rows]),
}
FIGURES = (*_BY_QUEUE, "occupancy")


def figure(counts: Counts, name: str, rows: NDArray[np.int64]) -> float:
    """One figure of one replication; nan where there is nothing to divide by. Occupancy is of all people."""
    return _share(counts.busy, counts.staffed) if name == "occupancy" else _BY_QUEUE[name](counts, rows)


@dataclass(frozen=True, slots=True)
class KindOfDay:
    """A kind of day, its share of all days, and how often it was played."""

    code: str
    share: float
    replications: int


@dataclass(frozen=True, slots=True)
class TwinResult:
    """All replications of a scenario.

    Shares are from 0 to 1, waits in seconds, counts per replication. The service level is the share of all offered
    calls that were answered within the limit. Occupancy may pass 1 where people work on after their time.
    """

    scenario: TwinScenario
    seed: int
    counts: tuple[Counts, ...]
    kinds: tuple[KindOfDay, ...] = ()
    """The kinds of day that were played, in the order of `counts`; none: all days are alike."""

    def estimated(self, values: Sequence[float]) -> Estimated:
        """From one value of each replication."""
        if not self.kinds:
            return Estimated.of(values)
        ends = list(accumulate(each.replications for each in self.kinds))
        return Estimated.weighted([
            (kind.share, values[end - kind.replications : end]) for kind, end in zip(self.kinds, ends, strict=True)
        ])  # fmt: skip

    def estimate(self, name: str, queue: str | None = None) -> Estimated:
        """A figure of the whole or of one queue, by its name in `FIGURES`. Raises LookupError for an unknown queue."""
        rows = self._rows(queue)
        return self.estimated([figure(each, name, rows) for each in self.counts])

    def by_interval(self, name: str, queue: str | None = None) -> list[Estimated]:
        """A figure of each interval in turn, by time of arrival."""
        return [
            self.estimated([figure(_interval(each, number), name, self._rows(queue)) for each in self.counts])
            for number in range(self.scenario.intervals)
        ]

    def waits(self, queue: str | None = None) -> list[tuple[float | None, float]]:
        """Answered calls by wait, per replication: the upper end of the class (None: no end) and their number."""
        rows = self._rows(queue)
        shares = [each.share / each.replications for each in self.kinds for _day in range(each.replications)]
        waits = [each.waits[rows].sum(axis=0) for each in self.counts]
        numbers = np.average(waits, axis=0, weights=shares or None)
        return list(zip((*WAIT_CLASSES, None), numbers.tolist(), strict=True))

    def _rows(self, queue: str | None) -> NDArray[np.int64]:
        names = [rule.queue for rule in self.scenario.queues]
        if queue is None:
            return np.arange(len(names))
        if queue not in names:
            raise LookupError(queue)
        return np.asarray([names.index(queue)])

    def as_data(self) -> dict[str, Any]:
        """As JSON data: the whole, each queue, and the histogram of waits."""
        queues = [rule.queue for rule in self.scenario.queues]
        return {
            "scenario": self.scenario.code, "title": self.scenario.title, "seed": self.seed,
            "replications": len(self.counts), "kinds": [asdict(each) for each in self.kinds],
            "confidence": CONFIDENCE, "within_seconds": self.scenario.within,
            "all": {name: self.estimate(name).as_data() for name in FIGURES},
            "queues": {
                queue: {name: self.estimate(name, queue).as_data() for name in _BY_QUEUE} for queue in queues
            },
            "waits": [{"until": until, "answered": number} for until, number in self.waits()],
        }  # fmt: skip


def _interval(counts: Counts, number: int) -> Counts:
    """Only what belongs to this interval."""
    tables = {name: getattr(counts, name)[:, number : number + 1] for name in Counts.__slots__ if name != "waits"}
    return Counts(waits=counts.waits, **tables)


@dataclass(frozen=True, slots=True)
class TwinComparison:
    """Two scenarios with the same random numbers, in pairs: what the second changes."""

    today: TwinResult
    other: TwinResult

    def difference(self, name: str, queue: str | None = None) -> Estimated:
        """The second less the first, pair by pair, of all queues or of one. Without 0 in its interval, the difference
        is not chance. Raises LookupError for an unknown queue."""
        rows = (self.today._rows(queue), self.other._rows(queue))
        pairs = zip(self.today.counts, self.other.counts, strict=True)
        return self.today.estimated(
            [figure(after, name, rows[1]) - figure(before, name, rows[0]) for before, after in pairs]
        )

    def differences(self) -> dict[str, dict[str, float | None]]:
        """All differences as JSON data."""
        return {name: self.difference(name).as_data() for name in FIGURES}

    def as_data(self) -> dict[str, Any]:
        return {"today": self.today.as_data(), "other": self.other.as_data(), "difference": self.differences()}
