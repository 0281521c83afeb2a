"""What is agreed: promised windows with their people, substitutes, and whose accounts are closed.

It changes rarely and is asked about all day, so each process keeps what it has read until it changes. Every question
first reads the version, one short row: triggers write a new one in the transaction of every change of these tables,
whoever makes it. So a change counts from its commit on, in all processes, and one that is rolled back never did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TypeVar

from django.db.models import Q

from indgang.accounts.models import Person
from indgang.catalogue.models import Service
from indgang.core.ranges import ALWAYS, DateRange, TimeRange
from indgang.core.schedule import Schedule, Weekly
from indgang.prepared.query import Query
from indgang.routing.availability.reachability import HORIZON_DAYS
from indgang.routing.availability.windows import Medium, Substitution, Window
from indgang.workforce.models import AgreedVersion, GroupMember, PromisedWindow, Substitute, WindowPerson

#: days of which it is kept; a page that suggests times asks about the coming ones
_MOST_DAYS = 40
_MIDNIGHT = time(0)
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class AgreedWindows:
    """What is agreed of a day: `windows` by subject, with an entry for every subject that was asked about;
    `substitutes` by person, with an entry for everybody in the windows and in the lines of substitutes; `closed`
    accounts among these. `spans` fills with the open hours that `routing.availability` has worked out."""

    windows: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)
    substitutes: Mapping[int, tuple[Substitution, ...]] = field(default_factory=dict)
    closed: frozenset[int] = frozenset()
    spans: dict[tuple[int, date], tuple[TimeRange, ...]] = field(default_factory=dict)

    def windows_of(self, subjects: Iterable[str] | None) -> tuple[Window, ...]:
        """The windows of these subjects; of all that are known for None."""
        wanted = self.windows if subjects is None else subjects
        return tuple(window for subject in wanted for window in self.windows.get(subject, ()))

    def with_substitutes(self, people: Iterable[int]) -> set[int]:
        """These people, their substitutes, the substitutes' substitutes, and so on."""
        found: set[int] = set()
        asked = set(people)
        while asked:
            found |= asked
            asked = {each.substitute for one in asked for each in self.substitutes.get(one, ())} - found
        return found


@dataclass(frozen=True, slots=True)
class _Kept:
    version: str = ""
    days: dict[date, AgreedWindows] = field(default_factory=dict)


_kept = _Kept()

_VERSION = Query(lambda: AgreedVersion.objects.order_by("pk").values_list("token"))
_ALL_OFFERED = Query(
    lambda day: Service.objects.valid_on(day).order_by("pk").values_list("pk", "code", "unit"), day=date
)
_OFFERED = Query(
    lambda day, codes: (
        Service.objects.valid_on(day).filter(code__in=codes).order_by("pk").values_list("pk", "code", "unit")
    ),
    day=date,
    codes=list[str],
)
_LINES = Query(
    lambda first, last, services, units: (
        PromisedWindow.objects.between(first, last)
        .filter(Q(service__in=services) | Q(service=None, agreement__unit__in=units))
        .select_related("agreement__unit")
    ),
    first=date,
    last=date,
    services=list[int],
    units=list[int],
)
_NAMED = Query(
    lambda windows: (
        WindowPerson.objects.filter(window__in=windows).order_by("window", "place").values_list("window", "person")
    ),
    windows=list[int],
)
_MEMBERS = Query(
    lambda groups, day: (
        GroupMember.objects.valid_on(day).filter(group__in=groups).order_by("pk").values_list("group", "person")
    ),
    groups=list[int],
    day=date,
)
_SUBSTITUTES = Query(
    lambda people, day: (
        Substitute.objects.valid_on(day)
        .filter(person__in=people)
        .order_by("pk")
        .values_list("person", "substitute", "valid_from", "valid_to")
    ),
    people=list[int],
    day=date,
)
_CLOSED = Query(
    lambda people: Person.objects.filter(pk__in=people, is_active=False).order_by("pk").values_list("pk"),
    people=list[int],
)


def of(day: date, subjects: Collection[str]) -> AgreedWindows:
    """What is agreed about these subjects (codes of services) on a day, and perhaps about more."""
    days = _kept_of(" ".join(str(token) for (token,) in _VERSION.rows()))
    known = days.get(day, AgreedWindows())
    missing = [code for code in subjects if code not in known.windows]
    if missing:
        if len(days) >= _MOST_DAYS:
            days.clear()
        known = days[day] = _together(known, read(day, missing))
    return known


def forget() -> None:
    """Drop what is kept: in benches."""
    global _kept
    _kept = _Kept()


def _kept_of(version: str) -> dict[date, AgreedWindows]:
    """What is kept of this version. It was read before the tables were, which may be newer, never older."""
    global _kept  # replaced as a whole: other threads go on with the one that they have
    kept = _kept
    if kept.version != version:
        kept = _kept = _Kept(version)
    return kept.days


