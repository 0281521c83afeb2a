"""The search for who can get a hand-over: by subject, unit, group or person; who can be asked now comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from indgang.accounts.access import people_who_may
from indgang.accounts.models import Person
from indgang.catalogue.models import Service, Unit
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.core.text import ID_DIGITS, sort_key, whole_number
from indgang.desk.access import TELEPHONE
from indgang.desk.subjects import MOST_ASKED, turn
from indgang.entry.team import second_level
from indgang.handover import recipients
from indgang.handover.recipients import Recipient
from indgang.routing.availability.reachability import Reachability
from indgang.routing.availability.windows import Medium
from indgang.workforce import reach_words
from indgang.workforce.models import Group

#: what is shown of each kind; with more, the person types more letters
MOST_SUBJECTS, MOST_PEOPLE, MOST_UNITS = 4, 6, 6
#: fewer letters find nothing
LEAST_LETTERS = 2
_ADDRESS = re.compile(r"(person|group|unit):([-\w]{1,60})(?:@([-\w]{1,60}))?")


@dataclass(frozen=True, slots=True)
class RecipientChoice:
    """One line: the address (`person:12@service`, `group:3`, `unit:code`), and its words."""

    address: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class RecipientSection:
    """Choices under a heading: a subject, or "" for units, groups and people that match by name. Without choices it is
    only its note."""

    name: str
    note: str
    choices: tuple[RecipientChoice, ...]


@dataclass(frozen=True, slots=True)
class ChosenRecipient:
    """Who gets it, and the service that it is about."""

    recipient: Recipient
    service: Service | None
    choice: RecipientChoice


def read(address: str, on: date) -> ChosenRecipient:
    """The recipient of an address. Raises RefusedChange ("to") for one that is nobody."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise RefusedChange({"to": _("Vælg, hvem der skal have spørgsmålet: søg, og vælg en fra listen.")})
    kind, key, code = match.groups()
    recipient = _recipient(kind, key, on)
    if recipient is None:
        raise RefusedChange({"to": _("Den, du valgte, findes ikke længere. Vælg en anden.")})
    service = Service.objects.valid_on(on).filter(code=code).first() if code else None
    return ChosenRecipient(recipient, service, _shown(recipient, address, service))


def chosen(address: str, on: date) -> ChosenRecipient | None:
    """The recipient of an address; None while nobody, or nobody who exists, is chosen."""
    try:
        return read(address, on) if address else None
    except RefusedChange:
        return None


def _recipient(kind: str, key: str, on: date) -> Recipient | None:
    if kind == "unit":
        unit = Unit.objects.valid_on(on).filter(code=key).first()
        return Recipient(unit) if unit else None
    number = whole_number(key, ID_DIGITS)
    if kind == "group":
        group = Group.objects.valid_on(on).select_related("unit").filter(pk=number or 0).first()
        return recipients.of_group(group) if group else None
    person = Person.objects.select_related("entry__unit").filter(pk=number or 0, is_active=True).first()
    return recipients.of_person(person, on) if person else None


def _shown(recipient: Recipient, address: str, service: Service | None) -> RecipientChoice:
    whom = recipient.person or recipient.group or recipient.unit
    about = [recipient.unit.name] if whom is not recipient.unit else []
    return RecipientChoice(address, whom.name, " · ".join([*about, *([service.name] if service else [])]))


def find(text: str, *, at: datetime, medium: Medium = Medium.PHONE) -> list[RecipientSection]:
    """Sections that match every word: subjects with who can be asked now by this medium first, then units, groups and
    people, and a note without choices when there are more than are shown."""
    text, on = " ".join(text.replace("\x00", "").split())[:100], day_of(at)
    if len(text) < LEAST_LETTERS:
        return []
    subjects, units = _subjects(text, on, at, medium), _units(text, on)
    groups, people = _groups(text, on), _people(text, on)
    named = (*units[:MOST_UNITS], *groups[:MOST_UNITS], *people[:MOST_PEOPLE])
    found = [*subjects[:MOST_SUBJECTS], RecipientSection("", "", named)]
    if len(subjects) > MOST_SUBJECTS or max(len(units), len(groups)) > MOST_UNITS or len(people) > MOST_PEOPLE:
        found.append(RecipientSection("", _("Flere – skriv mere"), ()))
    return [section for section in found if section.choices or section.note]


def name_of_service(pk: int) -> str:
    """The name to search for; empty for a service that is unknown."""
    return Service.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


