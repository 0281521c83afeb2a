"""Segments: all 77 services of the documents, and what no service can have."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from indgang.analysis import segments
from indgang.analysis.segments import Indicators, NoSegment, segment
from indgang.feedback.studies import reference


def test_all_77_services_have_the_index_and_segment_of_the_documents() -> None:
    services = segments.on_map(reference.services())
    assert len(services) == 77
    assert all(each.is_as_printed for each in services)
    assert segments.sizes(services) == {
        ("low", "small"): 30, ("low", "large"): 12, ("high", "small"): 22, ("high", "large"): 13,
    }  # fmt: skip


def test_fifteen_hundred_cases_are_many_and_nine_points_are_high() -> None:
    assert segment(Indicators(2, 3, 2, 2), 1_500).volume == "large"
    assert segment(Indicators(2, 3, 2, 2), 1_499).volume == "small"
    assert segment(Indicators(2, 3, 2, 2), 0).complexity == "high"
    assert segment(Indicators(2, 3, 2, 1), 0).complexity == "low"


@pytest.mark.parametrize("values", [(0, 1, 1, 1), (1, 6, 1, 1), (1, 1, 4, 1), (1, 1, 1, -1)])
def test_indicators_outside_their_scale_are_refused(values: tuple[int, int, int, int]) -> None:
    with pytest.raises(NoSegment):
        Indicators(*values)


def test_a_negative_number_of_cases_is_refused() -> None:
    with pytest.raises(NoSegment):
        segment(Indicators(1, 1, 1, 1), -1)


def test_the_command_lists_the_services() -> None:
    out = StringIO()
    call_command("segments", "--json", stdout=out)
    rows = json.loads(out.getvalue())
    assert len(rows) == 77
    assert next(each for each in rows if each["name"] == "Byggetilladelser mv")["packages"] == ["interviews"]
