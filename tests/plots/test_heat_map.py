"""Heat maps: every value has its cell, the number stands in it, and what is missing has none."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from indgang.plots import drawing
from indgang.plots.frame import NARROW, WIDE, Shape
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import HeatPlot


def heat(*values: tuple[float | None, ...], is_signed: bool = False) -> HeatPlot:
    return HeatPlot(
        "Ugen", "Behov i ugen", ValueUnit.COUNT, "Fra kl.", tuple(f"dag {each}" for each in range(len(values[0]))),
        tuple(f"0{each}.00" for each in range(len(values))), values, is_signed,
    )  # fmt: skip


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_each_value_is_a_cell_inside_the_picture_and_the_largest_is_the_strongest(shape: Shape) -> None:
    drawn = ElementTree.fromstring(drawing.svg(heat((1.0, 4.0, None), (0.0, 12.5, 3.0)), shape, key="k"))
    cells = [each for each in drawn.iter() if each.tag.endswith("rect")]
    assert len(cells) == 5
    strength = [float(each.attrib["fill-opacity"]) for each in cells]
    assert strength.index(max(strength)) == 3
    assert strength.index(min(strength)) == 2
    height = float(drawn.attrib["viewBox"].split()[3])
    for each in cells:
        assert float(each.attrib["x"]) + float(each.attrib["width"]) <= shape.width
        assert float(each.attrib["y"]) + float(each.attrib["height"]) <= height


def test_what_is_below_zero_has_a_sign_and_a_look_of_its_own() -> None:
    drawn = drawing.svg(heat((-2.0, 0.0, 3.0), is_signed=True), WIDE, key="k")
    assert drawn.count('"plot-heat-below"') == 1
    assert "\N{MINUS SIGN}2<" in drawn


def test_the_table_has_a_row_for_each_half_hour_and_nothing_is_said() -> None:
    plot = heat((1.0, None), (2.5, 3.0))
    assert plot.columns() == ["Fra kl.", "dag 0", "dag 1"]
    assert plot.rows() == [["00.00", "1", "–"], ["01.00", "2,5", "3"]]
    assert "Ingen data" in drawing.svg(heat((None, None)), WIDE, key="k", nothing="Ingen data")


def test_cells_must_fill_the_map() -> None:
    with pytest.raises(ValueError, match="one value or None"):
        heat((1.0, 2.0), (1.0,))
    with pytest.raises(ValueError, match="cannot be plotted"):
        heat((float("inf"),))
