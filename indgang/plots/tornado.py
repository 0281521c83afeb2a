"""Draws a tornado: a bar for each assumption, from what comes out at its low end to what comes out at its high end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indgang.plots.bars import MOST_BARS
from indgang.plots.frame import Shape, element, entry, picture, pixels, text_width, words
from indgang.plots.numbers import ticks, written
from indgang.plots.plot import PlotSwing, TornadoPlot

_THICK = 16.0


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to pixels, with room for the words at both ends of a bar."""

    shape: Shape
    low: float
    high: float
    room: float

    def x(self, value: float) -> float:
        left, right = self.shape.names + 8.0 + self.room, self.shape.width - self.room
        return left + (value - self.low) / (self.high - self.low) * (right - left)


def draw(plot: TornadoPlot, shape: Shape, *, key: str) -> str:
    swings = plot.swings[:MOST_BARS]
    values = [plot.base, *(value for each in swings for value in (each.at_low, each.at_high))]
    edges = ticks(min(values), max(values), plot.unit, most=3 if shape.names else 2)
    ends = [text_width(end, shape) for each in swings for end in (each.low, each.high)]
    scale = _Scale(shape, edges[0], edges[-1], min(max(ends, default=0.0), 70.0) + 8)
    step = _THICK + 12 + (0 if shape.names else shape.line)
    bottom = 8 + len(swings) * step
    inside = [*_axis(plot, edges, scale, bottom)]
    for row, each in enumerate(swings):
        inside += _swing(each, 8 + row * step, plot, scale)
    legend = element("path", "plot-target", d="M4 -5h32")
    inside.append(entry(legend, f"{plot.base_name}: {written(plot.base, plot.unit)}", bottom + 2.6 * shape.line, shape))
    return picture(shape, bottom + 3.1 * shape.line, key=key, title=plot.title, about=plot.about, inside=inside)


def _axis(plot: TornadoPlot, edges: list[float], scale: _Scale, bottom: float) -> Iterator[str]:
    shape = scale.shape
    for value in edges:
        x = scale.x(value)
        yield element("path", "plot-grid", d=f"M{pixels(x)} 2V{pixels(bottom)}")
        text = written(value, plot.unit)
        half = text_width(text, shape) / 2
        middle = min(max(x, half + 2), shape.width - half - 2)
        yield words(
            text, middle, bottom + shape.line, room=2 * half + 8, shape=shape, style="plot-soft", anchor="middle"
        )
    yield element("path", "plot-target", d=f"M{pixels(scale.x(plot.base))} 2V{pixels(bottom)}")


def _swing(swing: PlotSwing, top: float, plot: TornadoPlot, scale: _Scale) -> Iterator[str]:
    shape = scale.shape
    if shape.names:
        yield words(swing.name, shape.names, top + _THICK - 3, room=shape.names - 4.0, shape=shape, style="plot-label",
                    anchor="end")  # fmt: skip
    else:
        yield words(swing.name, 4, top + shape.text, room=shape.width - 8.0, shape=shape, style="plot-label")
        top += shape.line
    base = scale.x(plot.base)
    for style, value, end in (("plot-baseline", swing.at_low, swing.low), ("plot-bar", swing.at_high, swing.high)):
        x = scale.x(value)
        yield element("rect", style, x=min(base, x), y=top, width=max(abs(x - base), 1.0), height=_THICK)
        is_left = x < base or (x == base and style == "plot-baseline")
        yield words(end, x - 5 if is_left else x + 5, top + _THICK - 3, room=scale.room, shape=shape,
                    style="plot-label", anchor="end" if is_left else "start")  # fmt: skip
