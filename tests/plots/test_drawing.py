"""Plots: each value lies where it says, nothing leaves the picture, a gap is a gap, and many points stay small."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from indgang.plots import frame, lines
from indgang.plots.drawing import svg
from indgang.plots.frame import LETTER, NARROW, WIDE, Shape
from indgang.plots.numbers import ValueUnit, ticks, written
from indgang.plots.plot import (
    Band,
    BarPlot,
    Happening,
    Plot,
    PlotBar,
    PlotLane,
    PlotMoment,
    PlotRange,
    PlotSpan,
    PlotTarget,
    Series,
    SpanPlot,
    TimePlot,
)
from indgang.plots.storing import restored, stored

_FIRST = date(2026, 1, 1)
_SVG = "{http://www.w3.org/2000/svg}"
_COMMAND = re.compile(r"([MLHVhvlmaz])([^MLHVhvlmaz]*)")
_TEXT = st.text(max_size=60)
_VALUE = st.floats(-1e9, 1e9) | st.sampled_from([0.0, 83.3, 100.0, 1e12, -1e12, 5e-324])


def _moments(days: list[int]) -> tuple[PlotMoment, ...]:
    return tuple(PlotMoment(_FIRST + timedelta(days=day), f"{_FIRST + timedelta(days=day):%d.%m.}") for day in days)


def _time(values: list[float | None], **more: object) -> TimePlot:
    given = {
        "title": "Ventetid", "about": "Ventetid for hver dag", "unit": ValueUnit.COUNT, "when": "Dag",
        "moments": _moments(list(range(len(values)))), "series": (Series("Byen", tuple(values)),),
    }  # fmt: skip
    return TimePlot(**(given | more))  # type: ignore[arg-type]


@st.composite
def _time_plots(draw: st.DrawFn) -> TimePlot:
    days = sorted(draw(st.sets(st.integers(0, 4000), max_size=40)))
    series = draw(
        st.lists(st.tuples(_TEXT, st.lists(st.none() | _VALUE, min_size=len(days), max_size=len(days))), max_size=6)
    )
    band = st.none() | st.builds(Band, _TEXT, _VALUE, _VALUE)
    day = st.none() | st.dates(date(2025, 1, 1), date(2037, 1, 1))
    return TimePlot(
        draw(_TEXT), draw(_TEXT), draw(st.sampled_from(ValueUnit)), "Dag", _moments(days),
        tuple(Series(name, tuple(values)) for name, values in series),
        tuple(draw(st.lists(st.builds(PlotTarget, _TEXT, _VALUE, day, day), max_size=4))), draw(band), draw(band),
        tuple(draw(st.lists(st.builds(Happening, _TEXT, st.dates(date(2025, 1, 1), date(2037, 1, 1))), max_size=20))),
    )  # fmt: skip


_BAR_PLOTS = st.builds(
    BarPlot, _TEXT, _TEXT, st.sampled_from(ValueUnit), st.just("Kø"), st.just("Ventetid"),
    st.lists(st.builds(PlotBar, _TEXT, st.none() | _VALUE), max_size=60).map(tuple),
    st.lists(st.builds(PlotTarget, _TEXT, _VALUE), max_size=3).map(tuple),
)  # fmt: skip


@st.composite
def _span_plots(draw: st.DrawFn) -> SpanPlot:
    start = datetime(2026, 3, 11, 6, tzinfo=UTC)
    seconds = st.integers(0, 36_000).map(lambda each: timedelta(seconds=each))
    spans = st.builds(
        lambda one, other: PlotSpan(start + min(one, other), start + max(one, other), ("a", "b")), seconds, seconds
    )
    in_lane = st.lists(spans, max_size=20).map(tuple)
    lanes = draw(st.lists(st.builds(PlotLane, _TEXT, in_lane, st.booleans()), max_size=9))
    ticks = tuple((start + timedelta(hours=hour), draw(_TEXT)) for hour in range(11))
    return SpanPlot(draw(_TEXT), draw(_TEXT), start, start + timedelta(hours=10), tuple(lanes), ("Fra", "Til"), ticks)


def _drawn(plot: Plot, shape: Shape = WIDE) -> Element:
    found: Element = fromstring(svg(plot, shape, key="a", nothing="Ingen data"))
    return found


def _series_points(picture: Element, number: int = 0) -> list[list[tuple[float, float]]]:
    """The points of each line and each mark of a series in the picture, without the legend."""
    found = []
    for path in picture.findall(f"{_SVG}path[@class='plot-series-{number}']"):
        for part in path.get("d", "").split("M")[1:]:
            pairs = re.findall(r"(?:^|L)(-?[\d.]+) (-?[\d.]+)", part.split("m")[0])
            found.append([(float(x), float(y)) for x, y in pairs])
    return found


def _places(picture: Element) -> Iterator[tuple[float, float]]:
    """The outermost places of everything that is drawn."""
    for each in picture.iter():
        if each.tag == f"{_SVG}g":
            continue
        if each.tag == f"{_SVG}rect" and each.get("class") != "sample":
            x, y = float(each.get("x", 0)), float(each.get("y", 0))
            yield x, max(y, 0.0)
            yield x + float(each.get("width", 0)), y + float(each.get("height", 0))
        if each.tag == f"{_SVG}text":
            x, y = float(each.get("x", 0)), float(each.get("y", 0))
            wide = len(each.text or "") * LETTER * float(picture.get("font-size", 0))
            begin = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[each.get("text-anchor", "start")] * wide
            yield from ((begin, y), (begin + wide, y))
        if each.tag == f"{_SVG}path":
            yield from _path_places(each.get("d", ""))


def _path_places(d: str) -> Iterator[tuple[float, float]]:
    x = y = 0.0
    for command, rest in _COMMAND.findall(d):
        numbers = [float(each) for each in rest.split()]
        if command in "ML":
            x, y = numbers
        elif command == "H":
            x = numbers[0]
        elif command == "V":
            y = numbers[0]
        elif command in "lm":
            continue  # the outline of a mark, which belongs to the point before
        yield x, max(y, 0.0) if y > -12 else y


@given(_time_plots() | _BAR_PLOTS | _span_plots(), st.sampled_from([WIDE, NARROW]))
def test_nothing_leaves_the_picture_and_no_text_is_without_sense(plot: Plot, shape: Shape) -> None:
    source = svg(plot, shape, key="a", nothing="Ingen data")
    assert not re.search(r"\b(nan|inf)\b", re.sub(r">[^<]*<", "><", source), re.IGNORECASE)
    picture = fromstring(source)
    _x, _y, width, height = (float(each) for each in picture.get("viewBox", "").split())
    for x, y in _places(picture):
        assert -0.2 <= x <= width + 0.2
        assert -0.2 <= y <= height + 0.2
    assert height < 2600


@given(st.lists(st.none() | st.floats(0, 1000), min_size=2, max_size=60))
def test_each_point_lies_where_its_value_says(values: list[float | None]) -> None:
    plot = _time(values)
    drawn = {point for line in _series_points(_drawn(plot)) for point in line}
    known = [value for value in values if value is not None]
    if not known:
        assert not drawn
        return
    axis = ticks(min(known), max(known), ValueUnit.COUNT)
    left, right, top, bottom = WIDE.left, WIDE.width - WIDE.right, 22.0, 22.0 + WIDE.tall
    wanted = {
        (round(left + index / (len(values) - 1) * (right - left), 1),
         round(bottom - (value - axis[0]) / (axis[-1] - axis[0]) * (bottom - top), 1))
        for index, value in enumerate(values) if value is not None
    }  # fmt: skip
    assert all(any(math.dist(a, b) < 0.2 for b in wanted) for a in drawn)
    assert all(any(math.dist(a, b) < 0.2 for b in drawn) for a in wanted)


def test_missing_data_is_a_gap_and_never_zero() -> None:
    first, *rest = _series_points(_drawn(_time([5.0, 6.0, None, 7.0, 8.0, None, 3.0])))
    lines_drawn = [line for line in (first, *rest) if len(line) > 1]
    assert [len(line) for line in lines_drawn] == [2, 2]
    # the lonely last value is a mark
    assert sum(len(line) == 1 for line in (first, *rest)) == 5


@given(st.data())
def test_ten_thousand_points_stay_small_and_keep_their_extremes(data: st.DataObject) -> None:
    values: list[float | None] = [float((day * 7919) % 613) for day in range(10_000)]
    for index in data.draw(st.sets(st.integers(1, 9_998), max_size=20)):
        values[index] = None
    peak = data.draw(st.integers(1, 9_998))
    values[peak] = 5000.0
    source = svg(_time(values), WIDE, key="a")
    assert len(source) < 60_000
    drawn = [point for line in _series_points(fromstring(source)) for point in line]
    assert len(drawn) < 1500
    assert min(y for _x, y in drawn) == pytest.approx(22.0, abs=0.2)


def test_every_second_of_ten_thousand_missing_stays_small_too() -> None:
    values = [None if day % 2 else float(day % 97) for day in range(10_000)]
    assert len(svg(_time(values), WIDE, key="a")) < 100_000


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.sampled_from(ValueUnit))
def test_an_axis_holds_its_values_and_has_few_round_numbers(low: float, span: float, unit: ValueUnit) -> None:
    found = ticks(low, low + span, unit)
    assert found[0] <= low + max(abs(low) * 1e-9, 1e-300)
    assert found[-1] >= (low + span) - abs(low + span) * 1e-9
    assert 2 <= len(found) <= 7
    assert low < 0 or found[0] >= 0


def test_a_share_has_no_axis_above_a_hundred() -> None:
    assert ticks(31.0, 100.0, ValueUnit.PERCENT)[-1] == 100.0
    assert ticks(100.0, 100.0, ValueUnit.PERCENT) == [99.0, 100.0]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (83.25, ValueUnit.PERCENT, "83,2\N{NO-BREAK SPACE}%"), (80.0, ValueUnit.PERCENT, "80\N{NO-BREAK SPACE}%"),
        (65.4, ValueUnit.SECONDS, "1:05"), (3723.0, ValueUnit.SECONDS, "1:02:03"), (12345.0, ValueUnit.COUNT, "12.345"),
        (0.25, ValueUnit.COUNT, "0,2"), (12_100_000.0, ValueUnit.KRONER, "12.100.000\N{NO-BREAK SPACE}kr."),
        (53.5, ValueUnit.KRONER, "53,50\N{NO-BREAK SPACE}kr."),
        (999.999, ValueUnit.KRONER, "1.000\N{NO-BREAK SPACE}kr."),
        (-0.0, ValueUnit.COUNT, "0"), (-0.01, ValueUnit.COUNT, "0"), (100.0, ValueUnit.COUNT, "100"),
    ],
)  # fmt: skip
def test_numbers_are_danish(value: float, unit: ValueUnit, text: str) -> None:
    assert written(value, unit) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e13])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="plotted"):
        _time([value])


def test_moments_out_of_order_and_series_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        _time([1.0, 2.0], moments=_moments([3, 3]))
    with pytest.raises(ValueError, match="each moment"):
        _time([1.0, 2.0], moments=_moments([1, 2, 3]))


def test_more_lines_than_can_be_told_apart_are_refused() -> None:
    many = tuple(Series(str(number), (1.0,)) for number in range(7))
    with pytest.raises(ValueError, match="told apart"):
        svg(_time([1.0], series=many), WIDE, key="a")


def test_lines_differ_by_dash_and_mark_and_not_by_colour_alone() -> None:
    two = (Series("Byen", (1.0, 2.0)), Series("Havnen", (2.0, 1.0)))
    first, second = (
        [path for path in _drawn(_time([1.0, 2.0], series=two)).iter(f"{_SVG}path")
         if path.get("class") == f"plot-series-{number}"] for number in range(2)
    )  # fmt: skip
    assert first[0].get("stroke-dasharray") != second[0].get("stroke-dasharray")
    assert first[1].get("d", "").split("m", 1)[1] != second[1].get("d", "").split("m", 1)[1]


def test_a_picture_has_a_title_and_a_description_for_screen_readers() -> None:
    picture = _drawn(_time([1.0, 2.0], title="Ventetid <b>", about="To dage & nætter"))
    named = picture.get("aria-labelledby", "").split()
    assert picture.get("role") == "img"
    assert [next(each.text for each in picture if each.get("id") == name) for name in named] == [
        "Ventetid <b>", "To dage & nætter"
    ]  # fmt: skip


def test_target_baseline_limits_and_happenings_stand_in_the_same_picture_and_below_the_table() -> None:
    plot = _time(
        [80.0, 82.5], unit=ValueUnit.PERCENT, targets=(PlotTarget("Mål", 85.0, since=_FIRST + timedelta(days=1)),),
        baseline=Band("Udgangspunkt", 70.0, 75.0), limits=Band("Kontrolgrænser", 60.0, 95.0),
        happenings=(Happening("Strejke {y}", _FIRST),),
    )  # fmt: skip
    picture = _drawn(plot)
    texts = [each.text for each in picture.iter(f"{_SVG}text")]
    assert {"Mål: 85\N{NO-BREAK SPACE}%", "01.01.2026: Strejke {y}"} <= set(texts)
    assert picture.find(f"{_SVG}rect[@class='plot-baseline']") is not None
    assert picture.find(f"{_SVG}rect[@class='plot-limits']") is not None
    assert picture.find(f"{_SVG}path[@class='plot-target']") is not None
    assert plot.rows() == [
        ["01.01.", "80\N{NO-BREAK SPACE}%", "–"],
        ["02.01.", "82,5\N{NO-BREAK SPACE}%", "85\N{NO-BREAK SPACE}%"],
    ]
    assert plot.notes()[0] == "Udgangspunkt: 70\N{NO-BREAK SPACE}%–75\N{NO-BREAK SPACE}%"


def test_a_range_lies_from_its_low_to_its_high_and_is_a_gap_where_nothing_is_known() -> None:
    shown = PlotRange("95 ud af 100", (0.0, None, 5.0, 5.0), (10.0, None, 10.0, 9.0))
    plot = _time([5.0, None, 7.0, 8.0], ranges=(shown,))
    picture = _drawn(plot)
    surfaces = picture.findall(f"{_SVG}path[@class='plot-range-0']")
    assert [path.get("d", "").count("L") + 1 for path in surfaces] == [2, 4]
    high, low = (float(pair.split()[1]) for pair in surfaces[0].get("d", "").strip("M").split("L"))
    assert low - high == pytest.approx(WIDE.tall, abs=0.2), "the axis goes from 0 to 10"
    assert [row[2] for row in plot.rows()] == ["0–10", "–", "5–10", "5–9"]
    below = PlotRange("95 ud af 100", (-9.0, -1.0), (-5.0, 4.0))
    assert [row[2] for row in _time([1.0, 2.0], ranges=(below,)).rows()] == ["-9 – -5", "-1 – 4"]
    with pytest.raises(ValueError, match="two values or None"):
        _time([1.0, 2.0], ranges=(shown,))
    assert restored(stored(plot)) == plot


def test_hours_lie_between_days() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert PlotMoment(noon, "12").position == PlotMoment(_FIRST, "0").position + 0.5


def test_a_bar_begins_at_zero_and_a_group_without_data_says_so() -> None:
    bars = (PlotBar("Byg", 50.0), PlotBar("Vej", None), PlotBar("Park", 100.0))
    picture = _drawn(BarPlot("Andel", "Andel pr. kø", ValueUnit.PERCENT, "Kø", "Andel", bars))
    half, whole = (float(each.get("width", 0)) for each in picture.findall(f"{_SVG}rect"))
    assert half == pytest.approx(whole / 2, abs=0.2)
    assert "Ingen data" in [each.text for each in picture.iter(f"{_SVG}text")]


def test_colours_on_paper_are_those_of_the_pages() -> None:
    tokens = Path("indgang/ui/static/ui/tokens.css").read_text()
    used = {value for look in frame._PAPER.values() for key, value in look.items() if str(value).startswith("#")}
    assert used
    assert all(str(colour) in tokens for colour in used)
    styled = Path("indgang/ui/static/ui/plots.css").read_text()
    assert all(f".{name} " in styled for name in frame._PAPER)


def test_each_series_has_a_look_of_its_own() -> None:
    assert len(set(lines._DASHES)) == len(set(lines._MARKS)) == lines.MOST_SERIES


def test_each_span_lies_in_its_lane_from_its_start_to_its_end() -> None:
    start = datetime(2026, 3, 11, 7, tzinfo=UTC)

    def span(begins: float, ends: float) -> PlotSpan:
        return PlotSpan(start + timedelta(hours=begins), start + timedelta(hours=ends), (f"{begins}", f"{ends}"))

    lanes = (PlotLane("Klar", (span(0, 1), span(3, 4))), PlotLane("Pause", (span(1, 3), span(2, 2))))
    plot = SpanPlot("Dagen", "Hvad der skete", start, start + timedelta(hours=4), lanes, ("Fra", "Til"))
    bars = [
        (float(each.get("y", 0)), float(each.get("x", 0)), float(each.get("width", 0)))
        for each in _drawn(plot).iter(f"{_SVG}rect")
    ]
    left, right = WIDE.names + 8.0, WIDE.width - WIDE.text * 2.0
    quarter = (right - left) / 4
    first, second = bars[0][0], bars[2][0]
    wanted = [(first, 0, 1), (first, 3, 1), (second, 1, 2), (second, 2, 1 / quarter)]
    assert first != second
    assert [y for y, _x, _width in bars] == [y for y, _x, _width in wanted]
    for (_y, x, width), (_wanted, begins, lasts) in zip(bars, wanted, strict=True):
        assert math.isclose(x, left + begins * quarter, abs_tol=0.1)
        assert math.isclose(width, lasts * quarter, abs_tol=0.1)
    assert plot.rows() == [["0", "1"], ["1", "3"], ["2", "2"], ["3", "4"]]


@pytest.mark.parametrize("wrong", ["backwards", "no time", "too few cells"])
def test_spans_that_cannot_be_drawn_are_refused(wrong: str) -> None:
    start = datetime(2026, 3, 11, 7, tzinfo=UTC)
    end = start if wrong == "no time" else start + timedelta(hours=1)
    span = PlotSpan(start, start - timedelta(seconds=wrong == "backwards"), () if wrong == "too few cells" else ("a",))
    with pytest.raises(ValueError, match=r"time|before|cell"):
        SpanPlot("Dagen", "Hvad der skete", start, end, (PlotLane("Klar", (span,)),), ("Fra",))
