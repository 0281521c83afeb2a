"""Need and people at work in a shift plan as plots: of a week by the hour, of a day by the quarter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from indgang.office.planning import week_pictures
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import HeatPlot, PlotMoment, Series, TimePlot
from indgang.staffing.shifts.problem import HOUR
from indgang.workforce.shifts.coverage import CoverageRow
from indgang.workforce.shifts.question import PlanQuestion

Numbers = NDArray[np.float64]
_HALF_HOURS = 48


class CoveragePictures:
    """The plots of some days of a plan, of these rows of its need together."""

    def __init__(self, asked: PlanQuestion, rows: Collection[CoverageRow], days: list[date]) -> None:
        self._asked, self._rows, self._dates = asked, rows, days
        #: quarters that a moment of the curve stands for
        self._step = 1 if len(days) == 1 else HOUR

    @cached_property
    def _need(self) -> Numbers:
        return _together(each.need for each in self._rows)

    @cached_property
    def _at_work(self) -> Numbers:
        return _together(each.at_work for each in self._rows)

    @cached_property
    def _base(self) -> Numbers | None:
        """The need without time that is lost; None where nothing was added."""
        base = self._asked.base_need
        keys = [(each.workplace.code, each.activity.code) for each in self._rows]
        return _together(base[key] for key in keys) if base else None

    @cached_property
    def curve(self) -> TimePlot | None:
        """Need and people at work, None without any."""
        moments = list(self._moments())
        if not moments or not any(is_open for _moment, _quarter, is_open in moments):
            return None
        lines = [(_("Behov"), self._need), (_("På arbejde"), self._at_work)]
        if self._base is not None:
            lines.append((_("Behov uden svind og sygdom"), self._base))
        # a gap in the lines where nobody is needed or there: the days are not joined
        series = (
            Series(name, tuple(self._mean(values, at) if is_open else None for _moment, at, is_open in moments))
            for name, values in lines
        )
        by_hour = _("Hvor mange der er brug for, og hvor mange der er på arbejde, time for time i ugen")
        by_quarter = _("Hvor mange der er brug for, og hvor mange der er på arbejde, kvarter for kvarter")
        return TimePlot(
            title=_("Behov og bemanding"), about=by_hour if self._step == HOUR else by_quarter, unit=ValueUnit.COUNT,
            when=_("Tid"), moments=tuple(moment for moment, _quarter, _is_open in moments), series=tuple(series),
        )  # fmt: skip

    def _moments(self) -> Iterator[tuple[PlotMoment, int, bool]]:
        """Each moment with its first quarter, and whether somebody is needed or there; and the one after them. The hour
        that comes twice in October is there once."""
        was_open, seen = False, set[datetime]()
        for date_ in self._dates:
            day = self._asked.calendar.days[self._asked.calendar.number_of(date_)]
            for quarter in range(day.start, day.end, self._step):
                there = slice(quarter, quarter + self._step)
                is_open = bool(self._need[there].any() or self._at_work[there].any())
                at = datetime.combine(date_, time.min) + timedelta(minutes=15 * day.on_the_wall(quarter))
                if (is_open or was_open) and at not in seen:
                    yield PlotMoment(at, f"{date_format(date_, 'D')} {at:%H.%M}"), quarter, is_open
                was_open = is_open
                seen.add(at)

    def _mean(self, values: Numbers, quarter: int) -> float:
        return round(float(values[quarter : quarter + self._step].mean()), 4)

    @cached_property
    def heat(self) -> HeatPlot | None:
        """People more (or fewer) than needed in each half-hour."""
        if self.curve is None:
            return None
        held, wanted, quarters = (np.zeros((len(self._dates), _HALF_HOURS)) for _ in range(3))
        for row, date_ in enumerate(self._dates):
            day = self._asked.calendar.days[self._asked.calendar.number_of(date_)]
            for quarter in range(day.start, day.end):
                slot = day.on_the_wall(quarter) // 2
                held[row, slot] += self._at_work[quarter]
                wanted[row, slot] += self._need[quarter]
                quarters[row, slot] += 1
        held, wanted = (each / np.maximum(quarters, 1) for each in (held, wanted))
        return week_pictures.of_days(
            self._dates, held - wanted, _("Flere eller færre end nødvendigt"),
            _("Hvor mange flere på arbejde end behovet i hver halve time; minus er dem, der mangler"),
            is_open=(wanted > 0) | (held > 0), is_signed=True,
        )  # fmt: skip


def _together(rows: Iterable[Sequence[float]]) -> Numbers:
    summed: Numbers = np.asarray(list(rows), dtype=np.float64).sum(axis=0)
    return summed
