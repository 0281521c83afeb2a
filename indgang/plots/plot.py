"""What a plot shows. The words are the caller's, so that they are in the reader's language.

A value is None where there is no data: a gap in a line, a row without a bar. Zero is a value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from indgang.plots.numbers import ValueUnit, between, written

#: the largest number that a plot shows; larger ones are faults of their sender
LARGEST = 1e12
#: instead of a number, in plots and tables
NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class PlotMoment:
    """A place on the axis of time, and its name there (`uge 12`, `mar. 2026`)."""

    at: date
    name: str

    @property
    def position(self) -> float:
        """In days."""
        return _days(self.at)


@dataclass(frozen=True, slots=True)
class Series:
    """A line: one value for each moment of the plot."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class PlotTarget:
    """A value to reach, with its name ("Mål"). Over time it can change: `since` is its first day, `until` the day
    after its last."""

    name: str
    value: float
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A range of values that is expected: the baseline with its uncertainty, or the limits of a control chart. `method`
    says in words how it is computed."""

    name: str
    low: float
    high: float
    method: str = ""


@dataclass(frozen=True, slots=True)
class PlotRange:
    """Where values are expected at each moment: `low` and `high` have one value for each, or None."""

    name: str
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on a day and may explain a change: a strike, a new flow."""

    name: str
    at: date

    @property
    def position(self) -> float:
        return _days(self.at)


