"""What a measured queue says about its own centre: patience, the seats that explain the waits, and the fit. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indgang.staffing.erlang import Numbers, QueueOutcome, erlang_a, erlang_c

#: seats above the load, in square roots of the load: the fit searches between them
_LOWEST, _HIGHEST = -4.0, 8.0
_HALVINGS = 30
#: below this share of the load no centre is staffed: everybody would hang up
_FEWEST = 0.05


@dataclass(frozen=True, slots=True)
class MeasuredQueue:
    """What was counted. `calls` are of each interval of an average day; `waited` is seconds of all callers together,
    those who hung up included, and `in_time` how many were answered within the limit."""

    calls: tuple[float, ...]
    answered: int
    abandoned: int
    in_time: int
    waited: float
    handling: float
    interval_seconds: float

    @property
    def offered(self) -> int:
        return self.answered + self.abandoned

    @property
    def patience(self) -> float | None:
        """Seconds waited for each who hung up: the likeliest mean of exponential patience, of which those who were
        answered are seen only as far as they waited. None when nobody hung up."""
        return self.waited / self.abandoned if self.abandoned and self.waited else None


@dataclass(frozen=True, slots=True)
class QueueFit:
    """What was seen beside what the model says with the fitted seats. Shares from 0 to 1, waits in seconds.

    The mean wait is what is fitted; the share in time is what the model predicts, and so the test of the fit.
    """

    seats: tuple[float, ...]
    seen_wait: float
    seen_in_time: float
    seen_abandoned: float
    model_wait: float
    model_in_time: float
    model_abandoned: float


def fit(measured: MeasuredQueue, within: float) -> QueueFit | None:
    """The seats of each interval, load and so many square roots of it, that give the mean wait that was seen. None
    without calls."""
    if not measured.offered or not sum(measured.calls) or not measured.handling:
        return None
    loads = np.asarray(measured.calls) * measured.handling / measured.interval_seconds
    seen = measured.waited / measured.offered
    low, high = _LOWEST, _HIGHEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        wait = _mean(_outcome(measured, loads, _seats(loads, middle), within).mean_wait, loads)
        low, high = (middle, high) if wait > seen else (low, middle)
    seats = _seats(loads, high)
    found = _outcome(measured, loads, seats, within)
    return QueueFit(
        tuple(round(float(each), 2) for each in seats), seen, measured.in_time / measured.offered,
        measured.abandoned / measured.offered, _mean(found.mean_wait, loads), _mean(found.in_time, loads),
        _mean(found.abandoned, loads),
    )  # fmt: skip


def _seats(loads: Numbers, roots: float) -> Numbers:
    return np.maximum(loads + roots * np.sqrt(loads), _FEWEST * loads)


def _outcome(measured: MeasuredQueue, loads: Numbers, seats: Numbers, within: float) -> QueueOutcome:
    given = (seats, loads, measured.handling, within)
    return erlang_c(*given) if measured.patience is None else erlang_a(*given, measured.patience)


def _mean(values: Numbers, loads: Numbers) -> float:
    return float(np.average(values, weights=loads))
