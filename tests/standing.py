"""What stands in the database when a test begins: made once in each process, and found as it was made.

The small municipality takes longer to make than most tests take to run. So it is made in a transaction that stays open
around the tests that want it; theirs are savepoints in it, and what they do to it is rolled back. What stands on the
municipality, a public site say, has a savepoint of its own in between.

Each test gets copies of the objects. They come out of one pickle, so that whoever two of them name is one copy.
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

#: by the name under which fixtures ask for it; later ones may stand on earlier ones
_MAKERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "world": lambda found: world.build(),
    "knowledge": lambda found: known.build(found["world"]),
    "site": lambda found: site.make(found["world"]),
}


def wanted(fixtures: Collection[str]) -> tuple[str, ...]:
    """What must stand for a test with these fixtures, the lowest first."""
    return tuple(name for name in _MAKERS if name in fixtures)


@dataclass(slots=True)
class _Layer:
    name: str
    around: transaction.Atomic
    made: bytes = b""


def around_tests() -> transaction.Atomic:
    """A transaction that belongs to the tests and not to what they try, as Django marks its own."""
    around = transaction.atomic()
    setattr(around, "_from_testcase", True)  # noqa: B010  # django-stubs do not know it
    return around


class Ground:
    """What this process has standing in its database."""

    def __init__(self) -> None:
        self._layers: list[_Layer] = []

    def lay(self, names: Sequence[str]) -> dict[str, Any]:
        """Let these stand and nothing else; copies of them by name."""
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
            # or the constraints of all these rows would be checked again with those of each test
            connection.check_constraints()
            layer.made = pickle.dumps(found)
        except BaseException:
            self._take_down()
            raise

    def _take_down(self) -> None:
        transaction.set_rollback(True)
        self._layers.pop().around.__exit__(None, None, None)
