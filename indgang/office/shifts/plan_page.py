"""What the page of a shift plan shows: a table by person and day, the need against staffing, and how the run goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core.clock import COPENHAGEN, day_of
from indgang.entry.models import Queue
from indgang.office.planning import week_pictures
from indgang.office.shifts.need_words import source_words
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import HeatPlot, PlotMoment, Series, TimePlot
from indgang.staffing.shifts.checker import PlanCost, cost, staffed
from indgang.staffing.shifts.problem import UnusableProblem
from indgang.staffing.shifts.wire import gap
from indgang.workforce.models import PlannedShift, PlanRun, ShiftPlan
from indgang.workforce.shift_words import when, wish_of_day
from indgang.workforce.shifts import rule_words, wishes
from indgang.workforce.shifts.need_sources import sources
from indgang.workforce.shifts.question import PlanQuestion

STATES: dict[str, str | Promise] = {
    ShiftPlan.State.DRAFT: gettext_lazy("Kladde"),
    ShiftPlan.State.PUBLISHED: gettext_lazy("Gælder"),
    ShiftPlan.State.REPLACED: gettext_lazy("Erstattet"),
}
RUN_STATES: dict[str, str | Promise] = {
    PlanRun.State.WAITING: gettext_lazy("Venter på at begynde"),
    PlanRun.State.RUNNING: gettext_lazy("Lægger vagter"),
    PlanRun.State.DONE: gettext_lazy("Færdig"),
    PlanRun.State.CANCELLED: gettext_lazy("Stoppet med den bedste plan indtil da"),
    PlanRun.State.IMPOSSIBLE: gettext_lazy("Ingen plan kan holde alle regler"),
    PlanRun.State.FAILED: gettext_lazy("Mislykket. Prøv igen, eller spørg den, der driver systemet."),
}
#: runs that left nothing; of a plan that holds they say no more
_IN_VAIN = (PlanRun.State.IMPOSSIBLE, PlanRun.State.FAILED)
_WEEK = 7
#: broken rules that are named
_NAMED = 8


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """A row of the table: a person, one cell for each day, and hours."""

    name: str
    cells: list[str]
    hours: float


@dataclass(frozen=True, slots=True)
class PersonWishes:
    """How many wishes a person has for days of the plan, how many it meets (None without shifts), those that it does
    not meet in words, and what they cost."""

    name: str
    number: int
    kept: int | None
    unmet: list[str]
    price: float


class PlanPage:
    """A plan as a planner sees it, one week at a time."""

    def __init__(self, plan: ShiftPlan, at: datetime, week: int | None = None) -> None:
        """`week` is a number; for None, or one that the plan does not have, it is the week of today, or the first."""
        self.plan, self.at = plan, at
        self.asked = PlanQuestion(plan, at)
        days = (plan.last - plan.first).days + 1
        self.weeks = list(range((days + _WEEK - 1) // _WEEK))
        wanted = (day_of(at) - plan.first).days // _WEEK if week not in self.weeks else week
        self.week = wanted if wanted in self.weeks else 0

    @property
    def state(self) -> str | Promise:
        return STATES[self.plan.state]

    @cached_property
    def days(self) -> list[date]:
        """The days of the week that is shown."""
        first = self.plan.first + timedelta(days=self.week * _WEEK)
        return [each for number in range(_WEEK) if (each := first + timedelta(days=number)) <= self.plan.last]

    @property
    def headings(self) -> list[str]:
        return [f"{date_format(each, 'D')} {each.day}.{each.month}." for each in self.days]

    @property
    def week_choices(self) -> list[tuple[int, str]]:
        """Number and first day of each week."""
        return [(each, date_format(self.plan.first + timedelta(days=each * _WEEK), "j. F")) for each in self.weeks]

    @cached_property
    def rows(self) -> list[PersonWeek]:
        rows = self.plan.shifts.select_related("workplace").order_by("starts_at")
        several = len({each.workplace_id for each in rows}) > 1
        cells: dict[tuple[int, date], str] = {}
        for row in rows:
            starts, ends = row.starts_at.astimezone(COPENHAGEN), row.ends_at.astimezone(COPENHAGEN)
            place = f" {row.workplace.name}" if several else ""
            fixed = f" {_('fast')}" if row.is_fixed else ""
            cells[row.person_id, starts.date()] = f"{starts:%H.%M}–{ends:%H.%M}{place}{fixed}"
        return [
            PersonWeek(
                self.asked.names[key], [cells.get((int(key), day), "") for day in self.days],
                sum(shift.length for shift in shifts) / 4,
            )
            for key, shifts in self.asked.value.items()
        ]  # fmt: skip

    @cached_property
    def fixed(self) -> list[tuple[PlannedShift, str]]:
        """The fixed shifts of a draft that have not begun, in words."""
        rows = self.plan.shifts.filter(is_fixed=True, starts_at__gt=self.at).select_related("person", "workplace")
        return [(row, f"{row.person.name}: {when(row)}, {row.workplace.name}") for row in rows]

    @cached_property
    def without_room(self) -> list[str]:
        """Meetings that fall out, because the person's fixed shift of that day has no room for them."""
        if not self.plan.is_draft:
            return []
        moment, names = self.asked.calendar.moment, self.asked.names
        return [
            _("%(name)s: %(title)s %(day)s")
            % {
                "name": names[str(person)],
                "title": each.row.title,
                "day": _day(moment(each.part.start)),
            }
            for person, each in self.asked.without_room
        ]

    @cached_property
    def wishes(self) -> list[PersonWishes]:
        """What each person wishes of the plan's days, and what of it the plan meets."""
        if self.fault:
            return []
        return [
            PersonWishes(
                each.person.name, each.number, each.kept, [wish_of_day(*wish) for wish in each.unmet], each.price
            )
            for each in wishes.of_plan(self.asked)
        ]

    @cached_property
    def fault(self) -> str:
        """Why the plan cannot be worked out; "" when it can."""
        try:
            self.asked.problem  # noqa: B018  # it is checked when it is made
        except UnusableProblem as error:
            return rule_words.of_unusable(error)
        return ""

    @cached_property
    def broken(self) -> list[str]:
        """The first of the rules that the plan breaks, in words."""
        if self.fault or not self.plan.is_draft or not self.plan.shifts.exists():
            return []
        found = self.asked.breaches()[:_NAMED]
        return [rule_words.of_breach(each, self.asked.names[each.person], self.asked.calendar) for each in found]

    @cached_property
    def cost(self) -> PlanCost | None:
        return None if self.fault else cost(self.asked.problem, self.asked.value)

    @property
    def cost_rows(self) -> list[tuple[str, float]]:
        """What the plan costs by kind, in units of a paid quarter, without what costs nothing."""
        if self.cost is None:
            return []
        found = (
            (_("Betalt arbejdstid"), self.cost.paid), (_("Tid, hvor der mangler nogen"), self.cost.understaffed),
            (_("Ønsker, der ikke er opfyldt"), self.cost.wishes), (_("Dage, der er lavet om"), self.cost.changes),
        )  # fmt: skip
        return [(name, price) for name, price in found if price]

    @property
    def missing_hours(self) -> float:
        return self.cost.short / 4 if self.cost else 0.0

    @cached_property
    def plot(self) -> TimePlot | None:
        """Need and staffing of the week, all activities and workplaces together, by the hour."""
        if self.fault or not self.plan.needs.exists():
            return None
        problem = self.asked.problem
        there = staffed(problem, self.asked.value)
        wanted = [sum(row[at] for row in problem.need.values()) for at in range(problem.quarters)]
        held = [sum(there[key][at] for key in problem.need) for at in range(problem.quarters)]
        without = [sum(row[at] for row in self.asked.base_need.values()) for at in range(problem.quarters)]
        moments: list[PlotMoment] = []
        base: list[float | None] = []
        need: list[float | None] = []
        staff: list[float | None] = []
        was_open = False
        for day in self.days:
            when = self.asked.calendar.days[self.asked.calendar.number_of(day)]
            for quarter in range(when.start, when.end, 4):
                has_people = any(wanted[quarter : quarter + 4]) or any(held[quarter : quarter + 4])
                if not has_people and not was_open:
                    continue
                at = datetime.combine(day, datetime.min.time()) + timedelta(minutes=15 * when.on_the_wall(quarter))
                moments.append(PlotMoment(at, f"{date_format(day, 'D')} {at:%H.%M}"))
                # a gap in the lines where nobody is needed or there: the days are not joined
                need.append(sum(wanted[quarter : quarter + 4]) / 4 if has_people else None)
                base.append(sum(without[quarter : quarter + 4]) / 4 if has_people else None)
                staff.append(sum(held[quarter : quarter + 4]) / 4 if has_people else None)
                was_open = has_people
        series = [Series(_("Behov"), tuple(need)), Series(_("På arbejde"), tuple(staff))]
        if self.asked.base_need:
            series.append(Series(_("Behov uden svind og sygdom"), tuple(base)))
        return TimePlot(
            title=_("Behov og bemanding"),
            about=_("Hvor mange der er brug for, og hvor mange der er på arbejde, time for time i ugen"),
            unit=ValueUnit.COUNT, when=_("Tid"), moments=tuple(moments),
            series=tuple(series),
        ) if moments else None  # fmt: skip

    @cached_property
    def need_sources(self) -> list[str]:
        """Where the need comes from that was taken from the forecast."""
        rows = self.plan.needs.select_related("activity", "workplace")
        names = dict(Queue.objects.filter(centre=self.plan.centre_id).values_list("code", "name"))
        return [source_words(*each, names) for each in sources(rows)]

    @cached_property
    def heat(self) -> HeatPlot | None:
        """People more (or fewer) than needed in each half-hour of the week, all activities and workplaces together."""
        if self.plot is None:
            return None
        problem = self.asked.problem
        there = staffed(problem, self.asked.value)
        held, wanted, quarters = (np.zeros((len(self.days), 48)) for _ in range(3))
        for row, day in enumerate(self.days):
            when = self.asked.calendar.days[self.asked.calendar.number_of(day)]
            for quarter in range(when.start, when.end):
                slot = when.on_the_wall(quarter) // 2
                held[row, slot] += sum(there[key][quarter] for key in problem.need)
                wanted[row, slot] += sum(need[quarter] for need in problem.need.values())
                quarters[row, slot] += 1
        held, wanted = (each / np.maximum(quarters, 1) for each in (held, wanted))
        return week_pictures.of_days(
            self.days, held - wanted, _("Flere eller færre end nødvendigt"),
            _("Hvor mange flere på arbejde end behovet i hver halve time; minus er dem, der mangler"),
            is_open=(wanted > 0) | (held > 0), is_signed=True,
        )  # fmt: skip

    @cached_property
    def run(self) -> RunShown | None:
        row = self.plan.runs.first()
        if row is None or (not self.plan.is_draft and row.state in _IN_VAIN):
            return None
        return RunShown(row, self.asked)


