"""Prints everything that a random day on the board produces. The same seed must give identical output.

It runs as a program, so that each run has its own set order: `python -m tests.entry.any_day SEED`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from random import Random
from typing import Any

from tests.entry import house as small_house
from tests.entry.house import ANNA, BO, DAVID, EVA, House

STEPS = 400


def play(seed: int) -> str:
    """Returns the events, orders and stored calls of a random day, one JSON value a line."""
    random, house = Random(seed), House()
    house.sign_in(ANNA, BO, DAVID, EVA)
    for number in range(STEPS):
        _happen(random, house, number)
        house.wait(random.choice((0, 1, 3, 10, 40)))
    lines: list[Any] = [[event.kind, event.at, event.queue, event.person, event.data] for event in house.events]
    lines += [[type(order).__name__, asdict(order)] for order in house.orders]
    lines += [house.kept]
    return "\n".join(json.dumps(line, default=str) for line in lines)


def _happen(random: Random, house: House, number: int) -> None:
    match random.randrange(8):
        case 0 | 1:
            house.call(f"caller-{number}", f"+45203040{number % 90 + 10}")
            house.press(f"caller-{number}", random.choice("12"))
        case 2 | 3 if ringing := house.ringing():
            house.answer(random.choice(ringing).leg)
        case 4 if up := sorted(house.up):
            house.gone(random.choice(up))
        case 5:
            wanted = random.choice(("ready", "refuse", "hang_up", "wrap_up_over", "pause", "answer"))
            house.ask(wanted, random.choice((ANNA, BO, DAVID)))
        case 6:
            house.ask("consult", random.choice((ANNA, BO)), address=random.choice(("queue:byg", f"person:{DAVID}")))
        case 7:
            house.ask("callback_order", EVA, number=f"+45203041{number % 90 + 10}", queue="byg")


if __name__ == "__main__":
    small_house._NUMBERS = iter(range(1, 100_000))  # type: ignore[assignment]  # numbers of this run alone
    print(play(int(sys.argv[1])))
