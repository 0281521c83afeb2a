"""Tables of figures: those of one period beside those of the days before, or of each group of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.agreements.words import promised_words
from indgang.core import clock
from indgang.core.text import sort_key
from indgang.measures.baselines import figure_of
from indgang.measures.definitions import Adding, Definition, Figure, hidden_groups
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.group_names import group_names
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals
from indgang.office.figures import words
from indgang.office.figures.agreed import AgreedElsewhere
from indgang.office.figures.forms import ContactsFilter, FiguresFilter
from indgang.office.figures.promised import PromisedDefinition
from indgang.office.figures.sections import FigureSection, sections


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A figure of one group. A hidden one has too few behind it and shows neither value nor base."""

    definition: Definition
    figure: Figure
    is_hidden: bool = False

    @property
    def value(self) -> str:
        return _("for få") if self.is_hidden else words.value_words(self.definition, self.figure)

    @property
    def base(self) -> str:
        return "" if self.is_hidden else words.base_words(self.figure)

    @property
    def remark(self) -> str:
        """Why it has no value; empty when it has one."""
        return self.value if self.is_hidden or self.figure.value is None else ""

    @property
    def out_of(self) -> str:
        """`ud af 1.204`, where the base says more than the value."""
        return _("ud af %(base)s") % {"base": self.base} if self.has_base else ""

    @property
    def has_base(self) -> bool:
        """Whether the base says more than the value."""
        return not self.is_hidden and bool(self.figure.base) and self.figure.value != self.figure.base


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """A figure with that of the days before. `remark`: the agreement names another formula."""

    now: FigureShown
    before: FigureShown
    difference: str
    remark: str = ""

    @property
    def definition(self) -> Definition:
        return self.now.definition

    @property
    def name(self) -> str | Promise:
        return name_of(self.definition)


@dataclass(frozen=True, slots=True)
class GroupedFigures:
    """The figures of one group: a row of a table."""

    group: str
    name: str
    cells: list[FigureShown]
    is_whole: bool = False

    @property
    def texts(self) -> list[tuple[str, str]]:
        """The value of each cell, and what it is out of: a page has thousands of them."""
        return [(cell.value, cell.out_of) for cell in self.cells]

    @property
    def promised(self) -> list[tuple[str, str]]:
        """The same of all but the first: the page of one service level shows it by other promises beside it."""
        return self.texts[1:]

    @property
    def has_data(self) -> bool:
        """Whether anything is behind any of the figures."""
        return any(cell.figure.base for cell in self.cells)

    @property
    def part(self) -> str:
        """What stands for the group in an address (`ContactsFilter`)."""
        return self.group or ContactsFilter.NO_CODE


def name_of(definition: Definition) -> str | Promise:
    if isinstance(definition, PromisedDefinition):
        return promised_words(definition.code, definition.within)
    return FIGURE_NAMES.get(definition.code, definition.code)


def unit_of(definition: Definition) -> str:
    """Its unit in words."""
    words_of = {
        "percent": _("procent"), "seconds": _("sekunder"), "count": _("antal"), "per_hour": _("antal i timen"),
        "index": _("indeks fra 0 til 100"), "kroner": _("kroner"),
    }  # fmt: skip
    return words_of.get(definition.unit, definition.unit)


# --- All figures ---------------------------------------------------------------------------------


def compared(form: FiguresFilter) -> list[tuple[FigureSection, list[ComparedFigure]]]:
    """Each section with its figures, and those of the days before."""
    agreed = AgreedElsewhere(form)
    now, before = (Whole(each, form) for each in (form.days.period, form.days.before))
    return [
        (section, [compare(each, now, before, agreed) for each in section.definitions])
        for section in sections(form.definitions)
    ]


def compare(definition: Definition, now: Whole, before: Whole, agreed: AgreedElsewhere) -> ComparedFigure:
    shown, earlier = now.figure(definition), before.figure(definition)
    is_hidden = shown.is_hidden or earlier.is_hidden
    difference = "" if is_hidden else _difference(definition, now, before)
    return ComparedFigure(shown, earlier, difference, agreed.remark(definition))


def _difference(definition: Definition, now: Whole, before: Whole) -> str:
    """Numbers are compared per day where the periods are of unequal length, and not before their last day is over."""
    if definition.adds is Adding.COUNTS and not now.is_over:
        return _("sammenlignes, når dagen er slut")
    if definition.adds is not Adding.COUNTS or now.days == before.days:
        return words.difference_words(definition, definition.of(now.totals), definition.of(before.totals))
    difference = words.difference_words(definition, now.per_day(definition), before.per_day(definition))
    return _("om dagen: %(difference)s") % {"difference": difference} if difference else ""


class Whole:
    """All that is chosen, in one period; without `times` for figures that are made of no histograms. `entered` are the
    figures that are wanted, as in `reading.totals`."""

    def __init__(
        self, period: Period, form: FiguresFilter, *, times: bool = True, entered: Collection[str] | None = None
    ) -> None:
        self.totals = reading.totals(period, only=form.only, times=times, entered=entered).get("", Totals())
        self.times, self.entered = times, entered
        self._period = period
        self._is_part = form.is_part(GroupBy.NOTHING)
        self._parts = form.parts_in(period, times=times, entered=entered)

    def figure(self, definition: Definition) -> FigureShown:
        figure = definition.of(self.totals)
        return FigureShown(definition, figure, (figure.is_small and self._is_part) or self.hides(definition))

    @property
    def is_over(self) -> bool:
        return self._period.end <= clock.now()

    @property
    def days(self) -> int:
        return (clock.day_of(self._period.end) - clock.day_of(self._period.start)).days

    def per_day(self, definition: Definition) -> Figure:
        return figure_of(self.totals, definition, self.days)

    def hides(self, definition: Definition) -> bool:
        """Whether what is chosen is a part that is hidden beside the others, and so with all of its own parts."""
        return self._parts.hides(definition.of)


# --- By group ------------------------------------------------------------------------------------


class Groups:
    """What is counted in each group of the chosen period, in the order of the groups' names (or of time)."""

    def __init__(self, form: FiguresFilter, by: GroupBy, whole: Whole) -> None:
        self._whole = whole
        self._found = reading.totals(
            form.days.period, by=by, only=form.only, times=whole.times, entered=whole.entered
        )  # fmt: skip
        self._names = group_names(by, self._found)
        in_time = by in (GroupBy.DAY, GroupBy.MONTH, GroupBy.LEVEL)
        self.ordered = sorted(self._found, key=None if in_time else lambda group: sort_key(self._names[group]))

    def rows(self, definitions: Iterable[Definition], groups: Iterable[str] | None = None) -> list[GroupedFigures]:
        """The figures of these groups, or of all. Whether one is hidden follows from all of them."""
        columns = [self._column(each) for each in definitions]
        return [
            GroupedFigures(group, self._names[group], [column[group] for column in columns])
            for group in (self.ordered if groups is None else groups)
        ]

    def _column(self, definition: Definition) -> dict[str, FigureShown]:
        figures = {group: definition.of(totals) for group, totals in self._found.items()}
        hidden = set(figures) if self._whole.hides(definition) else hidden_groups(figures, is_part=True)
        return {group: FigureShown(definition, figure, group in hidden) for group, figure in figures.items()}


def all_groups(definitions: Iterable[Definition], whole: Whole) -> GroupedFigures:
    """The row of all groups together."""
    return GroupedFigures("", _("I alt"), [whole.figure(each) for each in definitions], is_whole=True)
