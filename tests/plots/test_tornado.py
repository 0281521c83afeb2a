"""Tornadoes: each assumption at both ends, read by words and place and not by colour alone."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from indgang.plots import drawing
from indgang.plots.frame import NARROW, WIDE, Shape
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import PlotSwing, TornadoPlot

TORNADO = TornadoPlot(
    "Følsomhed", "Hvad der betyder mest", ValueUnit.COUNT, 100.0, "Nutidsværdi",
    (PlotSwing("Årsværk <i>", "8", "11", -2000.0, 6500.0), PlotSwing("Pris", "520", "580", 150.0, 50.0)),
    ("Forudsætning", "lav", "høj"),
)  # fmt: skip


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_each_bar_goes_from_the_base_to_its_ends_and_carries_their_words(shape: Shape) -> None:
    picture = ElementTree.fromstring(drawing.svg(TORNADO, shape, key="k"))
    boxes = [each for each in picture.iter() if each.tag.endswith("rect")]
    places = [(float(each.attrib["x"]), float(each.attrib["width"])) for each in boxes]
    assert len(places) == 4
    base = places[0][0] + places[0][1]
    assert places[1][0] == pytest.approx(base, abs=0.2)
    assert places[2][0] == pytest.approx(base, abs=0.2), "a low end may be the better one"
    assert all(x >= 0 and x + width <= shape.width for x, width in places)
    words = [each.text for each in picture.iter() if each.tag.endswith("text")]
    assert {"8", "11", "520", "580"} <= set(words)


def test_the_table_has_both_ends() -> None:
    assert TORNADO.rows()[0] == ["Årsværk <i>", "-2.000 (8)", "6.500 (11)"]
    assert not re.search("<i>", drawing.svg(TORNADO, WIDE, key="k"))
