"""What the plots of a report show beside their figures: targets and control limits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from indgang.measures.rollups.reading import GroupBy
from indgang.reports import pictures
from indgang.reports.figures import CentreReporting
from tests.agreements.agreed import target, written
from tests.reports.made import WEEK, calls, in_force
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_a_plot_by_day_shows_the_target_of_a_count_and_one_by_month_does_not(world: World) -> None:
    made = written(world)
    target(made, world.hans, kpi="contacts_arrived", level=0, value=Decimal(5))
    in_force(made)
    reporting = CentreReporting.of(world.centres["tmf"], WEEK, date(2026, 3, 15))
    by_day, by_month = (
        pictures.over_time("Tal", ["contacts_arrived"], reporting, by) for by in pictures.OVER_TIME
    )  # fmt: skip
    assert ([each.value for each in by_day.targets], by_month.targets) == ([5.0], ())


def test_the_limits_of_a_count_by_month_come_from_the_spread_of_its_whole_months(world: World) -> None:
    for number, month in enumerate((7, 8, 9, 10, 11, 12, 1, 2, 3)):
        year = 2025 if month > 3 else 2026
        made = 20 if month == 3 else 10 + number % 2 * 2
        calls(made, start=MORNING.replace(year=year, month=month, day=2), first=100 * number + 1)
    limits = {}
    for last in (date(2026, 3, 15), date(2026, 3, 31)):
        reporting = CentreReporting.of(world.centres["tmf"], date(2026, 3, 1), last)
        plot = pictures.over_time("Tal", ["contacts_arrived"], reporting, GroupBy.MONTH)
        assert plot.series[0].values[-9:] == (10, 12, 10, 12, 10, 12, 10, 12, 20)
        assert plot.limits is not None
        assert plot.limits.method in plot.notes()[0]
        limits[last.day] = (plot.limits.low, plot.limits.high)
    # eight months around 11 that change by 2; March is no month yet on the 15th, and the ninth on the 31st
    assert limits[15] == pytest.approx((11 - 5.32, 11 + 5.32))
    assert limits[31] == pytest.approx((12 - 2.66 * 2.75, 12 + 2.66 * 2.75))
