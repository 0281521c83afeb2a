"""Under continuous integration (CI is set) a failed browser or telephone test gets a second try, and the run lists it.

These tests drive programs that are not ours (Chromium, Asterisk), which sometimes answer too late on a busy machine.
Without CI every test has one try, so that developers see such failures.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest
from _pytest.terminal import TerminalReporter

_MARKS = ("browser", "exchange")


def allow(items: Iterable[pytest.Item]) -> None:
    """Give browser and telephone tests a second try under continuous integration."""
    if not os.environ.get("CI"):
        return
    for item in items:
        if any(item.get_closest_marker(mark) for mark in _MARKS):
            item.add_marker(pytest.mark.flaky(reruns=1))


def report(terminal: TerminalReporter) -> None:
    """List the tests that failed once, with the error, whether or not they passed afterwards."""
    first_tries = terminal.stats.get("rerun", [])
    if not first_tries:
        return
    terminal.write_sep("=", f"{len(first_tries)} needed a second try", yellow=True)
    for each in first_tries:
        terminal.write_line(f"{each.nodeid}: {_reason(each)}")


def _reason(failed: pytest.TestReport) -> str:
    crash = getattr(failed.longrepr, "reprcrash", None)
    lines = (crash.message if crash else failed.longreprtext).strip().splitlines()
    return f"{lines[0] if lines else 'no reason given'} ({failed.when})"