def _day(moment: datetime) -> str:
    return date_format(moment.astimezone(COPENHAGEN), "j. F")


class RunShown:
    """The last run of the optimiser."""

    def __init__(self, row: PlanRun, asked: PlanQuestion) -> None:
        self.row, self._asked = row, asked

    @property
    def state(self) -> str | Promise:
        return _("Stopper") if self.row.is_going and self.row.is_stopping else RUN_STATES[self.row.state]

    @property
    def percent(self) -> int:
        return round(100 * self.row.share)

    @property
    def gap_percent(self) -> float | None:
        if self.row.cost is None or not self.row.course:
            return None
        found = gap(self.row.cost, self.row.bound)
        return None if found is None else 100 * found

    @property
    def conflict(self) -> str:
        """Who cannot be planned, and which rules contradict each other; "" without a conflict."""
        if self.row.state != PlanRun.State.IMPOSSIBLE:
            return ""
        person = self.row.answer.get("person", "")
        name, rules = self._asked.names.get(person, ""), rule_words.of_rules(self.row.answer.get("rules", []))
        if not rules:
            return _("Der blev ikke fundet en plan for %(name)s i tide. Prøv igen med længere tid.") % {"name": name}
        text = _("%(name)s kan ikke planlægges. Disse regler kan ikke holdes samtidig: %(rules)s.")
        said = text % {"name": name, "rules": ", ".join(rules)}
        if sum(str(each.person_id) == person for each in self._asked.contracts) > 1:
            said += " " + _(
                "Medarbejderen har flere ansættelser i planens dage. De strengeste regler gælder i hele planen."
            )
            said += " " + _("Lad planen slutte, før den nye ansættelse begynder.")
        return said

    @cached_property
    def plot(self) -> TimePlot | None:
        """How far over the bound the plan was, second by second."""
        points = [(each[0], 100 * over) for each in self.row.course if (over := gap(each[1], each[2])) is not None]
        points = list(dict(points).items())
        if len(points) < 3:
            return None
        start = datetime(2000, 1, 1)  # noqa: DTZ001  # no day: only seconds are shown
        return TimePlot(
            title=_("Hvor god planen er"),
            about=_("Hvor mange procent planen koster mere end den nedre grænse, mens der blev ledt"),
            unit=ValueUnit.COUNT, when=_("Sekunder"),
            moments=tuple(PlotMoment(start + timedelta(seconds=at), f"{at:.0f} s") for at, _over in points),
            series=(Series(_("Procent over grænsen"), tuple(round(over, 2) for _at, over in points)),),
        )  # fmt: skip
