"""The order in which test processes take tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import OrderedDict
from pathlib import Path

import pytest

from tests import turns

ROOT = Path(__file__).resolve().parents[1]
FILE = """
import pytest

GROUPS = [pytest.param(each, marks=pytest.mark.xdist_group(f"group{each % 4}")) for each in range(12)]


@pytest.mark.parametrize("number", [*GROUPS, *range(12, 40)])
def test_it(number):
    assert number < 40
"""


def test_groups_come_before_single_tests_also_those_of_one_test() -> None:
    queue = turns.groups_first(OrderedDict.fromkeys(["long", "a.py::test_1", "short", "a.py::test_2"], {}))
    assert list(queue) == ["long", "short", "a.py::test_1", "a.py::test_2"]
    assert turns.first_single(queue) == "a.py::test_1"
    assert turns.first_single(OrderedDict.fromkeys(["long", "short"], {})) == "long"


@pytest.mark.slow("runs pytest in processes of its own")
@pytest.mark.parametrize("processes", [2, 3])
def test_each_test_runs_once_and_the_first_of_three_processes_begins_with_single_tests(
    tmp_path: Path, processes: int
) -> None:
    (tmp_path / "test_turns_of_many.py").write_text(FILE)
    (tmp_path / "conftest.py").write_text(
        "from tests import turns\n\ndef pytest_xdist_make_scheduler(config, log):\n    return turns.Turns(config, log)"
    )
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:django", "-p", "no:cacheprovider", "-c", "/dev/null"]
    ran = subprocess.run(
        [*command, f"--rootdir={tmp_path}", "-n", str(processes), "--dist", "loadgroup", str(tmp_path)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    passed = [line.split() for line in ran.stdout.splitlines() if "PASSED" in line]
    assert len(passed) == len({words[-1] for words in passed}) == 40, ran.stdout
    first = [words[-1] for words in passed if words[0] == "[gw0]"]
    assert ("@" in first[0]) == (processes == 2)
