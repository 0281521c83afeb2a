"""People's own days: what somebody notes about when they can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.ranges import RangeSet, TimeRange
from indgang.live import stale
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import DayNote, GroupMember, PromisedWindow

Source = DayNote.Source
#: the part of pages that shows who is available
STALE_PART = "all/availability"


@transaction.atomic
def note(person: Person, parts: Sequence[DayPart], *, by: Person, at: datetime) -> None:
    """Note the parts; they replace whatever was noted of the same time, and the rest of it stays.

    The audit trail says that the day was changed, and by whom, but not why the person is away.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    _make_room(person, [part.during for part in parts])
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
    """End what is noted at this moment: the person is back. Notes of later times stay."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    current = of(person).filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)
    if not current:
        return
    current.filter(starts_at=at).delete()
    current.update(ends_at=at)
    _changed("own_day.present", person, by, at, parts=0)


@transaction.atomic
def remove(row: DayNote, *, by: Person, at: datetime) -> None:
    """Take one note away; a second time changes nothing."""
    if DayNote.objects.filter(pk=row.pk).delete()[0]:
        _changed("own_day.remove", row.person, by, at, parts=0)


@transaction.atomic
def take_over(person: int, busy: RangeSet[TimeRange], *, at: datetime) -> None:
    """Replace what a calendar said about the time after `at` by `busy`. What people have noted themselves stays, and
    holds where the two meet. The trail has nothing of it: nobody decided anything.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person)
    rows = DayNote.objects.filter(person=person)
    read = rows.filter(source=Source.CALENDAR, ends_at__gt=at)
    noted = RangeSet(TimeRange(row.starts_at, row.ends_at) for row in rows.exclude(source=Source.CALENDAR))
    pieces = busy.difference(noted)
    if RangeSet(TimeRange(row.starts_at, row.ends_at) for row in read) == pieces:
        return
    read.delete()
    DayNote.objects.bulk_create(
        DayNote(
            person_id=person, kind=DayKind.BUSY, starts_at=piece.start or at, ends_at=piece.end, noted_at=at,
            source=Source.CALENDAR, noted_by="",
        )
        for piece in pieces
    )  # fmt: skip
    stale.mark(STALE_PART)


def of(person: Person) -> QuerySet[DayNote]:
    return DayNote.objects.filter(person=person).order_by("starts_at")


def lasting_after(at: datetime) -> QuerySet[DayNote]:
    """Notes of everybody that are not over."""
    return DayNote.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at))


def windows_of(person: Person, at: datetime) -> list[PromisedWindow]:
    """The lines of signed agreements in force in which this person is named, also through a group."""
    day = day_of(at)
    groups = GroupMember.objects.valid_on(day).filter(person=person).values("group")
    rows = PromisedWindow.objects.in_force(day).filter(Q(people__person=person) | Q(group__in=groups))
    return list(rows.distinct().select_related("agreement__unit", "service"))


def _make_room(person: Person, times: Iterable[TimeRange]) -> None:
    """Cut the times out of the person's notes."""
    taken = RangeSet(times)
    for row in of(person):
        during = TimeRange(row.starts_at, row.ends_at)
        pieces = RangeSet([during]).difference(taken).ranges
        if pieces == (during,):
            continue
        row.delete()
        DayNote.objects.bulk_create(_again(row, piece) for piece in pieces)


def _again(row: DayNote, during: TimeRange) -> DayNote:
    """The same note for another time."""
    return DayNote(
        person_id=row.person_id, kind=row.kind, starts_at=during.start or row.starts_at, ends_at=during.end,
        source=row.source, noted_at=row.noted_at, noted_by=row.noted_by,
    )  # fmt: skip


def _changed(action: str, person: Person, by: Person, at: datetime, *, parts: int) -> None:
    trail.record(by=by, at=at, action=action, target=person, after={"parts": parts} if parts else {})
    stale.mark(STALE_PART)
