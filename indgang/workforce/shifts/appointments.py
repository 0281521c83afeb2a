"""Meetings, training with a mentor, and other fixed tasks: written by a planner, kept by every plan made afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import end_days, planned_days
from indgang.catalogue.models import ContactCentre, not_ended
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.core.schedule import is_public_holiday
from indgang.workforce.models import AppointmentPerson, ShiftActivity, ShiftAppointment
from indgang.workforce.shifts.quarters import quarter_of

#: people of one appointment, its longest time in quarters, and how many weeks may lie between two
MOST_PEOPLE, LONGEST, MOST_WEEKS = 60, 22, 8
#: days on which two appointments of a person are held against each other: any two rhythms have met by then
_LOOKED_AT = 7 * 56


@transaction.atomic
def add(
    centre: ContactCentre, *, title: str, activity: ShiftActivity, people: Collection[Person], mentor: Person | None,
    valid_from: date, valid_to: date | None, weekdays: Collection[int], every_weeks: int, opens: time, closes: time,
    by: Person, at: datetime,
) -> ShiftAppointment:  # fmt: skip
    """A new appointment of these people, and of their mentor. Raises RefusedChange, also for somebody who has another
    one at that time."""
    planned_days.refuse_day(valid_from, at)
    if valid_to is not None and valid_to <= valid_from:
        raise RefusedChange({"valid_to": _("Slutdagen skal ligge efter startdagen.")})
    _refuse_times(opens, closes)
    everybody = _everybody(people, mentor)
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=[each.pk for each in everybody]).order_by("pk"))
    made = ShiftAppointment(
        centre=centre, title=mask_cpr(title), activity=activity, valid_from=valid_from, valid_to=valid_to,
        weekdays=sorted(weekdays), every_weeks=every_weeks, opens=opens, closes=closes,
    )  # fmt: skip
    _refuse_never(made)
    _refuse_two_at_once(made, everybody)
    made.save()
    AppointmentPerson.objects.bulk_create(
        AppointmentPerson(appointment=made, person=each, is_mentor=each == mentor) for each in everybody
    )
    after = {
        "centre": centre.code, "activity": activity.name, "valid_from": valid_from.isoformat(),
        "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}",
        "participants": sorted(each.username for each in everybody),
    }  # fmt: skip
    trail.record(by=by, at=at, action="shift_appointment.add", target=made, after=after)
    return made


@transaction.atomic
def end(appointment: ShiftAppointment, *, on: date, by: Person, at: datetime) -> None:
    """It is not held from a day on; one that has not begun by then is removed. Raises RefusedChange."""
    row = ShiftAppointment.objects.select_for_update().filter(pk=appointment.pk).first()
    if row is None:
        return
    end_days.refuse(row, on, at)
    before = {"valid_to": row.valid_to.isoformat() if row.valid_to else None}
    trail.record(
        by=by, at=at, action="shift_appointment.end", target=row, before=before, after={"valid_to": on.isoformat()}
    )
    end_days.apply(row, on)


def of_centre(centre: ContactCentre, since: date) -> QuerySet[ShiftAppointment]:
    """Those of a centre that hold on a day or later, with their people."""
    rows = ShiftAppointment.objects.filter(not_ended(since), centre=centre)
    found: QuerySet[ShiftAppointment] = rows.select_related("activity").prefetch_related("people__person")
    return found


def of_people(people: Collection[int], first: date, last: date) -> QuerySet[AppointmentPerson]:
    """The appointments of these people that hold on a day between two, both included."""
    rows = AppointmentPerson.objects.filter(
        not_ended(first, "appointment"), person__in=people,
        appointment__valid_from__lte=last,
    )  # fmt: skip
    return rows.select_related("appointment__activity").order_by("appointment__opens", "appointment")


def days(appointment: ShiftAppointment, among: Iterable[date]) -> Iterator[date]:
    """Those of the days on which it is held: never on a public holiday."""
    monday = appointment.valid_from - timedelta(days=appointment.valid_from.weekday())
    for day in among:
        is_its_week = (day - monday).days // 7 % appointment.every_weeks == 0
        is_held = appointment.valid_on(day) and is_its_week and day.weekday() in appointment.weekdays
        if is_held and not is_public_holiday(day):
            yield day


def words(appointment: ShiftAppointment) -> str:
    """ "Byggesager (mentor: Bo Berg)"."""
    mentors = [each.person.name for each in appointment.people.all() if each.is_mentor]
    if not mentors:
        return appointment.title
    return _("%(title)s (mentor: %(name)s)") % {"title": appointment.title, "name": mentors[0]}


def _everybody(people: Collection[Person], mentor: Person | None) -> list[Person]:
    if mentor is not None and mentor in people:
        raise RefusedChange({"mentor": _("Mentor skal være en anden end den, der bliver oplært.")})
    everybody = [*people, *([mentor] if mentor else [])]
    if not people or len(everybody) > MOST_PEOPLE:
        text = _("Vælg fra 1 til %(most)s medarbejdere.")
        raise RefusedChange({"people": text % {"most": MOST_PEOPLE}})
    return everybody


def _refuse_times(opens: time, closes: time) -> None:
    length = quarter_of(closes, field="closes") - quarter_of(opens, field="opens")
    if length <= 0:
        raise RefusedChange({"closes": _("Sluttiden skal ligge efter starttiden.")})
    if length > LONGEST:
        raise RefusedChange({"closes": _("Det kan højst vare 5½ time. Længere må man ikke arbejde uden pause.")})


def _refuse_never(made: ShiftAppointment) -> None:
    """A rhythm that meets none of the days is a mistake."""
    if next(days(made, _looked_at(made)), None) is None:
        raise RefusedChange({"weekdays": _("Ingen af de ugedage ligger i perioden.")})


def _refuse_two_at_once(made: ShiftAppointment, people: Collection[Person]) -> None:
    names, mine = {each.pk: each.name for each in people}, list(days(made, _looked_at(made)))
    for row in of_people(list(names), made.valid_from, made.valid_to or date.max):
        other = row.appointment
        is_then = other.opens < made.closes and made.opens < other.closes
        if is_then and next(days(other, mine), None) is not None:
            text = _("%(name)s skal allerede til %(title)s på det tidspunkt.")
            raise RefusedChange({"people": text % {"name": names[row.person_id], "title": other.title}})


def _looked_at(made: ShiftAppointment) -> list[date]:
    number = _LOOKED_AT if made.valid_to is None else min(_LOOKED_AT, (made.valid_to - made.valid_from).days)
    return [made.valid_from + timedelta(days=each) for each in range(number)]
