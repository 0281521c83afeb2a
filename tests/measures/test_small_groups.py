"""Figures of too few contacts are not shown, and cannot be worked out from the others."""

from __future__ import annotations

from indgang.measures.definitions import FEWEST, Figure, hidden_groups


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    figures = {"a": Figure(50.0, FEWEST - 1), "b": Figure(60.0, 30), "c": Figure(70.0, 20), "d": Figure(None, 0)}
    assert hidden_groups(figures, is_part=True) == {"a", "c"}


def test_small_groups_hide_each_other_where_enough_are_behind_them_together() -> None:
    figures = {"a": Figure(50.0, FEWEST - 1), "b": Figure(60.0, 2), "c": Figure(70.0, 20)}
    assert hidden_groups(figures, is_part=True) == {"a", "b"}


def test_small_groups_that_are_few_together_take_the_next_smallest_with_them() -> None:
    figures = {"a": Figure(50.0, 1), "b": Figure(60.0, 1), "c": Figure(70.0, 100), "d": Figure(70.0, 200)}
    assert hidden_groups(figures, is_part=True) == {"a", "b", "c"}, "200 of 302: the rest would be two contacts"
    assert hidden_groups(figures | {"e": Figure(1.0, 2), "f": Figure(1.0, 1)}, is_part=True) == {"a", "b", "e", "f"}


def test_the_whole_is_shown_however_small() -> None:
    assert hidden_groups({"": Figure(50.0, 1)}, is_part=False) == set()
    assert hidden_groups({"": Figure(50.0, 1)}, is_part=True) == {""}
