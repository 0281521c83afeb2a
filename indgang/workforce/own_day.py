"""People's own days: what somebody notes about when they can be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.ranges import RangeSet, TimeRange
from indgang.privacy import kinds, plan
from indgang.workforce import availability_changes
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import DayNote, GroupMember, PromisedWindow

Source = DayNote.Source


@transaction.atomic
def note(person: Person, parts: Sequence[DayPart], *, by: Person, at: datetime) -> None:
    """Note the parts; they replace whatever was noted of the same time, and the rest of it stays.

    The audit trail says that the day was changed, and by whom, but not why the person is away.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    for part in parts:
        _make_room(person, part)
    source = Source.PERSON if by == person else Source.LEADER
    DayNote.objects.bulk_create(
        DayNote(
            person=person, kind=part.kind, starts_at=part.during.start or at, ends_at=part.during.end, source=source,
            noted_at=at, noted_by=by.audit_label,
        )
        for part in parts
    )  # fmt: skip
    _changed("own_day.note", person, by, at, parts=len(parts))


@transaction.atomic
def present(person: Person, *, by: Person, at: datetime) -> None:
    """End the absence of this moment: the person is back. Notes of later times stay, and so does being at home."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    away = of(person).exclude(kind__in=[kind for kind in DayKind if kind.can_be_asked])
    current = list(away.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at))
    for row in current:
        _end(row, by, at)
    if current:
        _changed("own_day.present", person, by, at, parts=0)


@transaction.atomic
def remove(row: DayNote, *, by: Person, at: datetime) -> None:
    """Take one note away; a second time changes nothing."""
    found = DayNote.objects.select_for_update().filter(pk=row.pk).first()
    if found is None:
        return
    found.delete()
    _overrule(found, found.starts_at, by, at)
    _changed("own_day.remove", row.person, by, at, parts=0)


@transaction.atomic
def take_over(person: int, parts: Sequence[DayPart], *, at: datetime) -> None:
    """Replace what a calendar said about the time after `at` by these parts, those that are over left out. What it said
    about the time before stays: it decided who could be asked then.

    What people have noted themselves stays, and holds where the two meet; only working at home does not make a meeting
    go away. The trail has nothing of it: nobody decided anything.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person)
    rows = DayNote.objects.filter(person=person)
    wanted = set(_beside(parts, rows.exclude(source=Source.CALENDAR), at))
    there = {
        (row.kind, max(row.starts_at, at), row.ends_at): row.pk
        for row in rows.filter(source=Source.CALENDAR, ends_at__gt=at)
    }
    if wanted == there.keys():
        return
    _end_all(rows.filter(pk__in=[pk for time, pk in there.items() if time not in wanted]), at)
    DayNote.objects.bulk_create(
        DayNote(
            person_id=person, kind=kind, starts_at=start, ends_at=end, noted_at=at, source=Source.CALENDAR, noted_by="",
        )
        for kind, start, end in wanted - there.keys()
    )  # fmt: skip
    availability_changes.announce(at)


@transaction.atomic
def forget_calendars(people: Collection[int], *, at: datetime) -> None:
    """Forget what calendars say of these people's time after `at`; the time before stays as it was."""
    said = DayNote.objects.filter(person__in=people, source=Source.CALENDAR).filter(Q(ends_at=None) | Q(ends_at__gt=at))
    if _end_all(said, at):
        availability_changes.announce(at)


def _end_all(rows: QuerySet[DayNote], at: datetime) -> int:
    """End the notes that have begun before `at`, delete the others, and return how many there were."""
    return rows.filter(starts_at__lt=at).update(ends_at=at) + rows.filter(starts_at__gte=at).delete()[0]


def _beside(
    parts: Iterable[DayPart], noted: Iterable[DayNote], at: datetime
) -> Iterator[tuple[DayKind, datetime, datetime | None]]:
    """Kind, beginning and end of what is left of the parts beside the notes."""
    noted = list(noted)
    for part in parts:
        over = [row for row in noted if row.kind != DayKind.HOME or part.kind is DayKind.HOME]
        coming = RangeSet([part.during]).intersection(RangeSet([TimeRange(at, None)]))
        for piece in coming.difference(RangeSet(TimeRange(row.starts_at, row.ends_at) for row in over)):
            yield part.kind, piece.start or at, piece.end


def of(person: Person) -> QuerySet[DayNote]:
    return DayNote.objects.filter(person=person).order_by("starts_at")


def lasting_after(at: datetime) -> QuerySet[DayNote]:
    """Notes of everybody that are not over."""
    return DayNote.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at))


def known_since(day: date) -> date:
    """The first day of which all absences are known on `day`: those that ended before it have been deleted."""
    return day - timedelta(days=min(time.days for time in plan.times(kinds.named("own_day"), day)))


def windows_of(person: Person, at: datetime) -> list[PromisedWindow]:
    """The lines of signed agreements in force in which this person is named, also through a group."""
    day = day_of(at)
    groups = GroupMember.objects.valid_on(day).filter(person=person).values("group")
    rows = PromisedWindow.objects.in_force(day).filter(Q(people__person=person) | Q(group__in=groups))
    return list(rows.distinct().select_related("agreement__unit", "service"))


def _make_room(person: Person, part: DayPart) -> None:
    """Cut the time of the part out of the person's notes. Working at home leaves the calendar's alone, and what the
    person has overruled of it."""
    rows = of(person)
    if part.kind is DayKind.HOME:
        rows = rows.exclude(source=Source.CALENDAR).exclude(kind=DayKind.PRESENT)
    for row in rows:
        during = TimeRange(row.starts_at, row.ends_at)
        pieces = during.difference(part.during)
        if pieces == (during,):
            continue
        row.delete()
        DayNote.objects.bulk_create(_again(row, piece) for piece in pieces)


def _end(row: DayNote, by: Person, at: datetime) -> None:
    if row.starts_at == at:
        row.delete()
    else:
        DayNote.objects.filter(pk=row.pk).update(ends_at=at)
    _overrule(row, at, by, at)


def _overrule(row: DayNote, start: datetime, by: Person, at: datetime) -> None:
    """Remember that the person has overruled their calendar, which is read again in some minutes."""
    start = max(start, at)
    if row.source != Source.CALENDAR or row.ends_at is None or row.ends_at <= start:
        return
    DayNote.objects.create(
        person_id=row.person_id, kind=DayKind.PRESENT, starts_at=start, ends_at=row.ends_at, noted_at=at,
        noted_by=by.audit_label,
    )  # fmt: skip


def _again(row: DayNote, during: TimeRange) -> DayNote:
    """The same note for another time."""
    return DayNote(
        person_id=row.person_id, kind=row.kind, starts_at=during.start or row.starts_at, ends_at=during.end,
        source=row.source, noted_at=row.noted_at, noted_by=row.noted_by,
    )  # fmt: skip


def _changed(action: str, person: Person, by: Person, at: datetime, *, parts: int) -> None:
    trail.record(by=by, at=at, action=action, target=person, after={"parts": parts} if parts else {})
    availability_changes.announce(at)
