"""The switchboard writes exactly the data that its event kinds declare."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from indgang import entry, routing
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import output

SOURCES = [
    *(Path(entry.__path__[0]) / "board").glob("*.py"),
    *(Path(routing.__path__[0]) / "centre").glob("*.py"),
]
#: keyword arguments of `note` that are not data
OF_THE_EVENT = {"person", "queue"}


def _notes() -> Iterator[tuple[str, str, set[str]]]:
    """Yields the place of each noted event, the name of its kind, and the names of its data."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("note", "note_after"):
                kind = node.args[1]
                if isinstance(kind, ast.Attribute):
                    names = {keyword.arg for keyword in node.keywords if keyword.arg} - OF_THE_EVENT
                    yield f"{path.name}:{node.lineno}", kind.attr, names


@pytest.mark.parametrize(("place", "name", "data"), list(_notes()))
def test_what_is_noted_is_declared(place: str, name: str, data: set[str]) -> None:
    kind = getattr(Kind, name)
    assert data <= set(kind.names), place


def test_the_centre_and_the_switchboard_mean_the_same_kinds() -> None:
    assert {name: str(kind) for name, kind in output.CentreEventKind.__members__.items()}.items() <= {
        name: str(kind) for name, kind in vars(Kind).items() if name.isupper()
    }.items()


def test_enough_was_found() -> None:
    assert len(list(_notes())) > 25
