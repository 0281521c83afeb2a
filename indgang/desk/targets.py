"""Transfer targets: colleagues and case workers with their states, queues, and any number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from indgang.accounts.access import people_who_may
from indgang.accounts.models import Person
from indgang.catalogue import directory
from indgang.catalogue.models import DirectoryEntry
from indgang.core import clock, phone_numbers
from indgang.core.text import sort_key
from indgang.desk import expected_wait
from indgang.desk.access import TELEPHONE
from indgang.desk.expected_wait import BUSY, Busy
from indgang.enquiries.models import Enquiry, State
from indgang.entry.models import AgentState, FormerNumber, Presence, Queue, QueueMembership
from indgang.entry.team import phone_book
from indgang.measures import handling
from indgang.measures.handling import Usual
from indgang.prepared.query import Query

#: lines of each kind; when there are more, the person types more letters
MOST_SHOWN = 8
#: more words narrow a search no further
_MOST_WORDS = 8

_FREE_FIRST = {AgentState.READY: 0, AgentState.WORKING: 1, AgentState.WRAP_UP: 1, AgentState.PAUSED: 2}
#: choices of minutes to wait for a busy colleague, and the default
WAITS, USUAL_WAIT = (2, 5, 10), 5


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the list. `address` is as in commands.consult; `state` is an agent state, "open", "closed" or "".

    A busy person has been so `since`, will be free in about `wait` seconds, and has `ahead` callers waiting.
    """

    address: str
    name: str
    about: str
    state: str = ""
    state_text: str = ""
    usable: bool = True
    number: str = ""
    since: datetime | None = None
    wait: float | None = None
    ahead: int = 0
    #: of the second level: who has the card, also when a number outside rings, and the service that it is about
    person: int | None = None
    service: str = ""


def find(text: str, *, by: Person, on: date) -> list[Target]:
    """Targets that match the words, available ones first. Without words: free colleagues and the queues."""
    text = " ".join(text.replace("\x00", "").split())[:100]
    people = _people(text, by=by, on=on)
    return [*_outside(text, on=on), *people, *_queues(text, on=on), *_listed(text, people=people, on=on)]


def of_entries(entries: Iterable[DirectoryEntry], *, on: date) -> dict[int, Target | None]:
    """How to reach each directory entry, by id: at the desk when the person is there, otherwise by telephone."""
    entries = list(entries)
    people = people_who_may(TELEPHONE, on).filter(entry__in=entries)
    desks = {person.entry_id: _person(person) for person in people.select_related("presence__reason", "entry__unit")}
    return {entry.pk: _of_entry(entry, desks.get(entry.pk)) for entry in entries}


def of_person(person: Person, *, about: str) -> Target:
    """How to reach a person of the second level: at the desk when they are there, otherwise by telephone."""
    desk = _person(person)
    if not desk.usable and person.entry is not None and desk.number:
        return replace(_entry(person.entry), name=person.name, about=about, person=person.pk)
    return replace(desk, about=about, person=person.pk)


def _of_entry(entry: DirectoryEntry, desk: Target | None) -> Target | None:
    if desk and desk.usable:
        return desk
    line = _entry(entry) if entry.phone or entry.mobile else None
    return replace(line, state=desk.state, state_text=desk.state_text) if desk and line else line


def _people(text: str, *, by: Person, on: date) -> list[Target]:
    """Everybody who has a telephone in the product on that day."""
    words = _words(text)
    found = _colleagues(len(words)).models(by=by.pk, on=on, **_by_place(words))
    rows = sorted(found, key=_soonest)[:MOST_SHOWN]
    busy = _busy([row for row in rows if _state(row) in BUSY])
    return [_person(row, busy.get(row.pk)) for row in rows]


