"""`make test-fast` and `make check` run a third of the generated tests, a new third each time; `make test` runs all.

The seed of the run (`--randomly-seed=…`) selects the third, so a run can be repeated. Hypothesis then generates
a third of its examples.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

import pytest
from hypothesis import HealthCheck

T = TypeVar("T")

#: whether this run uses a sample
TAKEN = bool(os.environ.get("INDGANG_TEST_SAMPLE"))
_SHARE = 3
#: a database that the examples of a test share is rolled back by the test, and how long it takes to draw an example
#: depends on the machine: on a busy one a first draw took half a minute
SUPPRESSED = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


def some(things: Sequence[T]) -> list[T]:
    """A third of the items in their order, or all of them. pytest-randomly seeds `random` before each test."""
    if not TAKEN:
        return list(things)
    chosen = sorted(random.sample(range(len(things)), -(-len(things) // _SHARE)))
    return [things[place] for place in chosen]


def dealt(things: Sequence[T], hands: int, hand: int) -> list[T]:
    """One of several hands that all things are dealt to, anew in each run; all of them when no sample is taken.

    For kinds of a test that would each do the same with all of them: one kind takes each hand. pytest-randomly seeds
    `random` before each test with the seed of the run, so the hands of one run fit together.
    """
    if not TAKEN:
        return list(things)
    mixed = random.sample(range(len(things)), len(things))
    return [things[place] for place in sorted(mixed[hand::hands])]


def examples(most: int) -> int:
    """The number of examples of a Hypothesis property that has `most` in a full run."""
    return -(-most // _SHARE) if TAKEN else most


def left_out(items: Iterable[pytest.Item], seed: int) -> set[pytest.Item]:
    """The tests marked `generated` that are not in the sample; each process must leave out the same tests."""
    generated = sorted((item for item in items if item.get_closest_marker("generated")), key=lambda item: item.nodeid)
    return set(random.Random(seed).sample(generated, len(generated) * (_SHARE - 1) // _SHARE)) if TAKEN else set()
