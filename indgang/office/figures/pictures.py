"""Plots of one figure: its course over time, and its parts. A hidden value is a gap, as no data is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.measures.definitions import Definition
from indgang.measures.rollups.reading import GroupBy
from indgang.office.figures import words
from indgang.office.figures.days import FigureDays
from indgang.office.figures.tables import FigureShown, GroupedFigures, name_of
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import BarPlot, PlotBar, PlotMoment, Series, TimePlot

#: parts that a picture has room for
MOST_PARTS = 15


def course(definition: Definition, days: FigureDays, rows: Sequence[GroupedFigures], by: GroupBy) -> TimePlot | None:
    """By day or month, also those without anything counted; None when there is only one."""
    moments = tuple(_moments(days, by))
    if len(moments) < 2:
        return None
    form = "%Y-%m-%d" if by is GroupBy.DAY else "%Y-%m"
    values = {row.group: _value(row.cells[0]) for row in rows}
    name = str(name_of(definition))
    span = words.days_words(days.first, days.last)
    return TimePlot(
        title=name, about=_("%(name)s, %(days)s") % {"name": name, "days": span}, unit=_unit(definition),
        when=_("Dag") if by is GroupBy.DAY else _("Måned"), moments=moments,
        series=(Series(name, tuple(values.get(f"{each.at:{form}}") for each in moments)),),
    )  # fmt: skip


def parts(definition: Definition, rows: Sequence[GroupedFigures], by_word: str) -> BarPlot | None:
    """A bar for each part; None when there are too many or too few to compare."""
    if not 1 < len(rows) <= MOST_PARTS:
        return None
    name = str(name_of(definition))
    return BarPlot(
        title=name, about=_("%(name)s efter %(by)s") % {"name": name, "by": by_word.lower()}, unit=_unit(definition),
        what=by_word, measured=name, bars=tuple(PlotBar(row.name, _value(row.cells[0])) for row in rows),
    )  # fmt: skip


def _moments(days: FigureDays, by: GroupBy) -> Iterator[PlotMoment]:
    day = days.first
    while day <= days.last:
        if by is GroupBy.DAY:
            yield PlotMoment(day, f"{day.day}.{day.month}.")
            day += timedelta(days=1)
        else:
            day = day.replace(day=1)
            yield PlotMoment(day, date_format(day, "M Y"))
            day = (day + timedelta(days=32)).replace(day=1)


def _value(shown: FigureShown) -> float | None:
    return None if shown.is_hidden else shown.figure.value


def _unit(definition: Definition) -> ValueUnit:
    known = [each.value for each in ValueUnit]
    return ValueUnit(definition.unit) if definition.unit in known else ValueUnit.COUNT
