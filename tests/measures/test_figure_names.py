from __future__ import annotations

from indgang.measures.definitions import DEFINITIONS
from indgang.measures.figure_names import FIGURE_NAMES


def test_every_figure_has_a_name() -> None:
    assert FIGURE_NAMES.keys() == {each.code for each in DEFINITIONS}
