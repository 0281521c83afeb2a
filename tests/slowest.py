"""A full run writes a list of its slowest tests to `var/slowest-tests.md`, as CONTRIBUTING.md shows it."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

_FILE = Path(__file__).resolve().parents[1] / "var" / "slowest-tests.md"
_MOST = 20


def is_whole(config: pytest.Config) -> bool:
    """Whether all tests run: the list of a partial run would be misleading."""
    option = config.option
    chosen = option.keyword or option.markexpr or option.lf or option.maxfail or option.collectonly
    return config.args_source == pytest.Config.ArgsSource.TESTPATHS and not chosen


def write(terminal: TerminalReporter, at: datetime) -> None:
    """Write the list and print its path."""
    reports = [each for kind in ("passed", "failed", "error", "") for each in terminal.stats.get(kind, [])]
    seconds = _seconds(each for each in reports if isinstance(each, pytest.TestReport))
    load = ", ".join(f"{each:.0f}" for each in os.getloadavg())
    head = f"{at:%Y-%m-%d %H:%M}, {len(seconds)} tests, load average at the end {load} on {os.cpu_count()} cores."
    _FILE.parent.mkdir(exist_ok=True)
    _FILE.write_text(f"{head}\n\n{table(seconds)}\n")
    terminal.write_line(f"The slowest tests are listed in {_FILE.relative_to(Path.cwd())}.")


def _seconds(reports: Iterable[pytest.TestReport]) -> dict[str, dict[str, float]]:
    """Seconds by test and phase. A file's first test also sets up the fixtures that the file shares."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for each in reports:
        found[each.nodeid][each.when or ""] = each.duration
    return found


def table(seconds: dict[str, dict[str, float]]) -> str:
    """A Markdown table, slowest first: the seconds of each test, and of its set-up."""
    slowest = sorted(seconds, key=lambda test: -sum(seconds[test].values()))[:_MOST]
    rows = [
        f"| {sum(seconds[test].values()):.0f} | {seconds[test].get('setup', 0):.0f} | `{_name(test)}` |"
        for test in slowest
    ]
    return "\n".join(["| seconds | of these set-up | test |", "|---|---|---|", *rows])


def _name(test: str) -> str:
    """The test's name without the root folder and without the group that pytest-xdist adds."""
    return re.sub(r"@\w+$", "", test.removeprefix("tests/"))
