"""The telephone book (telefonbog): people, units, services, purposes, queues and numbers, found by any word or by any
part of a number, those who can be asked now first. The desk and the office ask the same function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import Collate

from indgang.accounts.models import Person
from indgang.catalogue import directory
from indgang.catalogue.folding import folded_fields, holds, pattern
from indgang.catalogue.models import DirectoryEntry, Purpose, Service, Unit
from indgang.core.clock import day_of
from indgang.entry.models import AgentState, EntryPoint, FormerNumber, Presence, Queue
from indgang.entry.setup import former_numbers
from indgang.entry.team import second_level
from indgang.knowledge.search import asking, reading
from indgang.prepared.query import Query
from indgang.routing.availability.one_person import reach
from indgang.routing.availability.reachability import Available, Unavailable
from indgang.workforce import own_day, reach_words
from indgang.workforce.day_line import DayKind

#: people of a page, and lines of each other kind; with more, the person types more letters
MOST_PEOPLE, MOST_OTHERS = 12, 5
#: entries whose promised times are read to put those who can be asked first
_MOST_RANKED = 60
#: names of others who know the same
_MOST_NAMES = 3
_LONGEST = 100
_FIRST, _PERHAPS, _BUSY, _AWAY = range(4)


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person or desk: an entry of the directory with its user, or one of the two.

    `can_be_asked` is None when nothing is known; `reach` says it in words and never why somebody is absent.
    """

    entry: DirectoryEntry | None
    person: Person | None
    can_be_asked: bool | None = None
    reach: str = ""
    substitutes: tuple[str, ...] = ()
    also_know: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.entry.name if self.entry else self.person.name if self.person else ""


@dataclass(frozen=True, slots=True)
class PhoneBook:
    """What was found. `total` counts the directory entries; `repaired` are the words that were corrected."""

    people: list[ListedPerson] = field(default_factory=list)
    total: int = 0
    units: list[Unit] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    purposes: list[Purpose] = field(default_factory=list)
    queues: list[Queue] = field(default_factory=list)
    entry_points: list[EntryPoint] = field(default_factory=list)
    former_numbers: list[FormerNumber] = field(default_factory=list)
    repaired: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        others = (self.units, self.services, self.purposes, self.queues, self.entry_points, self.former_numbers)
        return not self.people and not any(others)


def search(
    text: str, *, by: Person, at: datetime, unit: Unit | None = None, first: int = 0, most: int = MOST_PEOPLE
) -> PhoneBook:
    """What holds every word of the text, in force today; `most` people from number `first` on.

    Without words: the directory. `unit` limits people to that unit and those below it. When nothing holds the words,
    misspelt ones are corrected as the search in knowledge does.
    """
    asked = " ".join(text.replace("\x00", "").split())[:_LONGEST]
    found = _look(asked, at, unit, first, most)
    if not found.is_empty or not asked:
        return found
    repaired = _repaired(asked, by, at)
    if not repaired:
        return found
    again = " ".join(repaired.get(word, word) for word in asked.split())
    return replace(_look(again, at, unit, first, most), repaired=repaired)


def leading_to(number: str, *, on: date) -> FormerNumber | None:
    """The old main number with exactly this number (as stored), and where it leads now."""
    rows = FormerNumber.objects.valid_on(on).filter(number=number)
    found: FormerNumber | None = rows.select_related("entry_point", "queue__centre", "unit").first()
    return found


def _look(text: str, at: datetime, unit: Unit | None, first: int, most: int) -> PhoneBook:
    day, words = day_of(at), directory.words_of(text)
    people, total = _people(text, words, at, unit, first, most)
    if not text:
        return PhoneBook(people, total)
    if first == 0 and unit is None:
        people += _without_entry(words, at, most - len(people))
    return PhoneBook(
        people=people,
        total=total,
        units=_others(_UNITS, words, day),
        services=_others(_SERVICES, words, day),
        purposes=_others(_PURPOSES, words, day),
        queues=_others(_QUEUES, words, day),
        entry_points=_others(_ENTRY_POINTS, words, day),
        former_numbers=former_numbers.matching(words, on=day, most=MOST_OTHERS),
    )


def _others(query: Callable[[int], Query], words: Sequence[str], day: date) -> list[Any]:
    return query(len(words)).models(on=day, **directory.by_place(words))