@dataclass(frozen=True, slots=True)
class TimePlot:
    """Series over time, and what they are held against. `about` says in a sentence what the picture shows; `when` is
    the heading of the moments in the table."""

    title: str
    about: str
    unit: ValueUnit
    when: str
    moments: tuple[PlotMoment, ...]
    series: tuple[Series, ...]
    targets: tuple[PlotTarget, ...] = ()
    baseline: Band | None = None
    limits: Band | None = None
    happenings: tuple[Happening, ...] = ()
    ranges: tuple[PlotRange, ...] = ()
    """The widest first, so that the narrower lie on top."""

    def __post_init__(self) -> None:
        positions = [each.position for each in self.moments]
        if any(a >= b for a, b in pairwise(positions)):
            raise ValueError("the moments of a plot must be in order, each once")
        if any(len(each.values) != len(self.moments) for each in self.series):
            raise ValueError("a series needs one value or None for each moment")
        _check(value for each in self.series for value in each.values)
        if any(len(side) != len(self.moments) for each in self.ranges for side in (each.low, each.high)):
            raise ValueError("a range needs two values or None for each moment")
        _check(value for each in self.ranges for side in (each.low, each.high) for value in side)
        _check(each.value for each in self.targets)
        _check(edge for band in (self.baseline, self.limits) if band for edge in (band.low, band.high))

    def columns(self) -> list[str]:
        """The headings of the table behind the plot."""
        lines = [*(each.name for each in self.series), *(each.name for each in self.ranges)]
        return [self.when, *lines, *(each.name for each in self.targets)]

    def rows(self) -> list[list[str]]:
        """The rows of the table: the name of each moment, and each number."""
        return [
            [moment.name]
            + [said(series.values[index], self.unit) for series in self.series]
            + [_between(each, index, self.unit) for each in self.ranges]
            + [said(_target_at(target, moment.at), self.unit) for target in self.targets]
            for index, moment in enumerate(self.moments)
        ]

    def notes(self) -> list[str]:
        """The bands and the happenings in words, below the table."""
        return [
            *(f"{each.name}: {between(each.low, each.high, self.unit)}" + (f" ({each.method})" if each.method else "")
              for each in (self.baseline, self.limits) if each),
            *(f"{each.at:%d.%m.%Y}: {each.name}" for each in self.happenings),
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlotBar:
    """One group with its value."""

    name: str
    value: float | None


@dataclass(frozen=True, slots=True)
class BarPlot:
    """A bar for each group, in the given order. `what` and `measured` are the headings of the table."""

    title: str
    about: str
    unit: ValueUnit
    what: str
    measured: str
    bars: tuple[PlotBar, ...]
    targets: tuple[PlotTarget, ...] = ()

    def __post_init__(self) -> None:
        _check(each.value for each in self.bars)
        _check(each.value for each in self.targets)

    def columns(self) -> list[str]:
        return [self.what, self.measured]

    def rows(self) -> list[list[str]]:
        return [[each.name, said(each.value, self.unit)] for each in self.bars]

    def notes(self) -> list[str]:
        return [f"{each.name}: {written(each.value, self.unit)}" for each in self.targets]


@dataclass(frozen=True, slots=True)
class StackedBar:
    """One group with the value of each part."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StackedPlot:
    """A bar for each group, of two or three parts that lie end to end. `what` and `whole` are headings of the table."""

    title: str
    about: str
    unit: ValueUnit
    what: str
    whole: str
    parts: tuple[str, ...]
    bars: tuple[StackedBar, ...]

    def __post_init__(self) -> None:
        _check(value for each in self.bars for value in each.values)
        if not 2 <= len(self.parts) <= 3 or any(len(each.values) != len(self.parts) for each in self.bars):
            raise ValueError("two or three parts, and each bar has all of them")
        if any(value < 0 for each in self.bars for value in each.values):
            raise ValueError("parts that lie end to end are not negative")

    def columns(self) -> list[str]:
        return [self.what, *self.parts, self.whole]

    def rows(self) -> list[list[str]]:
        return [
            [each.name, *(written(value, self.unit) for value in each.values), written(sum(each.values), self.unit)]
            for each in self.bars
        ]

    def notes(self) -> list[str]:
        return []


@dataclass(frozen=True, slots=True)
class PlotSpan:
    """From `start` until `end`. `words` are its cells in the table, in the order of the plot's headings."""

    start: datetime
    end: datetime
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlotLane:
    """The spans of one kind. It has a lane of its own, so that its place tells it from the others and not its colour
    alone; `is_strong` lanes stand out."""

    name: str
    spans: tuple[PlotSpan, ...]
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class SpanPlot:
    """When things were, between `start` and `end`. `ticks` are moments on the axis with their names; `headings` those
    of the table, which has a row for each span in the order of time."""

    title: str
    about: str
    start: datetime
    end: datetime
    lanes: tuple[PlotLane, ...]
    headings: tuple[str, ...]
    ticks: tuple[tuple[datetime, str], ...] = ()

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("the spans of a plot need some time")
        if any(span.start > span.end for lane in self.lanes for span in lane.spans):
            raise ValueError("a span must not end before it begins")
        if any(len(span.words) != len(self.headings) for lane in self.lanes for span in lane.spans):
            raise ValueError("a span needs one cell for each heading")

    def columns(self) -> list[str]:
        return list(self.headings)

    def rows(self) -> list[list[str]]:
        spans = sorted((span for lane in self.lanes for span in lane.spans), key=lambda each: (each.start, each.end))
        return [list(each.words) for each in spans]

    def notes(self) -> list[str]:
        return []


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """Something of a plan: from `starts` until `ends`, or on `ends` alone; without days it is a row without a bar.
    `words` are its other cells in the table; `has_mark` sets a diamond on its last day."""

    name: str
    starts: date | None
    ends: date | None
    words: tuple[str, ...]
    is_done: bool = False
    has_mark: bool = False


@dataclass(frozen=True, slots=True)
class TimelinePlot:
    """A plan between `start` and `end` with a line for `today`. `ticks` are days on the axis with their names;
    `headings` those of the table, of which the first is that of the names."""

    title: str
    about: str
    start: date
    end: date
    today: date
    today_name: str
    done_name: str
    entries: tuple[TimelineRow, ...]
    headings: tuple[str, ...]
    ticks: tuple[tuple[date, str], ...] = ()

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("a plan needs some time")
        if any(each.starts and each.ends and each.starts > each.ends for each in self.entries):
            raise ValueError("nothing of a plan ends before it begins")
        if any(len(each.words) + 1 != len(self.headings) for each in self.entries):
            raise ValueError("each thing of a plan needs one cell for each heading")

    def columns(self) -> list[str]:
        return list(self.headings)

    def rows(self) -> list[list[str]]:
        return [[each.name, *each.words] for each in self.entries]

    def notes(self) -> list[str]:
        return [f"{self.today_name}: {self.today:%d.%m.%Y}"]


@dataclass(frozen=True, slots=True)
class PlotSwing:
    """What comes out at the two ends of one assumption; `low` and `high` are the ends in words."""

    name: str
    low: str
    high: str
    at_low: float
    at_high: float


@dataclass(frozen=True, slots=True)
class TornadoPlot:
    """How far each assumption moves a result from `base`, in the given order. `headings` are those of the table: what,
    at the low end, at the high end."""

    title: str
    about: str
    unit: ValueUnit
    base: float
    base_name: str
    swings: tuple[PlotSwing, ...]
    headings: tuple[str, str, str]

    def __post_init__(self) -> None:
        _check(value for each in self.swings for value in (each.at_low, each.at_high))
        _check(iter([self.base]))

    def columns(self) -> list[str]:
        return list(self.headings)

    def rows(self) -> list[list[str]]:
        return [
            [each.name]
            + [
                f"{said(value, self.unit)} ({end})"
                for value, end in ((each.at_low, each.low), (each.at_high, each.high))
            ]
            for each in self.swings
        ]

    def notes(self) -> list[str]:
        return [f"{self.base_name}: {written(self.base, self.unit)}"]


@dataclass(frozen=True, slots=True)
class SankeyNode:
    """Where flows come from or go to. `code` is its own among all; `column` counts from the left."""

    code: str
    name: str
    column: int


@dataclass(frozen=True, slots=True)
class SankeyFlow:
    """How much goes from one node to another."""

    start: str
    end: str
    value: float


@dataclass(frozen=True, slots=True)
class SankeyPlot:
    """Flows between columns of nodes. `columns_named` are the headings of the columns, `headings` those of the table:
    from, to, how much."""

    title: str
    about: str
    unit: ValueUnit
    nodes: tuple[SankeyNode, ...]
    flows: tuple[SankeyFlow, ...]
    columns_named: tuple[str, ...]
    headings: tuple[str, str, str]

    def __post_init__(self) -> None:
        _check(each.value for each in self.flows)
        if any(each.value < 0 for each in self.flows):
            raise ValueError("a flow cannot be below zero")
        if {code for each in self.flows for code in (each.start, each.end)} - {each.code for each in self.nodes}:
            raise ValueError("a flow needs both its nodes")

    def by_column(self) -> list[list[SankeyNode]]:
        """The nodes that something flows through, from left to right."""
        shown = [each for each in self.nodes if self.size(each)]
        columns = sorted({each.column for each in shown})
        return [[each for each in shown if each.column == column] for column in columns]

    def size(self, node: SankeyNode) -> float:
        """What comes into the node or leaves it, whichever is more."""
        coming = sum(each.value for each in self.flows if each.end == node.code)
        leaving = sum(each.value for each in self.flows if each.start == node.code)
        return max(coming, leaving)

    def columns(self) -> list[str]:
        return list(self.headings)

    def rows(self) -> list[list[str]]:
        names = {each.code: each.name for each in self.nodes}
        return [[names[each.start], names[each.end], said(each.value, self.unit)] for each in self.flows]

    def notes(self) -> list[str]:
        return []


class PointMark(StrEnum):
    """A dot, a square, or a ring for a place that is only proposed."""

    PLAIN = "plain"
    CHANGED = "changed"
    PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A thing with its place on a map of two measures."""

    name: str
    across: float
    up: float
    mark: PointMark = PointMark.PLAIN


@dataclass(frozen=True, slots=True)
class PointPlot:
    """A map of points, divided by a limit in each direction. `corners` are the words for low and small, high and
    small, low and large, high and large; `what` heads the names in the table."""

    title: str
    about: str
    points: tuple[MapPoint, ...]
    across_name: str
    up_name: str
    across_limit: float
    up_limit: float
    corners: tuple[str, str, str, str]
    what: str

    def __post_init__(self) -> None:
        _check(value for each in self.points for value in (each.across, each.up))

    def columns(self) -> list[str]:
        return [self.what, self.across_name, self.up_name]

    def rows(self) -> list[list[str]]:
        return [
            [each.name, written(each.across, ValueUnit.COUNT), written(each.up, ValueUnit.COUNT)]
            for each in self.points
        ]

    def notes(self) -> list[str]:
        return []


@dataclass(frozen=True, slots=True)
class HeatPlot:
    """A value for each column and row, as of the days and half-hours of a week. `when` is the heading of the rows in
    the table. With `is_signed` values below zero are a lack, and the strength of a cell counts from zero."""

    title: str
    about: str
    unit: ValueUnit
    when: str
    column_names: tuple[str, ...]
    row_names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    is_signed: bool = False

    def __post_init__(self) -> None:
        if {len(self.column_names)} != {len(each) for each in self.values} or len(self.values) != len(self.row_names):
            raise ValueError("a heat map needs one value or None for each column and row")
        _check(value for row in self.values for value in row)

    def columns(self) -> list[str]:
        return [self.when, *self.column_names]

    def rows(self) -> list[list[str]]:
        return [
            [name, *(said(value, self.unit) for value in row)]
            for name, row in zip(self.row_names, self.values, strict=True)
        ]

    def notes(self) -> list[str]:
        return []


Plot = TimePlot | BarPlot | StackedPlot | SpanPlot | TornadoPlot | SankeyPlot | PointPlot | TimelinePlot | HeatPlot


def said(value: float | None, unit: ValueUnit) -> str:
    """The number as it is written, or a dash."""
    return NOTHING if value is None else written(value, unit)


def _between(shown: PlotRange, index: int, unit: ValueUnit) -> str:
    low, high = shown.low[index], shown.high[index]
    return NOTHING if low is None or high is None else between(low, high, unit)


def _check(values: Iterator[float | None]) -> None:
    for value in values:
        if value is not None and not (math.isfinite(value) and abs(value) <= LARGEST):
            raise ValueError(f"{value} cannot be plotted; no data is None")


def _target_at(target: PlotTarget, at: date) -> float | None:
    day = _days(at)
    begun = target.since is None or _days(target.since) <= day
    over = target.until is not None and _days(target.until) <= day
    return target.value if begun and not over else None


def _days(at: date) -> float:
    if isinstance(at, datetime):
        return at.toordinal() + (at - datetime.combine(at.date(), time(), at.tzinfo)) / timedelta(days=1)
    return float(at.toordinal())
