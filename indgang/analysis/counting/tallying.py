"""Enquiries are counted one tap at a time. Taps may arrive late: a telephone may have been offline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis.counting.models import (
    LONGEST_MINUTES,
    CountedEnquiry,
    CountedPurpose,
    CountingPerson,
    CountingWeek,
)
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange

#: a telephone's clock may be so much ahead
_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CountedTap:
    """One enquiry as it was counted: when and what. `purpose` is the key of a button of the week."""

    key: UUID
    at: datetime
    purpose: int
    channel: str = ""
    character: str = ""
    minutes: int | None = None
    is_resolved: bool | None = None
    should_be_digital: bool | None = None


class NotCounted(StrEnum):
    """Why a tap does not count; AHEAD is over when the day has come as far as the telephone's clock."""

    NO_SUCH_PURPOSE = "no_such_purpose"
    OUTSIDE_WEEK = "outside_week"
    AHEAD = "ahead"
    CLOSED = "closed"
    MINUTES = "minutes"


@transaction.atomic
def count(week: CountingWeek, taps: Sequence[CountedTap], *, by: Person, at: datetime) -> dict[UUID, NotCounted]:
    """Count what was not counted before; what came twice counts once. Returns why others do not count.

    Each row says who counted and when, so the trail has no line of its own. Raises RefusedChange for somebody who does
    not count in this week.
    """
    locked = CountingWeek.objects.select_for_update().get(pk=week.pk)
    own = locked.people.filter(person=by).select_related("person").first()
    if own is None:
        raise RefusedChange({"": _("Du er ikke sat til at tælle i denne uge.")})
    purposes = {each.pk: each for each in locked.purposes.all()}
    refused = {tap.key: why for tap in taps if (why := _refusal(locked, purposes, tap, at))}
    rows = [_row(locked, purposes[tap.purpose], tap, own) for tap in taps if tap.key not in refused]
    CountedEnquiry.objects.bulk_create(rows, ignore_conflicts=True)
    return refused


@transaction.atomic
def withdraw(week: CountingWeek, key: UUID, *, by: Person, at: datetime) -> bool:
    """Take back what the same person counted by mistake. Returns whether it was there. Raises RefusedChange when the
    week is closed."""
    locked = CountingWeek.objects.select_for_update().get(pk=week.pk)
    row = locked.enquiries.filter(key=key, counted_by=by).select_related("purpose").first()
    if row is None:
        return False
    if locked.closed_at is not None:
        raise RefusedChange({"": _("Tælleugen er lukket.")})
    before = {"purpose": row.purpose.name, "day": row.day.isoformat()}
    trail.record(by=by, at=at, action="countedenquiry.remove", target=locked, before=before)
    row.delete()
    return True


def counted_today(week: CountingWeek, person: Person, today: date) -> Counter[int]:
    """By purpose, what the person has counted today."""
    return Counter(week.enquiries.filter(counted_by=person, day=today).values_list("purpose__pk", flat=True))


def _refusal(
    week: CountingWeek, purposes: dict[int, CountedPurpose], tap: CountedTap, at: datetime
) -> NotCounted | None:
    if tap.purpose not in purposes:
        return NotCounted.NO_SUCH_PURPOSE
    if tap.at > at + _AHEAD:
        return NotCounted.AHEAD
    if not week.starts_on <= day_of(tap.at) <= week.ends_on:
        return NotCounted.OUTSIDE_WEEK
    if week.closed_at is not None and tap.at > week.closed_at:
        return NotCounted.CLOSED
    if tap.minutes is not None and not 0 <= tap.minutes <= LONGEST_MINUTES:
        return NotCounted.MINUTES
    return None


def _row(week: CountingWeek, purpose: CountedPurpose, tap: CountedTap, own: CountingPerson) -> CountedEnquiry:
    marks = week.asked(
        channel=tap.channel, character=tap.character, minutes=tap.minutes, is_resolved=tap.is_resolved,
        should_be_digital=tap.should_be_digital,
    )  # fmt: skip
    return CountedEnquiry(
        week=week, key=tap.key, day=day_of(tap.at), purpose=purpose, counted_by=own.person, counted_at=tap.at,
        is_first_level=own.is_first_level, **marks,
    )  # fmt: skip
