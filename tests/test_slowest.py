"""The lists of the slowest tests and of the dearest files."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests import slowest


def test_the_slowest_come_first_with_their_set_up() -> None:
    seconds = {f"tests/a/test_{number}.py::test_it": {"call": float(number)} for number in range(30)}
    seconds["tests/a/test_long.py::test_it@test_long"] = {"setup": 50.4, "call": 9.8, "teardown": 0.1}
    lines = slowest.table(seconds).splitlines()
    assert lines[2:4] == [
        "| 60 | 50 | `a/test_long.py::test_it` |",
        "| 29 | 0 | `a/test_29.py::test_it` |",
    ]
    assert len(lines) == 22


def test_the_files_come_by_their_processor_time_after_the_sum_of_all() -> None:
    seconds = {"tests/a/test_x.py::test_1": {"call": 2.0}, "tests/a/test_x.py::test_2": {"call": 3.0, "setup": 1.0}}
    seconds["tests/b/test_y.py::test_3@test_y"] = {"call": 90.0}
    processor = {test: 5.0 for test in seconds if "test_x" in test} | {"tests/b/test_y.py::test_3@test_y": 1.0}
    assert slowest.files(seconds, processor).splitlines()[2:] == [
        "| 11 | 96 | 3 | `all` |",
        "| 10 | 6 | 2 | `a/test_x.py` |",
        "| 1 | 90 | 1 | `b/test_y.py` |",
    ]


def test_a_process_that_a_test_waited_for_counts(request: pytest.FixtureRequest) -> None:
    item = request.node
    slowest.begin(item)
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.2: pass"], check=True)
    slowest.end(item)
    name, spent = item.user_properties.pop()
    assert (name, spent > 0.15) == ("processor", True)
