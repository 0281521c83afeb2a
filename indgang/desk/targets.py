"""Who a caller can be put through to: colleagues and case workers with what they are doing, queues, any number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from indgang.accounts.access import people_who_may
from indgang.accounts.models import Person
from indgang.catalogue import directory
from indgang.catalogue.models import DirectoryEntry
from indgang.core import clock, phone_numbers
from indgang.core.text import sort_key
from indgang.desk.access import TELEPHONE
from indgang.entry.models import AgentState, Queue, QueueMembership

#: per kind; more than these means that more letters are needed
MOST_SHOWN = 8

_FREE_FIRST = {AgentState.READY: 0, AgentState.WRAP_UP: 1, AgentState.PAUSED: 2}


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the list. `address` is as commands.consult; `state` is an agent state, "open", "closed" or ""."""

    address: str
    name: str
    about: str
    state: str = ""
    state_text: str = ""
    usable: bool = True
    number: str = ""


def find(text: str, *, by: Person, on: date) -> list[Target]:
    """What fits the words, those who can take a call now first. Without words: free colleagues and the queues."""
    text = " ".join(text.replace("\x00", "").split())[:100]
    people = _people(text, by=by, on=on)
    return [*_outside(text), *people, *_queues(text, on=on), *_listed(text, people=people, on=on)]


def of_entries(entries: Iterable[DirectoryEntry], *, on: date) -> dict[int, Target | None]:
    """How each of the directory is reached, by id: at their desk when they are there, else by telephone."""
    entries = list(entries)
    people = people_who_may(TELEPHONE, on).filter(entry__in=entries)
    desks = {person.entry_id: _person(person) for person in people.select_related("presence", "entry__unit")}
    return {entry.pk: _of_entry(entry, desks.get(entry.pk)) for entry in entries}


def _of_entry(entry: DirectoryEntry, desk: Target | None) -> Target | None:
    if desk and desk.usable:
        return desk
    line = _entry(entry) if entry.phone or entry.mobile else None
    return replace(line, state=desk.state, state_text=desk.state_text) if desk and line else line


def _people(text: str, *, by: Person, on: date) -> list[Target]:
    """Everybody with a telephone in the product that day."""
    found = people_who_may(TELEPHONE, on).exclude(pk=by.pk)
    for word in text.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(username__istartswith=word)
            | Q(entry__responsibilities__icontains=word)
            | Q(entry__unit__name__icontains=word)
            | Q(entry__title__icontains=word)
        )
    if not text:
        found = found.filter(presence__state=AgentState.READY)
    rows = found.select_related("presence", "entry__unit")[:60]
    return [_person(row) for row in sorted(rows, key=_soonest)[:MOST_SHOWN]]


def _soonest(person: Person) -> tuple[int, str]:
    return _FREE_FIRST.get(AgentState(_state(person)), 9), sort_key(person.name)


def _state(person: Person) -> str:
    presence = getattr(person, "presence", None)
    return presence.state if presence else AgentState.SIGNED_OUT.value


def _person(person: Person) -> Target:
    state = AgentState(_state(person))
    about = " · ".join(part for part in (person.entry.title, person.entry.unit.name) if part) if person.entry else ""
    return Target(
        address=f"person:{person.pk}",
        name=person.name,
        about=about,
        state=state,
        state_text=_("Ledig") if state is AgentState.READY else str(state.label),
        usable=state in _FREE_FIRST or state is AgentState.AWAY,
        number=(person.entry.phone or person.entry.mobile) if person.entry else "",
    )


def _queues(text: str, *, on: date) -> list[Target]:
    queues: Any = Queue.objects.valid_on(on)
    for word in text.split():
        queues = queues.filter(Q(name__icontains=word) | Q(centre__name__icontains=word))
    serving = QueueMembership.objects.serving_on(on)
    rows = list(
        queues.filter(Exists(serving.filter(queue=OuterRef("pk"))))
        .select_related("centre")
        .order_by("name")[:MOST_SHOWN]
    )
    ready = serving.filter(active=True, queue__in=rows, person__presence__state=AgentState.READY)
    free = Counter(ready.values_list("queue", flat=True))
    return [_queue(queue, free[queue.pk]) for queue in rows]


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
    """Those in the directory who have no desk here: their telephone is all there is."""
    if len(text) < 2:
        return []
    shown = {target.name for target in people}
    entries = [entry for entry in directory.search(text, on=on) if entry.name not in shown]
    return [_entry(entry) for entry in entries if entry.phone or entry.mobile][:MOST_SHOWN]


def _entry(entry: DirectoryEntry) -> Target:
    number = entry.phone or entry.mobile
    about = " · ".join(part for part in (entry.title, entry.unit.name, phone_numbers.for_people(number)) if part)
    return Target(address=f"tel:{number}", name=entry.name, about=about, number=number)


def _outside(text: str) -> list[Target]:
    number = phone_numbers.in_search(text)
    if number is None:
        return []
    shown = phone_numbers.for_people(number)
    return [Target(address=f"tel:{number}", name=shown, about=_("Eksternt nummer"))]