def _query(rows: Callable[[], Any], *fields: str) -> Callable[[int], Query]:
    """The search among rows of a day by their fields, in Danish order, for each number of words."""

    @lru_cache(maxsize=16)
    def prepared(count: int) -> Query:
        def build(on: date, **words: str) -> QuerySet[Any]:
            return _held(rows().valid_on(on), fields, words.values())[:MOST_OTHERS]

        return Query(build, on=date, **directory.types_of(count))

    return prepared


def _held(rows: Any, fields: Iterable[str], patterns: Iterable[str]) -> QuerySet[Any]:
    held = rows.annotate(named=folded_fields(*fields))
    for wanted in patterns:
        held = held.filter(holds("named", wanted))
    found: QuerySet[Any] = held.order_by(Collate("named", "C"), "pk")
    return found


_UNITS = _query(Unit.objects.all, "name", "name_en", "phone", "email")
_SERVICES = _query(lambda: Service.objects.select_related("unit"), "name", "name_en", "public_name", "keywords")
_PURPOSES = _query(Purpose.objects.all, "name", "name_en")
_QUEUES = _query(lambda: Queue.objects.select_related("centre"), "name", "centre__name")
_ENTRY_POINTS = _query(EntryPoint.objects.all, "number", "name")


def _repaired(text: str, by: Person, at: datetime) -> Mapping[str, str]:
    """The misspelt words with their corrections, as typed."""
    scope = reading.reader(by, at=at).scope(["da"], ["person", "unit", "service"])
    return asking.understand(text, "da", scope=scope).repaired


# --- People ------------------------------------------------------------------------------------


def _people(
    text: str, words: Sequence[str], at: datetime, unit: Unit | None, first: int, most: int
) -> tuple[list[ListedPerson], int]:
    """A page of entries, those who can be asked now first, otherwise in Danish order; and how many there are.

    The database ranks by desks and absences; of a short list, promised times count as well.
    """
    rows, total = _entries(text, words, at, unit, first, most)
    is_whole = total <= _MOST_RANKED
    rows = rows if is_whole or first else rows[:most]
    users = {person.entry_id: person for person in _users(Q(entry__in=rows))}
    listed = sorted(_with_reach([ListedPerson(row, users.get(row.pk)) for row in rows], at), key=_turn)
    return _with_others(listed[first : first + most] if is_whole else listed, day_of(at)), total


def _entries(
    text: str, words: Sequence[str], at: datetime, unit: Unit | None, first: int, most: int
) -> tuple[list[DirectoryEntry], int]:
    """The first entries of the search, or, behind those, a page of them; and how many there are."""
    path = unit.path if unit else ""
    if directory.service_number(text):
        found = list(_ranked(directory.matching(text, on=day_of(at)), path, at)[:_MOST_RANKED])
    else:
        query = _by_words(directory.are_numbers(words))
        found = query.models(on=day_of(at), at=at, path=path, **directory.by_place(words))
    total: int = vars(found[0])["total"] if found else 0  # annotated by the database
    if first and total > _MOST_RANKED:
        rows = directory.holding(day_of(at), map(pattern, words), directory.are_numbers(words))
        found = list(_ranked(rows, path, at)[first : first + most])
    return found, total


@lru_cache(maxsize=64)
def _by_words(are_digits: tuple[bool, ...]) -> Query:
    def build(on: date, at: datetime, path: str, **words: str) -> QuerySet[DirectoryEntry]:
        return _ranked(directory.holding(on, words.values(), are_digits), path, at)[:_MOST_RANKED]

    return Query(build, on=date, at=datetime, path=str, **directory.types_of(len(are_digits)))


def _without_entry(words: Sequence[str], at: datetime, most: int) -> list[ListedPerson]:
    """Users that no entry belongs to."""
    rows = _users_alone(len(words)).models(**directory.by_place(words))[: max(most, 0)]
    return sorted(_with_reach([ListedPerson(None, person) for person in rows], at), key=_turn)


@lru_cache(maxsize=16)
def _users_alone(count: int) -> Query:
    def build(**words: str) -> QuerySet[Person]:
        return _held(_users(Q(entry=None)), ("name", "username"), words.values())[:MOST_PEOPLE]

    return Query(build, **directory.types_of(count))


