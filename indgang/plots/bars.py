"""Draws a bar for each group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indgang.plots.frame import Shape, element, entry, picture, pixels, words
from indgang.plots.numbers import ticks, written
from indgang.plots.plot import BarPlot

#: bars that are drawn; the table has all
MOST_BARS = 40
_THICK = 16.0


@dataclass(frozen=True, slots=True)
class _Scale:
    shape: Shape
    low: float
    high: float

    def x(self, value: float) -> float:
        left = self.shape.names + 8.0
        return left + (value - self.low) / (self.high - self.low) * (self.right - left)

    @property
    def right(self) -> float:
        """The end of the longest bar; its number stands right of it."""
        return float(self.shape.width - self.shape.right)


def draw(plot: BarPlot, shape: Shape, *, key: str, nothing: str) -> str:
    """The picture. `nothing` is written for a group without data."""
    known = [each.value for each in plot.bars if each.value is not None] + [each.value for each in plot.targets]
    edges = ticks(min([0.0, *known]), max([0.0, *known]), plot.unit)
    scale = _Scale(shape, edges[0], edges[-1])
    step = _THICK + 12 + (0 if shape.names else shape.line)
    bottom = 8 + len(plot.bars[:MOST_BARS]) * step
    inside = list(_lines(plot, scale, bottom))
    for row, each in enumerate(plot.bars[:MOST_BARS]):
        inside += _bar(each.name, each.value, 8 + row * step, plot, scale, nothing)
    for sample, text in _legend(plot):
        bottom += shape.line
        inside.append(entry(sample, text, bottom, shape))
    return picture(shape, bottom + shape.line / 2, key=key, title=plot.title, about=plot.about, inside=inside)


def _bar(name: str, value: float | None, top: float, plot: BarPlot, scale: _Scale, nothing: str) -> Iterator[str]:
    shape = scale.shape
    if shape.names:
        yield words(
            name, shape.names, top + _THICK - 3, room=shape.names - 4.0, shape=shape, style="plot-label", anchor="end"
        )
    else:
        yield words(name, 4, top + shape.text, room=shape.width - 8.0, shape=shape, style="plot-label")
        top += shape.line
    zero = scale.x(0)
    end = zero if value is None else scale.x(value)
    if value is not None:
        yield element("rect", "plot-bar", x=min(zero, end), y=top, width=abs(end - zero), height=_THICK)
    said = nothing if value is None else written(value, plot.unit)
    x = max(zero, end) + 6
    yield words(said, x, top + _THICK - 3, room=shape.width - x, shape=shape, style="plot-label")


def _lines(plot: BarPlot, scale: _Scale, bottom: float) -> Iterator[str]:
    """Zero and the targets, across all bars."""
    yield element("path", "plot-axis", d=f"M{pixels(scale.x(0))} 2V{pixels(bottom)}")
    for target in plot.targets:
        yield element("path", "plot-target", d=f"M{pixels(scale.x(target.value))} 2V{pixels(bottom)}")


def _legend(plot: BarPlot) -> Iterator[tuple[str, str]]:
    """How many bars are left out, and the targets: a sample, and its name."""
    if len(plot.bars) > MOST_BARS:
        yield "", f"… +{len(plot.bars) - MOST_BARS}"
    for target in plot.targets:
        yield element("path", "plot-target", d="M4 -5h32"), f"{target.name}: {written(target.value, plot.unit)}"
