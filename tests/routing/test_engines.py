"""Compiled engines run only if they come from exactly this source; else, and without them, the source itself runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import indgang
from indgang.routing import engines

_NO_BUILT = shutil.ignore_patterns("*.so", "*.stamp", "__pycache__")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the engines' source and of what they import, with nothing compiled."""
    product = Path(indgang.__file__).parent
    for package in ("core", "routing"):
        shutil.copytree(product / package, tmp_path / "indgang" / package, ignore=_NO_BUILT)
    shutil.copy(product / "__init__.py", tmp_path / "indgang")
    copy = tmp_path / "indgang" / "routing"
    monkeypatch.setattr(engines, "ENGINES", copy)
    monkeypatch.setattr(engines, "STAMP", copy / "compiled.stamp")
    return copy


def compile_(source: Path) -> Path:
    """Create the files that the compiler would create. Python cannot load this one."""
    built = source / "flows" / f"machine{EXTENSION_SUFFIXES[0]}"
    built.write_bytes(b"no machine code")
    engines.STAMP.write_text(engines.fingerprint())
    return built


def imported(source: Path) -> subprocess.CompletedProcess[str]:
    """A process that imports the copy, and prints the file of an engine."""
    return subprocess.run(
        [sys.executable, "-c", "from indgang.routing.flows import machine; print(machine.__file__)"],
        cwd=source.parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_module_that_is_compiled_exists() -> None:
    assert all(path.exists() for path in engines.sources())


def test_plain_python_is_never_out_of_date(source: Path) -> None:
    assert not engines.is_stale()
    assert imported(source).stdout.strip() == str(source / "flows" / "machine.py")


def test_engines_compiled_from_this_source_are_imported(source: Path) -> None:
    compile_(source)
    assert not engines.is_stale()
    assert "ImportError" in imported(source).stderr, "the file that cannot be loaded was not tried"


@pytest.mark.parametrize("changed", ["flows/machine.py", "flows/state.py"])
def test_after_a_change_of_any_source_the_source_runs_again(source: Path, changed: str) -> None:
    compile_(source)
    with (source / changed).open("a") as file:
        file.write("\n# other rules\n")
    assert engines.is_stale()
    assert imported(source).stdout.strip() == str(source / "flows" / "machine.py")


def test_engines_without_a_stamp_are_not_trusted(source: Path) -> None:
    compile_(source)
    engines.STAMP.unlink()
    assert engines.is_stale()
    assert imported(source).stdout.strip() == str(source / "flows" / "machine.py")


def test_removing_them_leaves_the_source(source: Path) -> None:
    built = compile_(source)
    engines.remove()
    assert not built.exists()
    assert (source / "flows" / "machine.py").exists()
    assert not engines.is_stale()
