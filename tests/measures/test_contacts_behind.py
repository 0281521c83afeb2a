"""What is listed behind a figure adds up to the figure, for every definition and any history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.measures.definitions import DEFINITIONS, Definition, Figure, versioned
from indgang.measures.entered_kinds import KINDS
from indgang.measures.priced_days import PRICED
from indgang.measures.rollups import contacts_behind, reading
from indgang.measures.rollups.facts import CountedFact, Measure, StreamEvent, facts
from indgang.measures.rollups.tallies import FactTally
from indgang.measures.totals import Totals
from tests.measures.histories import histories, promises
from tests.measures.test_reading import published


def whole(found: list[CountedFact]) -> Totals:
    tallied: dict[tuple[str, str], FactTally] = {}
    for fact in found:
        tallied.setdefault((fact.key.measure, fact.key.outcome), FactTally()).count(fact)
    return reading.of_tallies(tallied)


def listed(definition: Definition, found: list[CountedFact]) -> list[Figure]:
    measures = contacts_behind.measures_of(definition)
    figures = [contacts_behind.alone(definition, fact) for fact in found if Measure(fact.key.measure) in measures]
    return [figure for figure in figures if figure.base]


def check(found: list[CountedFact]) -> None:
    totals = whole(found)
    for definition in DEFINITIONS:
        figure, rows = definition.of(totals), listed(definition, found)
        assert sum(row.base for row in rows) == figure.base, definition.name
        if definition.unit == "percent" and figure.base:
            assert {row.value for row in rows} <= {0.0, 100.0}, definition.name
            share = sum(row.value or 0.0 for row in rows) / figure.base
            assert share == pytest.approx(figure.value), definition.name


def _alone(streams: Iterable[Sequence[StreamEvent]]) -> list[CountedFact]:
    """The facts of all streams."""
    found = [fact for stream in streams for fact in facts(stream, promises)]
    return [each for each in found if isinstance(each, CountedFact)]


@given(st.lists(histories(), max_size=4))
def test_the_contacts_behind_a_figure_add_up_to_it(streams: list[list[object]]) -> None:
    check(_alone(streams))  # type: ignore[arg-type]  # drawn


def test_those_of_the_published_day_add_up() -> None:
    check(_alone(published()))


def test_each_figure_has_a_measure() -> None:
    without = {*KINDS, *PRICED}
    assert all(contacts_behind.measures_of(each) for each in DEFINITIONS if each.code not in without)
    assert not any(contacts_behind.measures_of(versioned(code, 1)) for code in without)