def _users(which: Q) -> QuerySet[Person]:
    found: QuerySet[Person] = Person.objects.filter(which, is_active=True)
    return found.select_related("presence__reason", "entry__unit")


def _ranked(entries: QuerySet[DirectoryEntry], path: str, at: datetime) -> QuerySet[DirectoryEntry]:
    mine = {"person__entry": OuterRef("pk"), "person__is_active": True}
    away = own_day.lasting_after(at).filter(**mine, starts_at__lte=at)
    away = away.exclude(kind__in=[kind for kind in DayKind if kind.can_be_asked])
    desks = Presence.objects.filter(**mine).exclude(state=AgentState.SIGNED_OUT)
    free = Q(state__in=(AgentState.READY, AgentState.NOT_RESPONDING))
    free |= Q(state=AgentState.PAUSED) & ~Q(reason__reachable=False)
    rank = Case(
        When(Exists(away), then=Value(_AWAY)),
        When(Exists(desks.filter(free)), then=Value(_FIRST)),
        When(Exists(desks), then=Value(_BUSY)),
        default=Value(_PERHAPS),
        output_field=IntegerField(),
    )
    inside: Any = entries.filter(unit__path__startswith=Value(path))
    ranked = inside.select_related("unit").annotate(rank=rank, total=Window(Count("*")))
    found: QuerySet[DirectoryEntry] = ranked.order_by("rank", Collate(F("searched"), "C"), "pk")
    return found


def _turn(listed: ListedPerson) -> int:
    """The order of people in a list that is in Danish order already."""
    if listed.can_be_asked is None:
        return _PERHAPS
    return _FIRST if listed.can_be_asked else _BUSY


def _with_reach(listed: Iterable[ListedPerson], at: datetime) -> list[ListedPerson]:
    """The people with whether they can be asked now, and their substitutes."""
    listed = list(listed)
    known = {each.person.pk for each in listed if each.person}
    if not known:
        return listed
    facts = second_level.facts_of(known, at=at)
    lines = {pk: list(facts.line_of(pk, day_of(at)))[1:] for pk in known}
    standing_in = {pk for line in lines.values() for pk in line}
    names = dict(Person.objects.filter(pk__in=standing_in).values_list("pk", "name")) if standing_in else {}

    def told(each: ListedPerson) -> ListedPerson:
        if each.person is None:
            return each
        answer = reach(facts, each.person.pk, at)
        substitutes = tuple(names[pk] for pk in lines[each.person.pk] if pk in names)
        can_be_asked = None if answer is None else isinstance(answer, Available)
        return replace(each, can_be_asked=can_be_asked, reach=_words(answer, at), substitutes=substitutes)

    return [told(each) for each in listed]


def _words(answer: Available | Unavailable | None, at: datetime) -> str:
    if answer is None:
        return ""
    return reach_words.about(answer, {}, at) if isinstance(answer, Available) else reach_words.why_not(answer, at)


# --- Who else knows this -----------------------------------------------------------------------


def _with_others(listed: Sequence[ListedPerson], day: date) -> list[ListedPerson]:
    """The people with the names of others who know one of the same services."""
    links = DirectoryEntry.services.through._default_manager
    pks = [each.entry.pk for each in listed if each.entry]
    known: dict[int, set[int]] = defaultdict(set)
    for entry, service in links.filter(directoryentry__in=pks).values_list("directoryentry", "service"):
        known[entry].add(service)
    knowing = _knowing(set().union(*known.values()), day) if known else {}
    return [
        replace(each, also_know=tuple(_names(each.entry.pk, known[each.entry.pk], knowing)))
        if each.entry and each.entry.pk in known
        else each
        for each in listed
    ]


def _knowing(services: Collection[int], day: date) -> dict[int, dict[int, str]]:
    """The names of the entries in force that know each service, by id, in Danish order."""
    entries = directory.in_danish_order(DirectoryEntry.objects.valid_on(day).filter(services__in=services))
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for service, pk, name in entries.values_list("services", "pk", "name"):
        found[service][pk] = name
    return found


def _names(entry: int, services: Iterable[int], knowing: Mapping[int, Mapping[int, str]]) -> Iterator[str]:
    others = {pk: name for service in services for pk, name in knowing.get(service, {}).items() if pk != entry}
    return iter(list(dict.fromkeys(others.values()))[:_MOST_NAMES])
