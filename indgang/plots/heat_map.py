"""Draws a heat map: a cell for each column and row, the stronger the larger its value, with the number in it.

What is below zero has a colour of its own and a minus sign, so that colour alone tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from indgang.plots.frame import Shape, element, picture, text_width, words
from indgang.plots.numbers import decimal
from indgang.plots.plot import HeatPlot

_TOP, _GAP = 26.0, 2.0
#: of the strongest cell: the number in it can still be read
_STRONGEST, _WEAKEST = 0.62, 0.06


def draw(plot: HeatPlot, shape: Shape, *, key: str, nothing: str) -> str:
    """The picture. `nothing` is written when no cell has a value."""
    if not any(value is not None for row in plot.values for value in row):
        said = words(nothing, shape.width / 2, 34, room=shape.width - 20.0, shape=shape, style="plot-soft",
                     anchor="middle")  # fmt: skip
        return picture(shape, 60, key=key, title=plot.title, about=plot.about, inside=[said])
    left = max(text_width(each, shape) for each in plot.row_names) + 10
    wide, tall = (shape.width - left) / max(len(plot.column_names), 1), shape.line * 1.15
    inside = [*_headings(plot, shape, left, wide), *_rows(plot, shape, left, wide, tall)]
    height = _TOP + tall * len(plot.row_names) + 4
    return picture(shape, height, key=key, title=plot.title, about=plot.about, inside=inside)


def _headings(plot: HeatPlot, shape: Shape, left: float, wide: float) -> Iterator[str]:
    for place, name in enumerate(plot.column_names):
        middle = left + (place + 0.5) * wide
        yield words(name, middle, shape.text + 2.0, room=wide, shape=shape, style="plot-soft", anchor="middle")


def _rows(plot: HeatPlot, shape: Shape, left: float, wide: float, tall: float) -> Iterator[str]:
    known = [value for row in plot.values for value in row if value is not None]
    low, high = (0.0, max(map(abs, known))) if plot.is_signed else (min(known), max(known))
    for number, (name, row) in enumerate(zip(plot.row_names, plot.values, strict=True)):
        top = _TOP + number * tall
        baseline = top + tall / 2 + shape.text / 3
        yield words(name, left - 8, baseline, room=left - 8, shape=shape, style="plot-soft", anchor="end")
        for place, value in enumerate(row):
            if value is None:
                continue
            x = left + place * wide
            share = (abs(value) - low) / (high - low) if high > low else 0.5
            strength = _WEAKEST + share * (_STRONGEST - _WEAKEST)
            style = "plot-heat-below" if value < 0 else "plot-heat"
            yield element("rect", style, x=x, y=top, width=wide - _GAP, height=tall - _GAP,
                          fill_opacity=f"{strength:.2f}")  # fmt: skip
            yield words(_number(value), x + (wide - _GAP) / 2, baseline, room=wide - _GAP, shape=shape,
                        anchor="middle")  # fmt: skip


def _number(value: float) -> str:
    """Short, with the minus sign that people write; the table has the unit."""
    return decimal(value, 0 if abs(value) >= 10 else 1).replace("-", "\N{MINUS SIGN}")