@lru_cache(maxsize=16)
def _colleagues(count: int) -> Query:
    """Colleagues who match as many words; without any, those who are free."""

    def build(by: int, on: date, **words: str) -> QuerySet[Person]:
        found = people_who_may(TELEPHONE, on).exclude(pk=by)
        for each in map(Value, words.values()):
            found = found.filter(
                Q(name__icontains=each)
                | Q(username__istartswith=each)
                | Q(entry__responsibilities__icontains=each)
                | Q(entry__unit__name__icontains=each)
                | Q(entry__title__icontains=each)
            )
        if not words:
            found = found.filter(presence__state=AgentState.READY)
        return found.select_related("presence__reason", "entry__unit")[:60]

    return Query(build, by=int, on=date, **_types(count))


def _words(text: str) -> list[str]:
    return text.split()[:_MOST_WORDS]


def _by_place(words: Iterable[str]) -> dict[str, str]:
    return {f"word{place}": word for place, word in enumerate(words)}


def _types(count: int) -> dict[str, type]:
    return {f"word{place}": str for place in range(count)}


def _busy(people: Collection[Person]) -> dict[int, Busy]:
    """The activity of busy people, by person. Three queries; none when nobody is busy."""
    if not people:
        return {}
    pks = [person.pk for person in people]
    talking = Enquiry.objects.filter(agent__in=pks, state=State.TALKING).order_by("answered_at")
    queues = dict(talking.values_list("agent", "queue"))
    usual = handling.usual({queue for queue in queues.values() if queue is not None})
    ahead = Counter(Enquiry.objects.filter(waits_for__in=pks).order_by().values_list("waits_for", flat=True))
    return {
        person.pk: _doing(person.presence, usual.get(queues.get(person.pk) or 0, Usual()), ahead[person.pk])
        for person in people
    }


def _doing(presence: Presence, usual: Usual, ahead: int) -> Busy:
    return Busy(AgentState(presence.state), presence.since, presence.wrap_up_until, usual, ahead)


def _soonest(person: Person) -> tuple[int, str]:
    """The sort key: free people first, then by the time until they are free."""
    state = AgentState(_state(person))
    return _FREE_FIRST.get(state, 3 if state in BUSY else 9), sort_key(person.name)


def _state(person: Person) -> str:
    presence = getattr(person, "presence", None)
    return presence.state if presence else AgentState.SIGNED_OUT.value


def _person(person: Person, busy: Busy | None = None) -> Target:
    state = AgentState(_state(person))
    about = " · ".join(part for part in (person.entry.title, person.entry.unit.name) if part) if person.entry else ""
    return Target(
        address=f"person:{person.pk}",
        name=person.name,
        about=about,
        state=state,
        state_text=_state_text(person, state),
        usable=(state in _FREE_FIRST or state is AgentState.NOT_RESPONDING) and _may_be_asked(person, state),
        number=(person.entry.phone or person.entry.mobile) if person.entry else "",
        since=busy.since if busy else None,
        wait=expected_wait.seconds(busy, clock.now()) if busy else None,
        ahead=busy.ahead if busy else 0,
    )


def _may_be_asked(person: Person, state: AgentState) -> bool:
    """Whether the pause reason lets colleagues consult this person and transfer callers to them."""
    reason = person.presence.reason if state is AgentState.PAUSED else None
    return reason is None or reason.reachable


def _state_text(person: Person, state: AgentState) -> str:
    if state is AgentState.READY:
        return _("Ledig")
    asked = _may_be_asked(person, state)
    return str(state.label) if asked else f"{state.label}: {person.presence.reason}"


def _queues(text: str, *, on: date) -> list[Target]:
    words = _words(text)
    return list(of_queues(_served(len(words)).models(on=on, **_by_place(words)), on=on).values())


def of_queues(queues: Sequence[Queue], *, on: date) -> dict[int, Target]:
    """How to transfer a caller to each queue, by id, with the number of free agents."""
    if not queues:
        return {}
    free = Counter(queue for (queue,) in _READY.rows(on=on, queues=[row.pk for row in queues]))
    return {queue.pk: _queue(queue, free[queue.pk]) for queue in queues}


