"""Compiled engines run only if they come from exactly this source; else, and without them, the source itself runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import indgang
from indgang.config import cli
from indgang.core import compiled

_ENGINE = "indgang.routing.flows.machine"


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A copy of the engines' source and of what they import, with nothing compiled."""
    here = Path(indgang.__file__).parent
    for package in ("core", "routing", "staffing"):
        shutil.copytree(here / package, tmp_path / "indgang" / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(here / "__init__.py", tmp_path / "indgang")
    return tmp_path / "indgang"


def asked(product: Path, code: str, wanted: str | None = "true") -> subprocess.CompletedProcess[str]:
    """What a process that imports the copy prints; `wanted` is the variable of its environment."""
    environment = {name: value for name, value in os.environ.items() if name != compiled.VARIABLE}
    environment |= {compiled.VARIABLE: wanted} if wanted is not None else {}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=product.parent, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


def imported(product: Path, wanted: str | None = "true", before: str = "") -> str:
    """The file of an engine, or why it cannot be imported."""
    answer = asked(product, f"{before}import {_ENGINE} as engine; print(engine.__file__)", wanted)
    return answer.stdout.strip() or answer.stderr


def compile_(product: Path, suffix: str = EXTENSION_SUFFIXES[0]) -> None:
    """Create the files that the compiler would create. Python cannot load them."""
    folder = asked(product, "from indgang.core import compiled; print(compiled.folder())").stdout.strip()
    for name in (_ENGINE, f"{compiled.LIBRARY}__mypyc"):
        file = Path(folder) / (name.replace(".", "/") + suffix)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"no machine code")


def test_every_module_that_is_compiled_exists() -> None:
    assert all(path.exists() for path in compiled.sources())


def test_without_compiled_engines_the_source_runs(product: Path) -> None:
    assert imported(product) == str(product / "routing" / "flows" / "machine.py")


def test_engines_compiled_from_this_source_are_imported(product: Path) -> None:
    compile_(product)
    assert "ImportError" in imported(product), "the file that cannot be loaded was not tried"


@pytest.mark.parametrize("wanted", [None, "false"])
def test_who_does_not_ask_for_compiled_engines_runs_the_source(product: Path, wanted: str | None) -> None:
    """A test process does not ask, and everybody can say no."""
    compile_(product)
    says = "from indgang.core import compiled; compiled.want(); " if wanted else ""
    assert imported(product, wanted, says) == str(product / "routing" / "flows" / "machine.py")


def test_the_command_asks_for_compiled_engines(monkeypatch: pytest.MonkeyPatch, product: Path) -> None:
    monkeypatch.delenv(compiled.VARIABLE)
    cli.main(["--version"])
    compile_(product)
    assert "ImportError" in imported(product, os.environ[compiled.VARIABLE])


@pytest.mark.parametrize("changed", ["routing/flows/machine.py", "routing/flows/state.py", "core/text.py"])
def test_after_a_change_of_any_source_the_source_runs_again(product: Path, changed: str) -> None:
    compile_(product)
    with (product / changed).open("a") as file:
        file.write("\n# other rules\n")
    assert imported(product) == str(product / "routing" / "flows" / "machine.py")


def test_engines_of_another_python_are_left_alone(product: Path) -> None:
    compile_(product, ".cpython-39-other.so")
    assert imported(product) == str(product / "routing" / "flows" / "machine.py")
