"""Every choice of the formulas is a figure that an agreement can name, or says why it is not offered."""

from __future__ import annotations

from indgang.measures.definitions import DEFINITIONS, versioned
from indgang.measures.service_level import ServiceLevel
from indgang.measures.switches import SWITCHES


def test_each_choice_is_a_figure_or_says_why_it_is_not_offered() -> None:
    for switch in SWITCHES:
        assert len(switch.choices) > 1
        for choice in switch.choices:
            assert bool(choice.figures) != bool(choice.why_not), choice.name
            assert all(versioned(code, 1) for code in choice.figures)


def test_every_service_level_makes_one_choice_of_each_switch() -> None:
    for level in ServiceLevel:
        code = f"service_level_{level.value.lower()}"
        for switch in SWITCHES:
            assert sum(code in choice.figures for choice in switch.choices) == 1, (code, str(switch.name))


def test_what_is_measured_on_segments_says_how_it_decides() -> None:
    named = {
        "clock starts", "transferred and returned calls", "callbacks", "overflow", "closed hours", "given up early",
        "counts in the quarter",
    }  # fmt: skip
    levels = [each for each in DEFINITIONS if each.code.startswith("service_level_")]
    assert len(levels) == len(ServiceLevel)
    assert all(each.switches.keys() == named for each in levels)
