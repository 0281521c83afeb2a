"""Figures of too few contacts are not shown, and cannot be worked out from the others."""

from __future__ import annotations

from indgang.measures.definitions import FEWEST, Figure, hidden_groups


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    figures = {"a": Figure(50.0, FEWEST - 1), "b": Figure(60.0, 30), "c": Figure(70.0, 20), "d": Figure(None, 0)}
    assert hidden_groups(figures, is_part=True) == {"a", "c"}


def test_two_small_groups_hide_each_other() -> None:
    figures = {"a": Figure(50.0, 1), "b": Figure(60.0, 2), "c": Figure(70.0, 20)}
    assert hidden_groups(figures, is_part=True) == {"a", "b"}


def test_the_whole_is_shown_however_small() -> None:
    assert hidden_groups({"": Figure(50.0, 1)}, is_part=False) == set()
    assert hidden_groups({"": Figure(50.0, 1)}, is_part=True) == {""}
