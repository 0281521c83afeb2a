"""Which test process runs what: files that wait for telephones and browsers beside tests that compute.

pytest-xdist has all processes begin with the groups (conftest.py). Then the processor is often idle, because a
telephone rings or a page loads, and afterwards all processes want it at once. Here the first process begins with the
tests that have no group, and the others with the groups. Whoever finds nothing left of their kind takes the other.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

Queue = OrderedDict[str, dict[str, bool]]

#: with fewer processes all begin with the groups, which take longest
_FEWEST = 3


class Turns(LoadGroupScheduling):  # type: ignore[misc]
    """The scheduler of a run with `--dist loadgroup`."""

    workqueue: Queue
    _is_sorted = False

    def _assign_work_unit(self, node: Any) -> None:
        if not self._is_sorted:
            self.workqueue = groups_first(self.workqueue)
            self._is_sorted = True
        if self.numnodes >= _FEWEST and node.gateway.id == "gw0":
            self.workqueue.move_to_end(first_single(self.workqueue), last=False)
        super()._assign_work_unit(node)


def groups_first(queue: Queue) -> Queue:
    """The queue with its groups first, also those of one test, which pytest-xdist has among the single tests."""
    return OrderedDict(sorted(queue.items(), key=lambda unit: not _is_group(unit[0])))


def first_single(queue: Queue) -> str:
    """The first unit that is a single test, or else the first."""
    return next((unit for unit in queue if not _is_group(unit)), next(iter(queue)))


def _is_group(unit: str) -> bool:
    """A group has a name, and a single test its path."""
    return "::" not in unit
