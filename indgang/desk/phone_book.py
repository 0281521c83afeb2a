"""The telephone book of the desk: what a search found, each line with the way to reach it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from indgang.accounts.access import people_who_may
from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.desk import targets
from indgang.desk.access import TELEPHONE
from indgang.desk.targets import Target
from indgang.entry.team import phone_book
from indgang.entry.team.phone_book import ListedPerson, PhoneBook


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person with their unit and, if they can be reached by telephone, how."""

    listed: ListedPerson
    about: str
    target: Target | None


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A unit, service, purpose, queue or number."""

    name: str
    kind: str
    about: str
    target: Target | None


@dataclass(frozen=True, slots=True)
class BookLines:
    """The lines, and the search that they come from."""

    asked: str
    book: PhoneBook
    people: list[PersonLine]
    places: list[PlaceLine]

    @property
    def more(self) -> int:
        """How many further entries of the directory hold the words."""
        return max(self.book.total - sum(1 for line in self.people if line.listed.entry), 0)


def find(text: str, *, by: Person, at: datetime) -> BookLines:
    """The telephone book for a few letters; nothing without any."""
    asked = " ".join(text.split())
    book = phone_book.search(asked, by=by, at=at) if asked else PhoneBook()
    return BookLines(asked, book, list(_people(book, at)), list(_places(book, at)))


def _people(book: PhoneBook, at: datetime) -> Iterator[PersonLine]:
    reached = targets.of_entries([each.entry for each in book.people if each.entry], on=day_of(at))
    alone = [each.person.pk for each in book.people if each.person and not each.entry]
    at_desks = set(people_who_may(TELEPHONE, day_of(at)).filter(pk__in=alone).values_list("pk", flat=True))
    for each in book.people:
        entry, person = each.entry, each.person
        if entry is not None:
            about = " · ".join(part for part in (entry.title, entry.unit.name) if part)
            yield PersonLine(each, about, reached[entry.pk])
        elif person is not None:
            target = targets.of_person(person, about="") if person.pk in at_desks else None
            yield PersonLine(each, _("Ikke i telefonbogen"), target)


def _places(book: PhoneBook, at: datetime) -> Iterator[PlaceLine]:
    day = day_of(at)
    for former in book.former_numbers:
        target = targets.of_former_number(former, on=day)
        yield PlaceLine(former.name, _("Gammelt nummer"), targets.led_to(former), target)
    for point in book.entry_points:
        yield PlaceLine(point.name, _("Indgang"), "", targets.of_number(point.number))
    queues = targets.of_queues(book.queues, on=day)
    for queue in book.queues:
        yield PlaceLine(queue.name, _("Kø"), queue.centre.name, queues[queue.pk])
    for unit in book.units:
        yield PlaceLine(unit.name, _("Enhed"), unit.email, targets.of_number(unit.phone) if unit.phone else None)
    for service in book.services:
        owner = service.unit
        phone = targets.of_number(owner.phone, name=owner.name) if owner and owner.phone else None
        yield PlaceLine(service.name, _("Ydelse"), owner.name if owner else "", phone)
    for purpose in book.purposes:
        yield PlaceLine(purpose.name, _("Ærinde"), "", None)
