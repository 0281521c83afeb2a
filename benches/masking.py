"""How fast personal numbers are masked in the texts that cost most, and how that grows with the length.

Each text is one short piece over and over: a number after a word that says what it is, digits without end, signs of
mail addresses without end, parts of dates. A text twice as long must take about twice the time.
"""

from __future__ import annotations

import json
from math import log2
from time import process_time

from indgang.core.masking import without_personal_numbers

#: characters; the longest draft is 80,000
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
    """The text of this kind with so many characters."""
    piece = WORST[name]
    return (piece * (size // len(piece) + 1))[:size]


def seconds(text: str) -> float:
    """Processor time to mask it, the best of some."""
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