@lru_cache(maxsize=16)
def _served(count: int) -> Query:
    """Queues that somebody serves and that match as many words."""

    def build(on: date, **words: str) -> QuerySet[Queue]:
        found: Any = Queue.objects.valid_on(on).for_calls()
        for each in map(Value, words.values()):
            found = found.filter(Q(name__icontains=each) | Q(centre__name__icontains=each))
        serving = QueueMembership.objects.serving_on(on)
        served = found.filter(Exists(serving.filter(queue=OuterRef("pk"))))
        rows: QuerySet[Queue] = served.select_related("centre").order_by("name")[:MOST_SHOWN]
        return rows

    return Query(build, on=date, **_types(count))


_READY = Query(
    lambda on, queues: (
        QueueMembership.objects.serving_on(on)
        .filter(active=True, queue__in=queues, person__presence__state=AgentState.READY)
        .order_by()
        .values_list("queue")
    ),
    on=date,
    queues=list[int],
)


def _queue(queue: Queue, free: int) -> Target:
    closed = queue.is_closed_at(clock.now())
    return Target(
        address=f"queue:{queue.code}",
        name=queue.name,
        about=_("Kø · %(centre)s") % {"centre": queue.centre.name},
        state="closed" if closed else "open",
        state_text=_("Lukket") if closed else _("%(free)s ledige") % {"free": free},
        usable=not closed,
    )


def _listed(text: str, *, people: Iterable[Target], on: date) -> list[Target]:
    """Directory entries without a desk here, who can be reached only by telephone."""
    if len(text) < 2:
        return []
    shown = {target.name for target in people}
    # as many names as are shown already may be among the first
    found = directory.with_number(text, on=on, most=2 * MOST_SHOWN)
    return [_entry(entry) for entry in found if entry.name not in shown][:MOST_SHOWN]


def _entry(entry: DirectoryEntry) -> Target:
    number = entry.phone or entry.mobile
    about = " · ".join(part for part in (entry.title, entry.unit.name, phone_numbers.for_people(number)) if part)
    return Target(address=f"tel:{number}", name=entry.name, about=about, number=number)


def _outside(text: str, *, on: date) -> list[Target]:
    """The number that was typed; an old main number with where it leads now."""
    number = phone_numbers.in_search(text)
    if number is None:
        return []
    former = phone_book.leading_to(number, on=on)
    led = of_former_number(former, on=on) if former else None
    return [*([led] if led else []), of_number(number, about=_("Eksternt nummer"))]


def of_number(number: str, *, name: str = "", about: str = "") -> Target:
    """A number, stored or as it was typed; one that cannot be dialled is not usable."""
    try:
        dialled = phone_numbers.normalise(number)
    except phone_numbers.NumberError:
        return Target(address="", name=name or number, about=about, usable=False)
    shown = phone_numbers.for_people(dialled)
    return Target(address=f"tel:{dialled}", name=name or shown, about=about, number=dialled)


def of_former_number(former: FormerNumber, *, on: date) -> Target | None:
    """Where an old number leads now; None when only its text says what to do."""
    name = _("%(name)s (gammelt nummer)") % {"name": former.name}
    if former.queue is not None:
        queue = of_queues([former.queue], on=on)[former.queue.pk]
        return replace(queue, name=name, about=led_to(former))
    number = former.entry_point.number if former.entry_point else former.unit.phone if former.unit else ""
    return of_number(number, name=name, about=led_to(former)) if number else None


def led_to(former: FormerNumber) -> str:
    """Where an old number leads now, in words: "fører nu til Hovednummeret · Sig, at …"."""
    place = former.entry_point or former.queue or former.unit
    said = _("fører nu til %(name)s") % {"name": place.name} if place else ""
    return " · ".join(part for part in (said, former.text) if part)
