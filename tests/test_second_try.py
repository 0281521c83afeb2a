"""A second try under continuous integration: which tests get one, and the report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow("runs pytest in processes of its own")

_ROOT = Path(__file__).resolve().parents[1]
_CONFTEST = """
from tests import second_try

def pytest_collection_modifyitems(items):
    second_try.allow(items)

def pytest_terminal_summary(terminalreporter):
    second_try.report(terminalreporter)
"""
_TESTS = """
import pathlib
import pytest

def fails_once(name):
    seen = pathlib.Path(__file__).with_name(name)
    first = not seen.exists()
    seen.touch()
    assert not first, f"{name} was late"

@pytest.mark.browser
def test_page():
    fails_once("chromium")

@pytest.mark.exchange
def test_call():
    fails_once("asterisk")
"""
_PLAIN = """
def test_sum():
    fails_once("adding")
"""


def _run(folder: Path, tests: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(_CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser\n  exchange\n")
    (folder / "test_them.py").write_text(tests)
    plain = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider"],
        cwd=folder, env=plain | {"PYTHONPATH": str(_ROOT)} | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_what_passed_at_the_second_try_is_listed_with_its_reason(tmp_path: Path) -> None:
    done = _run(tmp_path, _TESTS, CI="1")
    assert done.returncode == 0, done.stdout
    assert "2 needed a second try" in done.stdout
    assert "test_them.py::test_page: AssertionError: chromium was late (call)" in done.stdout
    assert "test_them.py::test_call: AssertionError: asterisk was late (call)" in done.stdout


@pytest.mark.parametrize(("tests", "environment"), [(_TESTS, {}), (_TESTS + _PLAIN, {"CI": "1"})])
def test_nobody_else_is_tried_twice(tmp_path: Path, tests: str, environment: dict[str, str]) -> None:
    done = _run(tmp_path, tests, **environment)
    assert done.returncode == 1, done.stdout
    if environment:
        assert "1 failed, 2 passed, 2 rerun" in done.stdout
    else:
        assert "second try" not in done.stdout
