"""How fast personal numbers are masked in the worst texts, and how the time grows with the length.

Each text repeats one short piece: a number after a word that introduces it, digits without end, characters of mail
addresses without end, or parts of dates. A text of double length must take about double the time.
"""

from __future__ import annotations

import json
from math import log2
from time import process_time

from indgang.core.masking import without_personal_numbers

#: characters; the longest draft has 80,000
SHORT, LONG = 45_000, 90_000
REPEATS = 3

WORST = {
    "case numbers": "sag 0101901234 ",
    "CPR numbers": "010190-1234 ",
    "one row of digits": "0",
    "digits in pairs": "01 ",
    "dates": "01.01.",
    "invisible signs": "0\u200b1\u00ad",
    "hyphens": "010190-",
    "signs": "@",
    "addresses": "a@",
    "brackets": "a ( at ",
    "one word": "a",
    "spaces": " ",
    "look-alikes": "Ol0",
}


def worst_text(name: str, size: int) -> str:
    """A text of this kind with this number of characters."""
    piece = WORST[name]
    return (piece * (size // len(piece) + 1))[:size]


def seconds(text: str) -> float:
    """Processor time to mask the text, the best of some runs."""
    best = float("inf")
    for _ in range(REPEATS):
        began = process_time()
        without_personal_numbers(text)
        best = min(best, process_time() - began)
    return best


def figure(name: str, value: float, unit: str, goal: str, of: str) -> None:
    """Print one figure."""
    line = {"bench": "masking", "figure": name, "value": round(value, 2), "unit": unit, "goal": goal, "of": of}
    print(json.dumps(line), flush=True)


def main() -> None:
    """Print the figures, one JSON object per line."""
    short = {name: seconds(worst_text(name, SHORT)) for name in WORST}
    growth = {name: log2(seconds(worst_text(name, LONG)) / short[name]) for name in WORST}
    slowest, steepest = max(short, key=short.__getitem__), max(growth, key=growth.__getitem__)
    figure(f"worst_text_of_{SHORT}_ms", 1000 * short[slowest], "ms", "<= 200", slowest)
    figure("worst_growth", growth[steepest], "exponent of the length", "<= 1.3 (1 is linear)", steepest)


if __name__ == "__main__":
    main()
