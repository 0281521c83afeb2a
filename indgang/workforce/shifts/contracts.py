"""Contracts, workplaces and activities of shift planning, and what people wish."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.access import able_in
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit import trail
from indgang.catalogue import changes, planned_days
from indgang.catalogue.models import ContactCentre, not_ended
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.core.text import slug
from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.problem import DAY
from indgang.workforce.models import ContractWorkplace, ShiftActivity, Skill, TimeWish, WorkContract, Workplace
from indgang.workforce.shifts.quarters import quarter_of
from indgang.workforce.shifts.terms import LONGEST

#: wishes of one person that are kept
MOST_WISHES = 60


@transaction.atomic
def agree(
    person: Person, values: Mapping[str, Any], workplaces: Collection[Workplace], *, valid_from: date, by: Person,
    at: datetime,
) -> WorkContract:  # fmt: skip
    """The person's contract from a day on; the earlier one ends there, and later ones are removed.

    Raises RefusedChange, also when the person has a contract in another centre then.

    `values` holds the fields of WorkContract beside the person and the period.
    """
    planned_days.refuse_day(valid_from, at)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    _refuse_lengths(values)
    touched = WorkContract.objects.filter(not_ended(valid_from), person=person)
    _refuse_elsewhere(touched, values["centre"])
    for row in touched:
        _end(row, on=valid_from, by=by, at=at)
    made = changes.save(WorkContract(), {**values, "person": person, "valid_from": valid_from}, by=by, at=at)
    ContractWorkplace.objects.bulk_create(ContractWorkplace(contract=made, workplace=each) for each in workplaces)
    return made


@transaction.atomic
def end(contract: WorkContract, *, on: date, by: Person, at: datetime) -> None:
    """The contract holds until a day, which is not included; one that has not begun by then is removed.

    Raises RefusedChange.
    """
    if on < day_of(at):
        raise RefusedChange({"on": _("Dagen er passeret. Vælg i dag eller en senere dag.")})
    Person.objects.select_for_update(no_key=True).get(pk=contract.person_id)
    there = WorkContract.objects.filter(pk=contract.pk).first()
    if there is None:
        raise RefusedChange({"": _("Ansættelsen findes ikke længere.")})
    if there.valid_to is not None and on > there.valid_to:
        raise RefusedChange({"on": _("Ansættelsen slutter før den dag. Skriv en ny, hvis den skal vare længere.")})
    _end(there, on=on, by=by, at=at)


@transaction.atomic
def add_workplace(name: str, *, by: Person, at: datetime) -> Workplace:
    """Raises RefusedChange for a name that is taken."""
    return changes.save(Workplace(), {"name": name, "code": _code(name), "valid_from": day_of(at)}, by=by, at=at)


def people_of(centre: int, first: date, last: date | None = None) -> QuerySet[Person]:
    """The people with a contract of the centre (primary key) on a day from `first` to `last`, by name."""
    rows = WorkContract.objects.filter(not_ended(first), centre=centre)
    holding = rows if last is None else rows.filter(valid_from__lte=last)
    found: QuerySet[Person] = Person.objects.filter(pk__in=holding.values("person"), is_active=True)
    return found.order_by("name", "pk")


def possible_people(centre: ContactCentre, today: date) -> QuerySet[Person]:
    """The people who serve the centre, or have a contract in it, by name: those with whom it can agree on one."""
    serving = able_in(centre, Permission.TAKE_CALLS, today).order_by().values("pk")
    contracted = WorkContract.objects.filter(centre=centre).values("person")
    found: QuerySet[Person] = Person.objects.filter(Q(pk__in=serving) | Q(pk__in=contracted), is_active=True)
    return found.order_by("name", "pk")


def of_centre(centre: ContactCentre, today: date) -> QuerySet[WorkContract]:
    """The contracts of the centre that hold or will hold, by person."""
    rows = WorkContract.objects.filter(not_ended(today), centre=centre)
    rows = rows.select_related("person").prefetch_related("workplaces__workplace")
    found: QuerySet[WorkContract] = rows.order_by("person__name", "person", "valid_from")
    return found


@transaction.atomic
def add_activity(name: str, *, kind: ActivityKind, skill: Skill | None, by: Person, at: datetime) -> ShiftActivity:
    """Raises RefusedChange for a name that is taken."""
    values = {"name": name, "code": _code(name), "kind": kind, "skill": skill, "valid_from": day_of(at)}
    return changes.save(ShiftActivity(), values, by=by, at=at)


@transaction.atomic
def wish(
    person: Person, *, kind: TimeWish.Kind, day: date | None, weekday: int | None, weight: int, at: datetime
) -> TimeWish:
    """A wish of the person for a day, or for a weekday of every week. Raises RefusedChange."""
    if (day is None) == (weekday is None):
        raise RefusedChange({"day": _("Vælg enten en dag eller en ugedag.")})
    if day is not None and day < day_of(at):
        raise RefusedChange({"day": _("Vælg i dag eller en senere dag.")})
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    there = TimeWish.objects.filter(person=person)
    if there.count() >= MOST_WISHES:
        raise RefusedChange({"": _("Du har for mange ønsker. Fjern nogle af de gamle først.")})
    there.filter(day=day, weekday=weekday).delete()
    made = TimeWish.objects.create(person=person, kind=kind, day=day, weekday=weekday, weight=weight, wished_at=at)
    trail.record(by=person, at=at, action="time_wish.add", target=person)
    return made


@transaction.atomic
def take_back(wish: TimeWish, *, at: datetime) -> None:
    """Remove a wish of the person's own."""
    trail.record(by=wish.person, at=at, action="time_wish.remove", target=wish.person)
    wish.delete()


def _code(name: str) -> str:
    code = slug(name)
    if not code:
        raise RefusedChange({"name": _("Skriv et navn med bogstaver.")})
    return code[:60]


def _end(row: WorkContract, *, on: date, by: Person, at: datetime) -> None:
    if on <= row.valid_from:
        trail.record(by=by, at=at, action="workcontract.remove", target=row)
        row.delete()
        return
    changes.save(row, {"valid_to": on}, by=by, at=at)


def _refuse_elsewhere(touched: QuerySet[WorkContract], centre: ContactCentre) -> None:
    other = touched.exclude(centre=centre).select_related("centre").first()
    if other is not None:
        text = _("Medarbejderen har en ansættelse i %(centre)s på den tid. Den skal afsluttes der først.")
        raise RefusedChange({"valid_from": text % {"centre": other.centre.name}})


def _refuse_lengths(values: Mapping[str, Any]) -> None:
    earliest, latest = quarter_of(values["earliest"], field="earliest"), quarter_of(values["latest"], field="latest")
    if values["shortest"] > LONGEST * 15:
        text = _("Den korteste vagt kan højst vare %(most)s minutter. Længere vagter kan ikke få pauser nok.")
        raise RefusedChange({"shortest": text % {"most": LONGEST * 15}})
    if values["shortest"] > values["longest"]:
        raise RefusedChange({"longest": _("Den længste vagt kan ikke være kortere end den korteste.")})
    if ((latest or DAY) - earliest) * 15 < values["shortest"]:
        raise RefusedChange({"latest": _("Der er ikke plads til den korteste vagt mellem de to tidspunkter.")})