def read(day: date, subjects: Collection[str] | None = None) -> AgreedWindows:
    """What the tables say about these subjects, or about all, in a few queries."""
    windows: dict[str, list[Window]] = {code: [] for code in subjects or ()}
    for each in _windows(day, subjects):
        windows.setdefault(each.subject, []).append(each)
    people = {person for row in windows.values() for each in row for person in each.people}
    stand_ins = defaultdict(list)
    for one in substitutions(people, day):
        stand_ins[one.person].append(one)
    people |= {one.substitute for row in stand_ins.values() for one in row}
    return AgreedWindows(
        windows={code: tuple(row) for code, row in windows.items()},
        substitutes={person: tuple(row) for person, row in stand_ins.items()},
        closed=frozenset(pk for (pk,) in _CLOSED.rows(people=list(people))),
    )


def _together(one: AgreedWindows, other: AgreedWindows) -> AgreedWindows:
    return AgreedWindows(
        {**one.windows, **other.windows}, {**one.substitutes, **other.substitutes}, one.closed | other.closed, one.spans
    )


def _windows(day: date, services: Iterable[str] | None) -> Iterator[Window]:
    """One window for each service that a line of an agreement covers."""
    offered = _ALL_OFFERED.rows(day=day) if services is None else _OFFERED.rows(day=day, codes=list(services))
    of_unit: dict[int | None, list[str]] = defaultdict(list)
    codes: dict[int, str] = {}
    for pk, code, unit in offered:
        codes[pk] = code
        of_unit[unit].append(code)
    rows = _lines(day, list(codes), [unit for unit in of_unit if unit is not None])
    people = people_of(rows, day)
    for row in rows:
        for code in (
            of_unit[row.agreement.unit_id] if row.service_id is None else filter(None, [codes.get(row.service_id)])
        ):
            yield window(row, code, people[row.pk])


def _lines(day: date, services: list[int], units: list[int]) -> list[PromisedWindow]:
    # yesterday's windows may last over midnight, and the answer names the next time within the horizon
    first, last = day - timedelta(days=1), day + timedelta(days=HORIZON_DAYS)
    return _LINES.models(first=first, last=last, services=services, units=units) if services else []


def people_of(rows: Iterable[PromisedWindow], day: date) -> dict[int, tuple[int, ...]]:
    """The people of each line: those it names, in their order, then the members of its group."""
    named: dict[int, list[int]] = {row.pk: [] for row in rows}
    for window, person in _NAMED.rows(windows=list(named)):
        named[window].append(person)
    members = _members(rows, day)
    return {row.pk: tuple(dict.fromkeys(named[row.pk] + members.get(row.group_id or 0, []))) for row in rows}


def window(row: PromisedWindow, service: str, people: tuple[int, ...]) -> Window:
    return Window(
        row.pk, row.agreement.unit.code, service, people, hours_of(row), _media(row), is_back_up=row.is_back_up,
        days=_days_of(row),
    )  # fmt: skip


def hours_of(row: PromisedWindow) -> Schedule:
    """The hours of a line within the validity of its agreement."""
    return _hours(row, _days_of(row))


def _days_of(row: PromisedWindow) -> DateRange:
    return DateRange(row.agreement.valid_from, row.agreement.valid_to)


def weekly_of(row: PromisedWindow) -> Schedule:
    """The hours of a line in any week, whatever the validity of its agreement."""
    return _hours(row, ALWAYS)


def _hours(row: PromisedWindow, valid: DateRange) -> Schedule:
    """Hours over midnight become two spans, as `core.schedule` has them."""
    weekly = []
    for weekday in row.days:
        if row.closes == _MIDNIGHT or row.closes > row.opens:
            weekly.append(Weekly(weekday, row.opens, row.closes, valid))
            continue
        weekly.append(Weekly(weekday, row.opens, _MIDNIGHT, valid))
        weekly.append(Weekly((weekday + 1) % 7, _MIDNIGHT, row.closes, _a_day_later(valid)))
    return Schedule(tuple(weekly), closed_on_holidays=not row.on_holidays)


def _a_day_later(valid: DateRange) -> DateRange:
    start, end = valid
    return DateRange(start and start + timedelta(days=1), end and end + timedelta(days=1))


def _media(row: PromisedWindow) -> frozenset[Medium]:
    chosen = ((Medium.PHONE, row.by_phone), (Medium.CHAT, row.by_chat))
    return frozenset(medium for medium, is_on in chosen if is_on)


def _members(rows: Iterable[PromisedWindow], day: date) -> dict[int, list[int]]:
    groups = {row.group_id for row in rows if row.group_id}
    found: dict[int, list[int]] = defaultdict(list)
    for group, person in _MEMBERS.rows(groups=list(groups), day=day) if groups else ():
        found[group].append(person)
    return found


def substitutions(people: Iterable[int], day: date) -> Iterator[Substitution]:
    """The substitutes of these people, their substitutes, and so on; one query for each step."""
    known: set[int] = set()
    asked = set(people)
    while asked:
        known |= asked
        rows = _SUBSTITUTES.rows(people=list(asked), day=day)
        found = [Substitution(person, substitute, DateRange(start, end)) for person, substitute, start, end in rows]
        yield from found
        asked = {each.substitute for each in found} - known
