"""Draws a bar for each group, of parts that lie end to end."""

from __future__ import annotations

from collections.abc import Iterator

from indgang.plots.frame import Shape, element, entry, picture, text_width, words
from indgang.plots.numbers import ticks, written
from indgang.plots.plot import StackedBar, StackedPlot

#: bars that are drawn; the table has all
MOST_BARS = 40
_THICK = 18.0
#: how each part looks: full, half and pale with a dashed edge, so that no colour is needed to tell them apart
_STYLES = ("plot-bar", "plot-range-1", "plot-range-0")


def draw(plot: StackedPlot, shape: Shape, *, key: str) -> str:
    """The picture. The length of the whole stands at the end of each bar, and each part's where it has room."""
    longest = ticks(0.0, max((sum(each.values) for each in plot.bars), default=0.0), plot.unit)[-1]
    step = _THICK + 12 + (0 if shape.names else shape.line)
    inside: list[str] = []
    for row, each in enumerate(plot.bars[:MOST_BARS]):
        inside += _bar(each, 8 + row * step, longest, plot, shape)
    bottom = 8 + len(plot.bars[:MOST_BARS]) * step
    for sample, text in _legend(plot):
        bottom += shape.line
        inside.append(entry(sample, text, bottom, shape))
    return picture(shape, bottom + shape.line / 2, key=key, title=plot.title, about=plot.about, inside=inside)


def _bar(bar: StackedBar, top: float, longest: float, plot: StackedPlot, shape: Shape) -> Iterator[str]:
    left = shape.names + 8.0
    if shape.names:
        yield words(
            bar.name, shape.names, top + _THICK - 4, room=shape.names - 4.0, shape=shape, style="plot-label",
            anchor="end",
        )  # fmt: skip
    else:
        yield words(bar.name, 4, top + shape.text, room=shape.width - 8.0, shape=shape, style="plot-label")
        top += shape.line
    x, scale = left, (shape.width - shape.right - left) / longest
    for style, value in zip(_STYLES, bar.values, strict=False):
        width, said = value * scale, written(value, plot.unit)
        if value:
            yield element("rect", style, x=x, y=top, width=width, height=_THICK)
        if value and text_width(said, shape) + 6 < width:
            yield words(said, x + 3, top + _THICK - 4, room=width - 3, shape=shape, style="plot-label")
        x += width
    whole = written(sum(bar.values), plot.unit)
    yield words(whole, x + 6, top + _THICK - 4, room=shape.width - x - 6, shape=shape, style="plot-label")


def _legend(plot: StackedPlot) -> Iterator[tuple[str, str]]:
    """A sample of each part with its name, and how many bars are left out."""
    for style, name in zip(_STYLES, plot.parts, strict=False):
        yield element("rect", style, x=4, y=-11, width=32, height=12), name
    if len(plot.bars) > MOST_BARS:
        yield "", f"… +{len(plot.bars) - MOST_BARS}"
