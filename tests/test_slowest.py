"""The list of the slowest tests."""

from __future__ import annotations

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
