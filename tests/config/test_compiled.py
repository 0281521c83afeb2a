"""Compiled engines never run after a change of their source; without them the source itself runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indgang.config import cli, compiled


@pytest.fixture
def engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the engines' source, with nothing compiled."""
    copy = tmp_path / "routing"
    shutil.copytree(compiled.ENGINES, copy, ignore=shutil.ignore_patterns("*.so", "*.stamp", "__pycache__"))
    monkeypatch.setattr(compiled, "ENGINES", copy)
    monkeypatch.setattr(compiled, "STAMP", copy / "compiled.stamp")
    return copy


def compile_(engines: Path) -> Path:
    """Create the files that the compiler would create."""
    built = engines / "flows" / "machine.cpython-311-x86_64-linux-gnu.so"
    built.write_bytes(b"")
    compiled.STAMP.write_text(compiled.fingerprint())
    return built


def test_what_is_compiled_here_is_from_this_source() -> None:
    assert not compiled.is_stale()


def test_every_module_that_is_compiled_exists() -> None:
    assert all(path.exists() for path in compiled.sources())


def test_plain_python_is_never_out_of_date(engines: Path) -> None:
    assert not compiled.is_stale()


def test_nothing_starts_on_engines_whose_source_has_changed(engines: Path) -> None:
    compile_(engines)
    assert not compiled.is_stale()
    (engines / "flows" / "machine.py").write_text("# other rules\n")
    with pytest.raises(SystemExit, match="make compile"):
        cli.main(["help"])


def test_engines_without_a_stamp_are_not_trusted(engines: Path) -> None:
    compile_(engines)
    compiled.STAMP.unlink()
    assert compiled.is_stale()


def test_removing_them_leaves_the_source(engines: Path) -> None:
    built = compile_(engines)
    compiled.remove()
    assert not built.exists()
    assert (engines / "flows" / "machine.py").exists()
    assert not compiled.is_stale()
