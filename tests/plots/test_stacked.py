"""Stacked bars: parts end to end, told apart without colour, with a table behind them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from indgang.plots import drawing
from indgang.plots.frame import NARROW, WIDE, Shape
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import StackedBar, StackedPlot


def plot(*bars: StackedBar, parts: tuple[str, ...] = ("Digitalt", "Center", "Sagsbehandler")) -> StackedPlot:
    return StackedPlot("Potentiale", "Efter enhed", ValueUnit.COUNT, "Enhed", "I alt", parts, bars)


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_the_parts_of_a_bar_lie_end_to_end_and_look_different(shape: Shape) -> None:
    drawn = drawing.svg(plot(StackedBar("Byliv", (700, 11550, 3550)), StackedBar("Trafik", (0, 10, 0))), shape, key="k")
    picture = ElementTree.fromstring(drawn)
    boxes = [each.attrib for each in picture.iter() if each.tag.endswith("rect") and float(each.attrib["y"]) > 0]
    ends = [float(each["x"]) + float(each["width"]) for each in boxes]
    assert len(boxes) == 4, "nothing is drawn of nothing"
    assert [float(each["x"]) for each in boxes[1:3]] == pytest.approx(ends[:2], abs=0.2)
    assert max(ends) <= shape.width
    assert len({each["class"] for each in boxes[:3]}) == 3
    words = [each.text for each in picture.iter() if each.tag.endswith("text")]
    assert {"15.800", "11.550", "Digitalt"} <= set(words)


def test_the_table_has_each_part_and_the_whole() -> None:
    made = plot(StackedBar("Byliv", (700, 11550, 3550)))
    assert made.columns() == ["Enhed", "Digitalt", "Center", "Sagsbehandler", "I alt"]
    assert made.rows() == [["Byliv", "700", "11.550", "3.550", "15.800"]]
    assert "svg" in drawing.svg(plot(), WIDE, key="k")


@pytest.mark.parametrize(
    ("values", "why"),
    [((1.0, 2.0), "all of them"), ((1.0, -2.0, 3.0), "not negative"), ((1.0, float("nan"), 3.0), "cannot be plotted")],
)
def test_what_cannot_lie_end_to_end_is_refused(values: tuple[float, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        plot(StackedBar("a", values))
