"""The speed of this machine: a fixed piece of plain Python, relative to the machine of docs/performance.md.

Two machines, or one machine at two times, differ by a factor of two or three. An absolute goal is therefore compared
with the value on the machine of docs/performance.md: a rate divided by `speed()`, or a time multiplied by it. Of a
time, `fixed` is the part that the product waits on purpose, in the same unit: it is as long on every machine. Ratios,
shares, counts and sizes are not scaled.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from time import process_time
from typing import Any

#: seconds of processor time that one `_work()` took on the machine of docs/performance.md
REFERENCE = 0.0457
ROUNDS, ITEMS = 15, 40_000

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, "<": operator.lt, ">": operator.gt, "": operator.eq,
}  # fmt: skip
_GOAL = re.compile(r"(?P<ratio>ratio )?(?P<sign>[<>]?=?) ?(?P<number>\d+(?:\.\d+)?(?:e-?\d+)?)(?P<rest>( .*)?)")
_TIMES = {"s", "ms", "µs"}


def speed() -> float:
    """The speed relative to the machine of docs/performance.md.

    It is the best of some rounds, which take half a second to two.
    """
    return REFERENCE / min(_work() for _ in range(ROUNDS))


@dataclass(slots=True)
class _Item:
    number: int
    key: str
    seen: list[int] = field(default_factory=list)


def _work() -> float:
    """Seconds of processor time for typical work of the product's engines: small objects, dicts, strings and a heap."""
    begun = process_time()
    heap: list[tuple[int, int]] = []
    items: dict[str, _Item] = {}
    for number in range(ITEMS):
        key = f"k{number % 997}"
        item = items.get(key) or items.setdefault(key, _Item(number, key))
        item.seen.append(number)
        heappush(heap, (number * 7919 % 10_007, number))
        if len(heap) > 500:
            _, last = heappop(heap)
            item.number = max(item.number, last)
    return process_time() - begun


def judged(line: str, machine: float) -> str:
    """The figure of a bench with `scaled` (where the machine matters) and `kept` (where there is a goal)."""
    figure: dict[str, Any] = json.loads(line)
    if figure["value"] is None:  # it could not be measured: a goal is not met by that
        return json.dumps(figure | ({"kept": False} if _GOAL.fullmatch(figure.get("goal", "")) else {})) + "\n"
    scaled = _scaled(figure["value"], figure["unit"], machine, float(figure.get("fixed", 0)))
    if scaled != figure["value"]:
        figure["scaled"] = round(scaled, 3)
    kept = _is_kept(figure, scaled)
    if kept is not None:
        figure["kept"] = kept
    return json.dumps(figure) + "\n"


def _scaled(value: float, unit: str, machine: float, fixed: float) -> float:
    if unit in _TIMES:
        return fixed + max(0.0, value - fixed) * machine
    return value / machine if unit.endswith("/s") else value


def _is_kept(figure: dict[str, Any], scaled: float) -> bool | None:
    """Whether the goal is met; None without a goal. A goal that names the peer applies to the ratio."""
    goal = _GOAL.fullmatch(figure.get("goal", ""))
    if goal is None:
        return None
    of_ratio = goal["ratio"] or "peer" in goal["rest"]
    return _COMPARISONS[goal["sign"]](figure["ratio"] if of_ratio else scaled, float(goal["number"]))
