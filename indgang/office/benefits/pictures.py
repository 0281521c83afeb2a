"""Plots of benefits: plan against realised, what is measured month by month, and the case in three versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.office.benefits import words
from indgang.office.cases import pictures as case_pictures
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import Band, Happening, PlotMoment, PlotRange, PlotTarget, Series, TimePlot
from indgang.programme.benefits.course import CourseOfBenefit
from indgang.programme.benefits.following import BenefitSum, so_far, together
from indgang.programme.cases.evaluation import CaseTable


def against_plan(courses: Sequence[CourseOfBenefit], about: str) -> TimePlot | None:
    """Kroner from the first month on: expected, and what the months with data gave. None without months."""
    months = sorted({each.month for course in courses for each in course.facts})
    if not months:
        return None
    sums = [_measured_until(courses, month) for month in months]
    realised = [each.realised if each else None for each in sums]
    series = [Series(_("Ventet"), _thousands([_until(courses, month) for month in months]))]
    if any(each is not None and each.measured < each.over for each in sums):
        of_measured = [each.expected_of_measured if each else None for each in sums]
        series.append(Series(_("Ventet i de målte måneder"), _thousands(of_measured)))
    series.append(Series(_("Realiseret"), _thousands([each.value if each else None for each in realised])))
    low, high = (_thousands([getattr(each, side, None) for each in realised]) for side in ("low", "high"))
    return TimePlot(
        title=_("Gevinst i forhold til planen, 1.000 kr."), about=about, unit=ValueUnit.COUNT, when=_("Til og med"),
        moments=tuple(PlotMoment(month, date_format(month, "b Y")) for month in months), series=tuple(series),
        targets=(PlotTarget(_("Nul"), 0.0),), ranges=(PlotRange(_("Med 95 procents sikkerhed"), low, high),),
    )  # fmt: skip


def _thousands(kroner: Sequence[float | None]) -> tuple[float | None, ...]:
    return tuple(None if each is None else each / 1000 for each in kroner)


def _until(courses: Sequence[CourseOfBenefit], month: date) -> float:
    return sum(each.expected for course in courses for each in course.facts if each.month <= month)


def _measured_until(courses: Sequence[CourseOfBenefit], month: date) -> BenefitSum | None:
    """None where no contract has data in the month."""
    if not any(each.month == month and each.has_data for course in courses for each in course.facts):
        return None
    sums = [so_far([each for each in course.facts if each.month <= month]) for course in courses]
    return together(sums, [course.subject for course in courses])


def measured(found: CourseOfBenefit) -> TimePlot | None:
    """What is measured beside what is expected of it, and the baseline. None for what cannot be measured."""
    version, facts = found.version, found.facts
    if version.baseline_value is None:
        return None
    figures = [each.measured for each in facts]
    low, high = version.baseline_low, version.baseline_high
    return TimePlot(
        title=_("Målt måned for måned"), about=words.measured_by(version), unit=words.unit_of(version), when=_("Måned"),
        moments=tuple(PlotMoment(each.month, date_format(each.month, "b Y")) for each in facts),
        series=(
            Series(_("Ventet"), tuple(each.expected_value for each in facts)),
            Series(_("Målt"), tuple(each.value if each else None for each in figures)),
        ),
        baseline=Band(_("Udgangspunkt"), low, high) if low is not None and high is not None else None,
        targets=() if low is not None else (PlotTarget(_("Udgangspunkt"), version.baseline_value),),
        happenings=_reorganised(found),
        ranges=(PlotRange(
            _("Med 95 procents sikkerhed"), tuple(each.low if each else None for each in figures),
            tuple(each.high if each else None for each in figures),
        ),),
    )  # fmt: skip


def _reorganised(found: CourseOfBenefit) -> tuple[Happening, ...]:
    """The first month in which the unit had other services."""
    first = next((each.facts.month for each in found.months if each.is_reorganised), None)
    return () if first is None else (Happening(_("Enhedens ydelser er ændret"), first),)


def versions_of_case(title: str, tables: Mapping[str, CaseTable]) -> TimePlot:
    """The cumulative effect of the case, as it was and as it is computed again, with the years in which each is paid
    back."""
    first = next(iter(tables.values())).years[0]
    years = range(first, max(case_pictures.last_year(table) for table in tables.values()) + 1)
    paid = [
        Happening(_("Tjent hjem: %(version)s") % {"version": name}, date(table.paid_back_in, 1, 1))
        for name, table in tables.items()
        if table.paid_back_in is not None and table.paid_back_in in years
    ]
    return TimePlot(
        title=_("Samlet virkning indtil nu"),
        about=_("%(case)s: summen af alle beløb til og med hvert år. Under nul er forslaget tjent hjem.")
        % {"case": title},
        unit=ValueUnit.COUNT, when=_("År"), moments=tuple(PlotMoment(date(year, 1, 1), str(year)) for year in years),
        series=tuple(
            Series(name, tuple(table.cumulative_in(year) for year in years)) for name, table in tables.items()
        ),
        targets=(PlotTarget(_("Nul"), 0.0),), happenings=tuple(paid),
    )  # fmt: skip
