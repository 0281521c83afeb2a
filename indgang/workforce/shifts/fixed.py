"""Fixed shifts of a draft: a planner decides them, and every run keeps them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.staffing.shifts.candidates import pauses, with_appointments
from indgang.staffing.shifts.problem import HOUR, ShiftDay, ShiftPart, ShiftPerson
from indgang.workforce.models import PlannedActivity, PlannedShift, ShiftActivity, ShiftPlan, Workplace
from indgang.workforce.shifts.plans import locked_draft
from indgang.workforce.shifts.quarters import quarter_of
from indgang.workforce.shifts.question import PlanQuestion
from indgang.workforce.shifts.terms import LONGEST


@transaction.atomic
def set_shifts(
    plan: ShiftPlan, person: Person, *, first: date, last: date, weekdays: Collection[int], opens: time, closes: time,
    activity: ShiftActivity, workplace: Workplace, by: Person, at: datetime,
) -> int:  # fmt: skip
    """The person works between two times on these weekdays of a draft, instead of what was planned; on how many days.

    `closes` at midnight is the end of the day. Days without a contract, with approved leave, and those that have begun
    stay as they are. A long shift gets its break in the middle, and the appointments of its day. Raises RefusedChange.
    """
    locked = locked_draft(plan)
    asked = PlanQuestion(locked, at)
    span = quarter_of(opens, field="opens"), quarter_of(closes, field="closes") or 96
    _refuse_length(*span)
    who = next((each for each in asked.problem.people if each.key == str(person.pk)), None)
    if who is None:
        raise RefusedChange({"person": _("Medarbejderen har ingen ansættelse i planens dage.")})
    _refuse_rules(who, activity, workplace)
    wanted = [day for day in asked.calendar.days if first <= day.date <= last and day.date.weekday() in weekdays]
    chosen = [day for day in wanted if _is_free(asked, who, day, span)]
    if not chosen:
        raise RefusedChange({"weekdays": _("Medarbejderen kan ikke arbejde på nogen af de dage. Vælg andre.")})
    for day in chosen:
        _set(asked, person, day, (day.quarter(span[0]), day.quarter(span[1])), activity, workplace)
    after = {
        "participants": [person.username], "activity": activity.name, "workplace": workplace.name,
        "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}", "days": len(chosen),
    }  # fmt: skip
    trail.record(by=by, at=at, action="shift_plan.fix", target=locked, after=after)
    return len(chosen)


@transaction.atomic
def hold_day(plan: ShiftPlan, person: Person, day: date, *, by: Person, at: datetime) -> None:
    """Keep the person's shift of a day of a draft whenever it is planned again. Raises RefusedChange."""
    locked = locked_draft(plan)
    begins = datetime.combine(day, time(0), COPENHAGEN)
    after = datetime.combine(day + timedelta(days=1), time(0), COPENHAGEN)
    row = PlannedShift.objects.filter(plan=locked, person=person, starts_at__gte=begins, starts_at__lt=after).first()
    if row is None:
        raise RefusedChange({"day": _("Medarbejderen har ingen vagt i kladden den dag.")})
    _set_fixed(row, True, "planned_shift.hold", by=by, at=at)


@transaction.atomic
def free(shift: PlannedShift, *, by: Person, at: datetime) -> None:
    """Let the next run decide again. Raises RefusedChange."""
    locked_draft(shift.plan)
    _set_fixed(shift, False, "planned_shift.free", by=by, at=at)


def _set_fixed(row: PlannedShift, is_fixed: bool, action: str, *, by: Person, at: datetime) -> None:
    if PlannedShift.objects.filter(pk=row.pk, is_fixed=not is_fixed).update(is_fixed=is_fixed):
        trail.record(by=by, at=at, action=action, target=row)


def _set(
    asked: PlanQuestion, person: Person, day: ShiftDay, span: tuple[int, int], activity: ShiftActivity,
    workplace: Workplace,
) -> None:  # fmt: skip
    moment = asked.calendar.moment
    PlannedShift.objects.filter(
        plan=asked.plan, person=person, starts_at__gte=moment(day.start), starts_at__lt=moment(day.end)
    ).delete()
    row = PlannedShift.objects.create(
        plan=asked.plan, person=person, workplace=workplace, starts_at=moment(span[0]), ends_at=moment(span[1]),
        is_fixed=True,
    )  # fmt: skip
    agreed = [
        each for each in asked.meetings.get(person.pk, ()) if span[0] <= each.part.start and each.part.end <= span[1]
    ]
    meetings = [each.part for each in agreed]
    parts = with_appointments(list(_parts(asked, activity.code, span, meetings)), meetings)
    PlannedActivity.objects.bulk_create(asked.part_rows.of(row, parts, agreed))


def _parts(
    asked: PlanQuestion, activity: str, span: tuple[int, int], meetings: Sequence[ShiftPart]
) -> Iterator[ShiftPart]:
    """The break lies as near to the middle as the appointments allow."""
    start, end = span
    places = [
        (start + first, start + last)
        for first, last in pauses(asked.problem, end - start)
        if not any(each.start < start + last and each.end > start + first for each in meetings)
    ]
    if not places:
        raise RefusedChange({"closes": _("Møderne den dag giver ikke plads til en pause. Vælg andre tider.")})
    first, last = min(places, key=lambda place: abs(place[0] + place[1] - start - end))
    yield ShiftPart(activity, start, first)
    yield ShiftPart("", first, last)
    yield ShiftPart(activity, last, end)


def _is_free(asked: PlanQuestion, who: ShiftPerson, day: ShiftDay, span: tuple[int, int]) -> bool:
    """Whether the person is not away, and nothing of the day has begun."""
    start, end = day.quarter(span[0]), day.quarter(span[1])
    begins = asked.calendar.moment(start)
    has_begun = any(
        day.start <= each.start < day.end and asked.calendar.moment(each.start) <= asked.at
        for each in asked.value.get(who.key, ())
    )
    return begins > asked.at and not has_begun and not any(a < end and b > start for a, b in who.absences)


def _refuse_length(first: int, last: int) -> None:
    if last <= first:
        raise RefusedChange({"closes": _("Sluttiden skal ligge efter starttiden.")})
    if not HOUR <= last - first <= LONGEST:
        raise RefusedChange({"closes": _("En vagt varer fra 1 til 11½ time.")})


def _refuse_rules(who: ShiftPerson, activity: ShiftActivity, workplace: Workplace) -> None:
    if activity.code not in who.activities:
        raise RefusedChange({"activity": _("Medarbejderen har ikke kompetencen til opgaven.")})
    if who.workplaces and workplace.code not in who.workplaces:
        raise RefusedChange({"workplace": _("Ansættelsen siger, at medarbejderen ikke arbejder der.")})
