"""A time line: bars and diamonds where their days are, today on it, and a row in the table for each."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.plots import drawing
from indgang.plots.frame import NARROW, WIDE, Shape
from indgang.plots.plot import TimelinePlot, TimelineRow

START = date(2026, 1, 1)
offsets = st.none() | st.integers(0, 300)


def plot(*rows: TimelineRow) -> TimelinePlot:
    return TimelinePlot(
        "Plan", "En plan <b>", START, START + timedelta(days=300), START + timedelta(days=60), "I dag", "Færdig", rows,
        ("Hvad", "Dag"), ((date(2026, 4, 1), "2. kv. 2026"), (date(2026, 7, 1), "3. kv. 2026")),
    )  # fmt: skip


@given(
    st.lists(st.tuples(offsets, offsets, st.booleans(), st.booleans()), max_size=50), st.sampled_from([WIDE, NARROW])
)
def test_nothing_leaves_the_picture(rows: list[tuple[int | None, int | None, bool, bool]], shape: Shape) -> None:
    entries = []
    for starts, ends, is_done, has_mark in rows:
        first, last = (None if each is None else START + timedelta(days=each) for each in (starts, ends))
        if first and last and first > last:
            first, last = last, first
        entries.append(TimelineRow("Sag & <i>", first, last, ("",), is_done, has_mark))
    drawn = ElementTree.fromstring(drawing.svg(plot(*entries), shape, key="k"))
    height = float(drawn.attrib["viewBox"].split()[3])
    for each in drawn.iter():
        if each.tag.endswith("rect") and "x" in each.attrib and float(each.attrib["width"]) != 32:
            assert shape.names <= float(each.attrib["x"])
            assert float(each.attrib["x"]) + float(each.attrib["width"]) <= shape.width
            assert float(each.attrib["y"]) + float(each.attrib["height"]) <= height
        if each.tag.endswith("polygon"):
            across = [float(corner.split(",")[0]) for corner in each.attrib["points"].split()]
            assert min(across) >= 0
            assert max(across) <= shape.width


def test_the_table_has_each_thing_and_the_note_says_today() -> None:
    shown = plot(TimelineRow("Etape 1", START, START + timedelta(days=90), ("01.04.2026",), has_mark=True))
    assert shown.columns() == ["Hvad", "Dag"]
    assert shown.rows() == [["Etape 1", "01.04.2026"]]
    assert shown.notes() == ["I dag: 02.03.2026"]


def test_a_plan_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        plot(TimelineRow("Bagvendt", START + timedelta(days=2), START, ("",)))
    with pytest.raises(ValueError, match="one cell"):
        plot(TimelineRow("Uden dag", None, START, ()))
