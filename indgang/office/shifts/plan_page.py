"""What the page of a shift plan shows: a table by person and day, the need against staffing, and how the run goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core.clock import COPENHAGEN, day_of
from indgang.entry.models import Queue
from indgang.office.shifts.coverage_pictures import CoveragePictures
from indgang.office.shifts.forms import CoverageForm
from indgang.office.shifts.need_words import source_words
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import PlotMoment, Series, TimePlot
from indgang.staffing.shifts.checker import PersonShare, PlanCost, cost, shares
from indgang.staffing.shifts.problem import HOUR, UnusableProblem
from indgang.staffing.shifts.wire import gap
from indgang.workforce.models import PlannedShift, PlanRun, ShiftPlan
from indgang.workforce.shift_words import parts_of, when, wish_of_day
from indgang.workforce.shifts import coverage, rule_words, wishes
from indgang.workforce.shifts.coverage import CoverageRow
from indgang.workforce.shifts.need_sources import sources
from indgang.workforce.shifts.published import PARTS
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
class ShiftOfDay:
    """A shift of a day: a person, where they work, and what they do from when to when."""

    name: str
    workplace: str
    parts: list[str]


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """What of a plan is shown: a week by its number, or a day; and a workplace and an activity by their codes, "" for
    all of them. For a week and day that the plan does not have, it is the week of today, or the first."""

    week: int | None = None
    day: date | None = None
    workplace: str = ""
    activity: str = ""


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

    def __init__(self, plan: ShiftPlan, at: datetime, choice: PlanChoice | None = None) -> None:
        self.plan, self.at, self.choice = plan, at, choice or PlanChoice()
        self.asked = PlanQuestion(plan, at)
        days = (plan.last - plan.first).days + 1
        self.weeks = list(range((days + _WEEK - 1) // _WEEK))
        day, week = self.choice.day, self.choice.week
        self.day = day if day is not None and plan.first <= day <= plan.last else None
        if self.day is not None or week not in self.weeks:
            week = ((self.day or day_of(at)) - plan.first).days // _WEEK
        self.week = week if week in self.weeks else 0

    @property
    def state(self) -> str | Promise:
        return STATES[self.plan.state]

    @cached_property
    def days(self) -> list[date]:
        """The days of the week that is shown."""
        first = self.plan.first + timedelta(days=self.week * _WEEK)
        return [each for number in range(_WEEK) if (each := first + timedelta(days=number)) <= self.plan.last]

    @property
    def headings(self) -> list[tuple[str, str]]:
        """The address of each day of the week, and its short name."""
        return [
            (self._address(day=each.isoformat()), f"{date_format(each, 'D')} {each.day}.{each.month}.")
            for each in self.days
        ]

    @property
    def week_choices(self) -> list[tuple[str, str, bool]]:
        """The address and the first day of each week, and whether it is the one that is shown."""
        return [
            (
                self._address(week=each), date_format(self.plan.first + timedelta(days=each * _WEEK), "j. F"),
                each == self.week and self.day is None,
            )
            for each in self.weeks
        ]  # fmt: skip

    def _address(self, **shown: object) -> str:
        """The query of another week or day, of the same workplace and activity."""
        kept = {"workplace": self.choice.workplace, "activity": self.choice.activity}
        return "?" + urlencode(shown | {name: code for name, code in kept.items() if code})

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
                sum(shift.length for shift in shifts) / HOUR,
            )
            for key, shifts in self.asked.value.items()
        ]  # fmt: skip

    @cached_property
    def shares(self) -> list[tuple[str, PersonShare]]:
        """Each person by name, with late and weekend shifts and time off the phone in the whole plan."""
        found = {} if self.fault else shares(self.asked.problem, self.asked.value)
        return [(self.asked.names[key], share) for key, share in found.items()]

    @cached_property
    def day_rows(self) -> list[ShiftOfDay]:
        """The shifts of the day that is shown, with their parts, by their beginnings."""
        if self.day is None:
            return []
        starts = datetime.combine(self.day, time(0), COPENHAGEN)
        ends = datetime.combine(self.day + timedelta(days=1), time(0), COPENHAGEN)
        rows = self.plan.shifts.filter(starts_at__gte=starts, starts_at__lt=ends).order_by("starts_at", "person__name")
        return [
            ShiftOfDay(row.person.name, row.workplace.name, parts_of(row))
            for row in rows.select_related("person", "workplace").prefetch_related(*PARTS)
        ]

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
            (_("Sene vagter og weekendvagter ud over en lige fordeling"), self.cost.late),
            (_("Aftalt tid væk fra telefonen, der ikke er plads til"), self.cost.off_phone),
        )  # fmt: skip
        return [(name, price) for name, price in found if price]

    @property
    def missing_hours(self) -> float:
        return self.cost.short / HOUR if self.cost else 0.0

    @cached_property
    def coverage(self) -> list[CoverageRow]:
        """Where and at what people are needed in the plan, and how many hours are missing; the worst first."""
        return [] if self.fault else coverage.rows(self.asked)

    @cached_property
    def coverage_form(self) -> CoverageForm | None:
        """Which of them the plots show; None when there is no choice."""
        if len(self.coverage) < 2:
            return None
        return CoverageForm(self.coverage, workplace=self.choice.workplace, activity=self.choice.activity)

    @cached_property
    def pictures(self) -> CoveragePictures | None:
        """Need and people at work on the days that are shown, of the rows that are chosen together."""
        rows = coverage.chosen(self.coverage, self.choice.workplace, self.choice.activity)
        return CoveragePictures(self.asked, rows, [self.day] if self.day else self.days) if rows else None

    @cached_property
    def need_sources(self) -> list[str]:
        """Where the need comes from that was taken from the forecast."""
        rows = self.plan.needs.select_related("activity", "workplace")
        names = dict(Queue.objects.filter(centre=self.plan.centre_id).values_list("code", "name"))
        return [source_words(*each, names) for each in sources(rows)]

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
    def is_of_before(self) -> bool:
        """Whether its cost is from before late shifts and time off the phone were counted in it."""
        found = self.row.answer.get("cost")
        return found is not None and "off_phone" not in found

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