def _subjects(text: str, on: date, at: datetime, medium: Medium) -> list[RecipientSection]:
    """Those about which somebody can be asked now, then by their next window, then by name; one more than are shown."""
    rows = Service.objects.valid_on(on).select_related("unit").exclude(unit=None)
    for word in text.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(public_name__icontains=word) | Q(keywords__icontains=word)
            | Q(unit__name__icontains=word)
        )  # fmt: skip
    asked = list(rows.order_by("name")[:MOST_ASKED])
    codes = [each.code for each in asked]
    answers = second_level.who_can_be_asked(codes, medium=medium, at=at)
    otherwise = second_level.who_can_be_asked(codes, medium=_OTHER[medium], at=at)
    services = sorted(asked, key=lambda each: turn(each, answers[each.code]))[: MOST_SUBJECTS + 1]
    people = _by_key(person.person for each in services for person in answers[each.code].available)
    groups = _groups_of(services, on)
    notes = {code: _note(answers[code], otherwise[code], medium, at) for code in codes}
    return [_subject(each, answers[each.code], notes[each.code], people, groups, medium, at) for each in services]


_OTHER = {Medium.PHONE: Medium.CHAT, Medium.CHAT: Medium.PHONE}


def _by_key(keys: Iterable[int]) -> dict[int, Person]:
    return {each.pk: each for each in Person.objects.select_related("entry__unit").filter(pk__in=set(keys))}


def _groups_of(services: Iterable[Service], on: date) -> list[Group]:
    return list(Group.objects.valid_on(on).filter(unit__in={each.unit_id for each in services}))


def _subject(
    service: Service,
    answer: Reachability,
    note: str,
    people: dict[int, Person],
    groups: list[Group],
    medium: Medium,
    at: datetime,
) -> RecipientSection:
    suffix = f"@{service.code}"
    now = [each for each in answer.available if each.person in people][:MOST_PEOPLE]
    unit = service.unit
    assert unit is not None, "services without a unit are not searched"
    choices = [
        RecipientChoice(f"person:{each.person}{suffix}", people[each.person].name, _until(each.until, medium, at))
        for each in now
    ]
    mine = [group for group in groups if group.unit_id == unit.pk]
    choices += [
        RecipientChoice(f"group:{each.pk}{suffix}", each.name, _("faggruppe i %(unit)s") % _in(unit)) for each in mine
    ]
    choices.append(RecipientChoice(f"unit:{unit.code}{suffix}", unit.name, _("hele enhedens liste")))
    return RecipientSection(service.name, note, tuple(choices))


def _in(unit: Unit) -> dict[str, str]:
    return {"unit": unit.name}


def _until(until: datetime | None, medium: Medium, at: datetime) -> str:
    in_chat = medium is Medium.CHAT
    if until is None:
        return _("kan træffes på chat nu") if in_chat else _("kan træffes nu")
    time = {"time": reach_words.moment(until, at)}
    return (_("kan træffes på chat nu, til %(time)s") if in_chat else _("kan træffes nu, til %(time)s")) % time


def _note(answer: Reachability, otherwise: Reachability, medium: Medium, at: datetime) -> str:
    """When somebody can be asked next, or that the agreed hours are for the other medium."""
    if not answer.has_windows and otherwise.has_windows:
        return _("Træffetid kun på chat") if medium is Medium.PHONE else _("Træffetid kun i telefonen")
    if answer.available or not answer.has_windows or answer.next_at is None:
        return ""
    return _("Næste træffetid: %(time)s") % {"time": reach_words.moment(answer.next_at, at)}


def _units(text: str, on: date) -> list[RecipientChoice]:
    rows = Unit.objects.valid_on(on)
    for word in text.split():
        rows = rows.filter(name__icontains=word)
    found = sorted(rows, key=lambda unit: sort_key(unit.name))[: MOST_UNITS + 1]
    return [RecipientChoice(f"unit:{each.code}", each.name, _("hele enhedens liste")) for each in found]


def _groups(text: str, on: date) -> list[RecipientChoice]:
    rows = Group.objects.valid_on(on).select_related("unit")
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(unit__name__icontains=word))
    return [
        RecipientChoice(f"group:{each.pk}", each.name, _("faggruppe i %(unit)s") % _in(each.unit))
        for each in rows.order_by("name")[: MOST_UNITS + 1]
    ]


def _people(text: str, on: date) -> list[RecipientChoice]:
    rows = people_who_may(TELEPHONE, on).select_related("entry__unit")
    for word in text.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(entry__unit__name__icontains=word)
            | Q(entry__responsibilities__icontains=word)
        )  # fmt: skip
    found = sorted(rows, key=lambda person: sort_key(person.name))[: MOST_PEOPLE + 1]
    return [
        RecipientChoice(f"person:{each.pk}", each.name, each.entry.unit.name if each.entry else "") for each in found
    ]
