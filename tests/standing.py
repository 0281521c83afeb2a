"""Standing data: created once in each process, in the database when a test begins, and unchanged for each test.

Creating the small municipality takes longer than most tests. So a transaction with it stays open around the tests that
need it. Each test is a savepoint in this transaction, and its changes are rolled back. Data on top of the municipality,
such as a public site, has a savepoint of its own in between.

Each test gets copies of the objects. All copies come from one pickle, so that objects still share what they refer to.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from indgang.core import clock
from tests import world
from tests.desk import known
from tests.portal import site

#: builders by fixture name; later ones may use the data of earlier ones
_MAKERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "world": lambda found: world.build(),
    "knowledge": lambda found: known.build(found["world"]),
    "site": lambda found: site.make(found["world"]),
}


def wanted(fixtures: Collection[str]) -> tuple[str, ...]:
    """The standing data that a test with these fixtures needs, the lowest layer first."""
    return tuple(name for name in _MAKERS if name in fixtures)


@dataclass(slots=True)
class _Layer:
    name: str
    around: transaction.Atomic
    made: bytes = b""


def around_tests() -> transaction.Atomic:
    """A transaction that belongs to the tests and not to the tested code, marked as Django marks its own."""
    around = transaction.atomic()
    setattr(around, "_from_testcase", True)  # noqa: B010  # django-stubs do not know it
    return around


class Ground:
    """The standing data in this process's database."""

    def __init__(self) -> None:
        self._layers: list[_Layer] = []

    def lay(self, names: Sequence[str]) -> dict[str, Any]:
        """Make exactly these data stand; returns copies of their objects by name."""
        while self._names() != list(names[: len(self._layers)]):
            self._take_down()
        for name in names[len(self._layers) :]:
            self._put_up(name)
        return self._copies()

    def _names(self) -> list[str]:
        return [layer.name for layer in self._layers]

    def _copies(self) -> dict[str, Any]:
        copies: dict[str, Any] = pickle.loads(self._layers[-1].made) if self._layers else {}
        return copies

    def _put_up(self, name: str) -> None:
        found = self._copies()
        layer = _Layer(name, around_tests())
        layer.around.__enter__()
        self._layers.append(layer)
        try:
            with clock.frozen(world.MORNING):
                found[name] = _MAKERS[name](found)
            # else each test would check the constraints of all these rows again
            connection.check_constraints()
            layer.made = pickle.dumps(found)
        except BaseException:
            self._take_down()
            raise

    def _take_down(self) -> None:
        transaction.set_rollback(True)
        self._layers.pop().around.__exit__(None, None, None)
