"""A full run writes lists of its slowest tests and of its dearest files to `var/slowest-tests.md`.

docs/performance.md shows the first as it is. The second says where the processor's time goes: that of the test process
and of the processes that it started and saw end. A server that goes on (PostgreSQL, Asterisk, a browser) is not
counted.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

_FILE = Path(__file__).resolve().parents[1] / "var" / "slowest-tests.md"
_MOST = 20
_BEGAN = pytest.StashKey[float]()
_PROPERTY = "processor"


def begin(item: pytest.Item) -> None:
    """The test begins, before its fixtures."""
    item.stash[_BEGAN] = _processor_time()


def end(item: pytest.Item) -> None:
    """The test has ended, its fixtures too: note its processor time for the process that collects the reports."""
    item.user_properties.append((_PROPERTY, _processor_time() - item.stash[_BEGAN]))


def _processor_time() -> float:
    return sum(os.times()[:4])


def is_whole(config: pytest.Config) -> bool:
    """Whether all tests run: the list of a partial run would be misleading."""
    option = config.option
    chosen = option.keyword or option.markexpr or option.lf or option.maxfail or option.collectonly
    return config.args_source == pytest.Config.ArgsSource.TESTPATHS and not chosen


def write(terminal: TerminalReporter, at: datetime) -> None:
    """Write the lists and print their path."""
    found = [each for kind in ("passed", "failed", "error", "") for each in terminal.stats.get(kind, [])]
    reports = [each for each in found if isinstance(each, pytest.TestReport)]
    seconds = _seconds(reports)
    load = ", ".join(f"{each:.0f}" for each in os.getloadavg())
    head = f"{at:%Y-%m-%d %H:%M}, {len(seconds)} tests, load average at the end {load} on {os.cpu_count()} cores."
    _FILE.parent.mkdir(exist_ok=True)
    _FILE.write_text(f"{head}\n\n{table(seconds)}\n\n{files(seconds, _processor(reports))}\n")
    terminal.write_line(f"The slowest tests are listed in {_FILE.relative_to(Path.cwd())}.")


def _seconds(reports: Iterable[pytest.TestReport]) -> dict[str, dict[str, float]]:
    """Seconds by test and phase. A file's first test also sets up the fixtures that the file shares."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for each in reports:
        found[each.nodeid][each.when or ""] = each.duration
    return found


def _processor(reports: Iterable[pytest.TestReport]) -> dict[str, float]:
    """Seconds of processor time by test."""
    return {
        each.nodeid: float(str(value))
        for each in reports if each.when == "teardown"
        for name, value in each.user_properties if name == _PROPERTY
    }  # fmt: skip


def table(seconds: Mapping[str, Mapping[str, float]]) -> str:
    """A Markdown table, slowest first: the seconds of each test, and of its set-up."""
    slowest = sorted(seconds, key=lambda test: -sum(seconds[test].values()))[:_MOST]
    rows = [
        f"| {sum(seconds[test].values()):.0f} | {seconds[test].get('setup', 0):.0f} | `{_name(test)}` |"
        for test in slowest
    ]
    return "\n".join(["| seconds | of these set-up | test |", "|---|---|---|", *rows])


def files(seconds: Mapping[str, Mapping[str, float]], processor: Mapping[str, float]) -> str:
    """A Markdown table of the files that take most processor time, and of all: processor, clock, tests."""
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
    for test, phases in seconds.items():
        for name in (_name(test).partition("::")[0], "all"):
            for place, more in enumerate((processor.get(test, 0.0), sum(phases.values()), 1)):
                sums[name][place] += more
    dearest = sorted(sums, key=lambda name: -sums[name][0])[: _MOST + 1]
    rows = [f"| {sums[name][0]:.0f} | {sums[name][1]:.0f} | {sums[name][2]:.0f} | `{name}` |" for name in dearest]
    return "\n".join(["| processor, s | seconds | tests | file |", "|---|---|---|---|", *rows])


def _name(test: str) -> str:
    """The test's name without the root folder and without the group that pytest-xdist adds."""
    return re.sub(r"@\w+$", "", test.removeprefix("tests/"))
