"""Availability agreements: drafted by either side, signed by both, and in force from their first day.

A signed agreement is never changed. A new one begins as a copy, and takes over on its first day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import combinations
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts import two_parties
from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes, planned_days
from indgang.catalogue.models import Unit
from indgang.core.refusals import RefusedChange
from indgang.workforce import agreed, availability_changes, window_words
from indgang.workforce.models import AvailabilityAgreement, Group, GroupMember, PromisedWindow, WindowPerson

#: a first day further ahead is taken for a typing error
MOST_YEARS_AHEAD = 1


@dataclass(frozen=True, slots=True)
class AgreementProblem:
    """Why an agreement cannot be signed, or what to know first; `window` is the line, or None for all of it."""

    window: PromisedWindow | None
    text: str


@transaction.atomic
def draft(
    unit: Unit, *, valid_from: date, contact: Person, coordinator: Person, by: Person, at: datetime
) -> AvailabilityAgreement:
    """A new draft, with the lines of the agreement that is in force on its first day.

    Raises RefusedChange for a day that has passed or is more than a year ahead, for one person on both sides, and while
    the unit has a draft.
    """
    planned_days.refuse_day(valid_from, at, years=MOST_YEARS_AHEAD)
    _refuse_one_person(contact, coordinator)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if AvailabilityAgreement.objects.drafts().filter(unit=unit).exists():
        raise RefusedChange({"": _("Enheden har allerede en kladde. Skriv videre på den, eller kassér den først.")})
    before = in_force(unit, valid_from)
    values = {"unit": unit, "valid_from": valid_from, "contact": contact, "coordinator": coordinator}
    if before is not None:
        values["procedure"] = before.procedure
    made = changes.save(AvailabilityAgreement(), values, by=by, at=at)
    if before is not None:
        _copy_lines(before, made)
    return made


@transaction.atomic
def save(
    agreement: AvailabilityAgreement, values: Mapping[str, Any], *, by: Person, at: datetime
) -> AvailabilityAgreement:
    """Change the first day, people or procedure of a draft. An earlier signature is withdrawn. Raises RefusedChange."""
    locked = two_parties.locked_draft(agreement)
    if values.get("valid_from", locked.valid_from) != locked.valid_from:
        planned_days.refuse_day(values["valid_from"], at, years=MOST_YEARS_AHEAD)
    _refuse_one_person(values.get("contact", locked.contact), values.get("coordinator", locked.coordinator))
    changes.save(locked, values, by=by, at=at)
    two_parties.touch(locked)
    return locked


@transaction.atomic
def save_window(
    window: PromisedWindow, values: Mapping[str, Any], people: Sequence[Person], *, by: Person, at: datetime
) -> PromisedWindow:
    """Add or change a line of a draft; `people` in the order in which they are asked. Raises RefusedChange."""
    locked = two_parties.locked_draft(window.agreement)
    _refuse_line(locked, values, people)
    changes.save(window, values, by=by, at=at)
    window.people.all().delete()
    WindowPerson.objects.bulk_create(
        WindowPerson(window=window, person=person, place=place) for place, person in enumerate(people)
    )
    named = {"people": [each.username for each in people]}
    trail.record(by=by, at=at, action="promisedwindow.people", target=window, after=named)
    two_parties.touch(locked)
    return window


@transaction.atomic
def remove_window(window: PromisedWindow, *, by: Person, at: datetime) -> None:
    """Take a line out of a draft. Raises RefusedChange."""
    locked = two_parties.locked_draft(window.agreement)
    trail.record(by=by, at=at, action="promisedwindow.remove", target=window, before={"line": str(window)})
    window.delete()
    two_parties.touch(locked)


@transaction.atomic
def sign(agreement: AvailabilityAgreement, *, revision: int, by: Person, at: datetime) -> AvailabilityAgreement:
    """Sign as the contact person or as the coordinator; the second signature puts the agreement in force.

    Raises as `two_parties.sign`, and RefusedChange for anybody else and for lines with problems.
    """
    signed = two_parties.sign(agreement, revision=revision, check=partial(_refuse_signature, by=by), by=by, at=at)
    if signed.is_signed:
        availability_changes.announce(at)
    return signed


@transaction.atomic
def end(agreement: AvailabilityAgreement, *, on: date, by: Person, at: datetime) -> bool:
    """As `two_parties.end`."""
    is_still_there = two_parties.end(agreement, on=on, by=by, at=at)
    availability_changes.announce(at)
    return is_still_there


def discard(agreement: AvailabilityAgreement, *, by: Person, at: datetime) -> None:
    """As `two_parties.discard`."""
    two_parties.discard(agreement, by=by, at=at)


def in_force(unit: Unit, on: date) -> AvailabilityAgreement | None:
    """The signed agreement of the unit on a day."""
    return two_parties.in_force(AvailabilityAgreement, unit, on)


def problems(agreement: AvailabilityAgreement) -> Iterator[AgreementProblem]:
    """What is wrong with the lines: none at all, nobody to ask, or two that contradict each other."""
    windows = list(agreement.windows.select_related("agreement", "service", "group").prefetch_related("people__person"))
    if not windows:
        yield AgreementProblem(None, _("Aftalen har ingen tider endnu."))
    for window in windows:
        if any(each.person.is_active for each in window.people.all()):
            continue
        if window.group is None:
            yield AgreementProblem(window, _("Ingen kan spørges i den tid: vælg en person eller en gruppe."))
        elif not _has_members(window.group, agreement.valid_from):
            yield AgreementProblem(window, _("Gruppen har ingen medlemmer den første dag."))
    for one, other in combinations(windows, 2):
        if _contradict(one, other):
            yield AgreementProblem(other, _("Samme person er både første valg og reserve for det samme på samme tid."))


def warnings(agreement: AvailabilityAgreement) -> Iterator[AgreementProblem]:
    """What both should know before they sign, and may sign for all that: who is a first choice of another unit in the
    same hours."""
    own = list(agreement.windows.filter(is_back_up=False).select_related("agreement"))
    last = agreement.valid_to - timedelta(days=1) if agreement.valid_to else date.max
    signed = PromisedWindow.objects.between(agreement.valid_from, last).filter(is_back_up=False)
    named = agreed.people_of(own, agreement.valid_from)
    theirs = list(
        _naming(signed.exclude(agreement__unit=agreement.unit_id), {pk for of in named.values() for pk in of})
    )
    named |= agreed.people_of(theirs, agreement.valid_from)
    for window in own:
        for other in theirs:
            both = set(named[window.pk]) & set(named[other.pk])
            if both and _meet(window, other):
                yield AgreementProblem(window, _also_first(both, other))


def _naming(windows: QuerySet[PromisedWindow], people: set[int]) -> QuerySet[PromisedWindow]:
    """Those of the windows that name one of the people, or a group that one of them is in."""
    by_name = WindowPerson.objects.filter(person__in=people).values("window")
    groups = GroupMember.objects.filter(person__in=people).values("group")
    return windows.filter(Q(pk__in=by_name) | Q(group__in=groups)).select_related("agreement__unit")


def _also_first(people: set[int], other: PromisedWindow) -> str:
    names = Person.objects.filter(pk__in=people).order_by("name").values_list("name", flat=True)
    said = {"names": ", ".join(names), "unit": other.agreement.unit.name, "week": window_words.week(other)}
    return _("Er også første valg i %(unit)s (%(week)s): %(names)s.") % said


def _contradict(one: PromisedWindow, other: PromisedWindow) -> bool:
    """Whether a person is asked first and as a back-up about the same service at the same time."""
    if one.is_back_up == other.is_back_up or not _same_subject(one, other) or not _same_medium(one, other):
        return False
    people = {each.person_id for each in one.people.all()} & {each.person_id for each in other.people.all()}
    if not people and not (one.group_id and one.group_id == other.group_id):
        return False
    return _meet(one, other)


def _has_members(group: Group, day: date) -> bool:
    return GroupMember.objects.valid_on(day).filter(group=group, person__is_active=True).exists()


def _same_subject(one: PromisedWindow, other: PromisedWindow) -> bool:
    return one.service_id is None or other.service_id is None or one.service_id == other.service_id


def _same_medium(one: PromisedWindow, other: PromisedWindow) -> bool:
    return (one.by_phone and other.by_phone) or (one.by_chat and other.by_chat)


#: any week without a holiday and without a change of the clock
_A_MONDAY = date(2026, 9, 14)


def _meet(one: PromisedWindow, other: PromisedWindow) -> bool:
    """Whether the two are open at the same time in an ordinary week. A window may last until the next Monday."""
    days = [_A_MONDAY + timedelta(days=number) for number in range(8)]
    spans = [[span for day in days for span in agreed.weekly_of(each).spans(day)] for each in (one, other)]
    return any(mine.intersection(theirs) is not None for mine in spans[0] for theirs in spans[1])


def _refuse_signature(agreement: AvailabilityAgreement, by: Person) -> None:
    if not agreement.parties_of(by.pk):
        raise RefusedChange({"": _("Kun kontaktpersonen og fagkoordinatoren kan underskrive aftalen.")})
    found = next(problems(agreement), None)
    if found is not None:
        raise RefusedChange({"": found.text})


def _refuse_one_person(contact: Person, coordinator: Person) -> None:
    if contact.pk == coordinator.pk:
        raise RefusedChange({"coordinator": _("Vælg en anden end kontaktpersonen: aftalen er mellem to parter.")})


def _refuse_line(agreement: AvailabilityAgreement, values: Mapping[str, Any], people: Sequence[Person]) -> None:
    """Raise RefusedChange for a line without anybody to ask, and for a service or group of another unit."""
    service, group = values.get("service"), values.get("group")
    if not people and not group:
        raise RefusedChange({"people": _("Vælg mindst én person eller en gruppe.")})
    if service is not None and service.unit_id != agreement.unit_id:
        raise RefusedChange({"service": _("Ydelsen hører til en anden enhed.")})
    if group is not None and group.unit_id != agreement.unit_id:
        raise RefusedChange({"group": _("Gruppen hører til en anden enhed.")})


def _copy_lines(before: AvailabilityAgreement, made: AvailabilityAgreement) -> None:
    for window in before.windows.prefetch_related("people"):
        people = list(window.people.all())
        window.pk, window.agreement, window._state.adding = None, made, True
        window.save(force_insert=True)
        WindowPerson.objects.bulk_create(
            WindowPerson(window=window, person_id=each.person_id, place=each.place) for each in people
        )
