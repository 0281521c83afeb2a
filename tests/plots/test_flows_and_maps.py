"""Sankeys and maps of points: every number has its place, and nothing leaves the picture."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from indgang.plots import drawing
from indgang.plots.frame import NARROW, WIDE, Shape
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import MapPoint, PointPlot, SankeyFlow, SankeyNode, SankeyPlot

SANKEY = SankeyPlot(
    "Strømme", "Hvem løser", ValueUnit.COUNT,
    (SankeyNode("m", "Hovedindgang", 0), SankeyNode("b", "Byliv & <i>", 1), SankeyNode("n", "Nul", 1),
     SankeyNode("d", "Digitalt", 2), SankeyNode("k", "Kontaktcenter", 2)),
    (SankeyFlow("m", "b", 300.0), SankeyFlow("b", "d", 100.0), SankeyFlow("b", "k", 200.0)),
    ("I dag", "Enhed", "Fremover"), ("Fra", "Til", "Antal"),
)  # fmt: skip
MAP = PointPlot(
    "Kort", "Ydelser", (MapPoint("A", 4, 1), MapPoint("B", 12, 89_000), MapPoint("C", 12, 89_000)), "Kompleksitet",
    "Sager", 8.5, 1_500, ("a", "b", "c", "d"), "Ydelse",
)  # fmt: skip


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_nodes_are_as_tall_as_what_flows_through_them(shape: Shape) -> None:
    drawn = drawing.svg(SANKEY, shape, key="k")
    boxes = [each for each in ElementTree.fromstring(drawn).iter() if each.tag.endswith("rect")]
    heights = [float(each.attrib["height"]) for each in boxes]
    assert len(heights) == 4, "nothing flows through Nul"
    assert heights[0] == pytest.approx(heights[1], abs=0.2)
    assert heights[2] + heights[3] == pytest.approx(heights[1], abs=0.3)
    assert "Byliv &amp; &lt;i&gt; 300" in drawn or shape is NARROW


def test_a_flow_needs_its_nodes_and_no_minus() -> None:
    for flow in (SankeyFlow("m", "x", 1.0), SankeyFlow("m", "b", -1.0)):
        with pytest.raises(ValueError, match="flow"):
            SankeyPlot("t", "a", ValueUnit.COUNT, SANKEY.nodes, (flow,), (), ("a", "b", "c"))


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_points_lie_inside_and_not_on_each_other(shape: Shape) -> None:
    drawn = drawing.svg(MAP, shape, key="k")
    places = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert len(set(places)) == 3
    assert all(shape.left <= x <= shape.width and y > 0 for x, y in places)


@pytest.mark.parametrize("plot", [SankeyPlot("t", "a", ValueUnit.COUNT, (), (), (), ("a", "b", "c")),
                                  PointPlot("t", "a", (), "x", "y", 1, 1, ("a", "b", "c", "d"), "w")])  # fmt: skip
def test_nothing_is_said_when_there_is_nothing(plot: SankeyPlot | PointPlot) -> None:
    assert "Ingen data" in drawing.svg(plot, WIDE, key="k", nothing="Ingen data")


def test_the_tables_have_every_number() -> None:
    assert SANKEY.rows()[0] == ["Hovedindgang", "Byliv & <i>", "300"]
    assert MAP.rows()[1] == ["B", "12", "89.000"]
