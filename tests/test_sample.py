"""The third of the generated tests that a fast run uses."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests import sample


def test_everything_is_taken_unless_a_sample_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "TAKEN", False)
    assert [sample.dealt(range(7), 3, hand) for hand in range(3)] == 3 * [list(range(7))]
    assert sample.some(range(7)) == list(range(7))


def test_a_sample_is_a_third_in_order_the_same_for_the_same_seed_and_all_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sample, "TAKEN", True)
    taken = set()
    for seed in range(40):
        random.seed(seed)
        chosen = sample.some(range(7))
        random.seed(seed)
        assert chosen == sample.some(range(7)) == sorted(chosen)
        assert len(chosen) == 3
        taken.update(chosen)
    assert taken == set(range(7))


def test_hands_of_a_sample_hold_everything_once_and_are_dealt_anew_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sample, "TAKEN", True)
    dealt = []
    for seed in range(5):
        hands = []
        for hand in range(3):
            random.seed(seed)
            hands.append(sample.dealt(range(10), 3, hand))
        assert sorted(thing for hand in hands for thing in hand) == list(range(10))
        assert all(hand == sorted(hand) and len(hand) >= 3 for hand in hands)
        dealt.append(hands)
    assert dealt[0] != dealt[1]


def test_of_a_property_a_sample_makes_a_third_of_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "TAKEN", False)
    assert sample.examples(100) == 100
    monkeypatch.setattr(sample, "TAKEN", True)
    assert (sample.examples(100), sample.examples(1)) == (34, 1)


def test_properties_leave_the_number_of_their_examples_to_the_sample() -> None:
    for path in Path(__file__).parent.rglob("test_*.py"):
        for line in path.read_text().splitlines():
            assert not re.search(r"max_examples=\d", line), f"{path.name} asks for sample.examples(…) of: {line}"
