"""How the calendars of people were read: from Microsoft 365, from an address of their own, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Unit
from indgang.workforce import free_busy_words
from indgang.workforce.calendars import free_busy
from indgang.workforce.models import FreeBusyUnit


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A person, whether their calendar is read well, and the sentence about it."""

    name: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class UnitSwitch:
    """Whether the calendars of a unit are read, and the unit above it that decides so, if one does."""

    is_on: bool
    above: Unit | None


def switch_of(unit: Unit) -> UnitSwitch:
    """The switch of the unit itself, and the nearest unit above whose switch is on."""
    paths = unit.path.rstrip("/").split("/")
    above = ["/".join(paths[:length]) + "/" for length in range(1, len(paths))]
    found = FreeBusyUnit.objects.filter(unit__path__in=above).select_related("unit").order_by("-unit__path").first()
    return UnitSwitch(FreeBusyUnit.objects.filter(unit=unit).exists(), found.unit if found else None)


def of(people: QuerySet[Person], at: datetime) -> list[CalendarRow]:
    """One row for each person. A few queries for any number of them."""
    asked = free_busy.asked_people(at)
    return [_row(person, person.pk in asked, at) for person in _with_calendars(people)]


def _with_calendars(people: QuerySet[Person]) -> Iterable[Person]:
    return people.select_related("free_busy", "calendar_feed")


def _row(person: Person, is_asked: bool, at: datetime) -> CalendarRow:
    row = getattr(person, "free_busy", None)
    if is_asked:
        state = "down" if row and row.fault else "up" if row and row.answered_at else "waiting"
        return CalendarRow(person.name, state, free_busy_words.of_row(row, at))
    return CalendarRow(person.name, "", _why_not(person))


def _why_not(person: Person) -> str:
    if getattr(person, "calendar_feed", None) is not None:
        return _("Har selv tilsluttet en anden kalender.")
    if not person.email:
        return _("Har ingen e-mailadresse her.")
    row = getattr(person, "free_busy", None)
    return _("Har selv valgt, at den ikke læses.") if row and row.own_choice is False else _("Læses ikke.")
