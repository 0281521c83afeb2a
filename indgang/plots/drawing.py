"""Draws any plot."""

from __future__ import annotations

from indgang.plots import bars, heat_map, lines, point_map, sankey, spans, stacked, timeline, tornado
from indgang.plots.frame import Shape
from indgang.plots.plot import (
    NOTHING,
    HeatPlot,
    Plot,
    PointPlot,
    SankeyPlot,
    SpanPlot,
    StackedPlot,
    TimelinePlot,
    TimePlot,
    TornadoPlot,
)


def svg(plot: Plot, shape: Shape, *, key: str, nothing: str = NOTHING) -> str:
    """The plot as SVG: safe for a page, and complete without a style sheet. `key` makes its ids unique on a page;
    `nothing` is written where there is no data.

    Raises ValueError for more lines than the eye can tell apart (`lines.MOST_SERIES`).
    """
    if isinstance(plot, TimePlot):
        return lines.draw(plot, shape, key=key, nothing=nothing)
    if isinstance(plot, StackedPlot):
        return stacked.draw(plot, shape, key=key)
    if isinstance(plot, SpanPlot):
        return spans.draw(plot, shape, key=key, nothing=nothing)
    if isinstance(plot, TornadoPlot):
        return tornado.draw(plot, shape, key=key)
    if isinstance(plot, SankeyPlot):
        return sankey.draw(plot, shape, key=key, nothing=nothing)
    if isinstance(plot, PointPlot):
        return point_map.draw(plot, shape, key=key, nothing=nothing)
    if isinstance(plot, TimelinePlot):
        return timeline.draw(plot, shape, key=key, nothing=nothing)
    if isinstance(plot, HeatPlot):
        return heat_map.draw(plot, shape, key=key, nothing=nothing)
    return bars.draw(plot, shape, key=key, nothing=nothing)
