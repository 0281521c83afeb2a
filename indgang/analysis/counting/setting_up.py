"""A counting week is planned: which purposes, which marks, who counts; and closed when all is in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis.counting.models import (
    LONGEST_DAYS,
    CountedEnquiry,
    CountedPurpose,
    CountingPerson,
    CountingWeek,
)
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre, LocalPurpose, Purpose
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange

#: buttons that a telephone can show
MOST_PURPOSES = 40


@transaction.atomic
def plan(values: Mapping[str, Any], *, by: Person, at: datetime) -> CountingWeek:
    """A new week, with the service's own purposes, or else the nine. Raises RefusedChange, by field."""
    week = changes.save(CountingWeek(created_by=by, created_at=at), _checked(values), by=by, at=at)
    for order, (name, purpose, topic) in enumerate(_usual_purposes(week, at)):
        CountedPurpose.objects.create(week=week, name=name, purpose=purpose, topic=topic, order=order)
    return week


@transaction.atomic
def change(week: CountingWeek, values: Mapping[str, Any], *, by: Person, at: datetime) -> CountingWeek:
    """Raises RefusedChange, by field: a closed week stays, and no day that was counted on may fall out."""
    locked = opened(week)
    checked = _checked(values)
    days = locked.enquiries.exclude(day__range=(checked["starts_on"], checked["ends_on"]))
    if days.exists():
        raise RefusedChange({"starts_on": _("Der er talt på dage, som så falder uden for ugen.")})
    return changes.save(locked, checked, by=by, at=at)


@transaction.atomic
def add_purpose(
    week: CountingWeek, *, name: str, purpose: Purpose | None, topic: str = "", by: Person, at: datetime
) -> CountedPurpose:  # fmt: skip
    """Raises RefusedChange when it is there already, and when there are as many as a telephone can show."""
    locked = opened(week)
    if locked.purposes.count() >= MOST_PURPOSES:
        raise RefusedChange({"name": _("Der kan højst være %(most)s ærinder.") % {"most": MOST_PURPOSES}})
    if locked.purposes.filter(name__iexact=name).exists():
        raise RefusedChange({"name": _("Ærindet er der allerede.")})
    last = locked.purposes.aggregate(last=Max("order"))["last"]
    order = max(locked.numbers_given, 0 if last is None else last + 1)
    values = {"week": locked, "name": name, "purpose": purpose, "topic": topic, "order": order}
    return changes.save(CountedPurpose(), values, by=by, at=at)


@transaction.atomic
def map_purpose(
    row: CountedPurpose, *, purpose: Purpose | None, topic: str, by: Person, at: datetime
) -> CountedPurpose:
    """Say which cross-cutting purpose a wording belongs to, and whether it is case processing (`CaseTopic`; "" where
    nobody has said it); also after the week is closed."""
    return changes.save(row, {"purpose": purpose, "topic": topic}, by=by, at=at)


@transaction.atomic
def remove_purpose(row: CountedPurpose, *, by: Person, at: datetime) -> None:
    """Raises RefusedChange when it has been counted. Its number is not given again: it may stand on printed sheets."""
    week = opened(row.week)
    if row.enquiries.exists():
        raise RefusedChange({"": _("“%(name)s” er talt, så det kan ikke fjernes.") % {"name": row.name}})
    trail.record(by=by, at=at, action="countedpurpose.remove", target=row, before={"name": row.name})
    week.numbers_given = max(week.numbers_given, row.number)
    week.save(update_fields=["numbers_given"])
    row.delete()


@transaction.atomic
def add_person(
    week: CountingWeek, *, person: Person, is_first_level: bool | None = None, by: Person, at: datetime
) -> CountingPerson:  # fmt: skip
    """Without a level, that of the unit. Raises RefusedChange for somebody who counts already."""
    locked = opened(week)
    if locked.people.filter(person=person).exists():
        raise RefusedChange({"person": _("%(name)s tæller allerede.") % {"name": person.name}})
    values = {"week": locked, "person": person, "is_first_level": is_first_level}
    return changes.save(CountingPerson(), values, by=by, at=at)


@transaction.atomic
def set_level(row: CountingPerson, *, is_first_level: bool, by: Person, at: datetime) -> CountingPerson:
    """Whether the person counts in a main entry: also what they have counted, and after the week is closed. Raises
    RefusedChange for somebody who counts no longer."""
    week = CountingWeek.objects.select_for_update().get(pk=row.week_id)
    locked = week.people.filter(pk=row.pk).first()
    if locked is None:
        said = _("%(name)s er ikke sat til at tælle i denne uge.") % {"name": row.person.name}
        raise RefusedChange({"person": said})
    counted = week.enquiries.filter(counted_by=row.person_id).exclude(is_first_level=is_first_level)
    before, moved = locked.is_first_level, counted.update(is_first_level=is_first_level)
    # who was removed and added again may have counted on the other level
    if moved or before != is_first_level:
        locked.is_first_level = is_first_level
        locked.save(update_fields=["is_first_level"])
        after = {"is_first_level": is_first_level, "enquiries": moved}
        changes.record_change(
            "countingperson.change", locked, by=by, at=at, before={"is_first_level": before}, after=after
        )
    return locked


@transaction.atomic
def remove_person(row: CountingPerson, *, by: Person, at: datetime) -> None:
    """What they have counted stays."""
    opened(row.week)
    trail.record(by=by, at=at, action="countingperson.remove", target=row, before={"person": str(row.person)})
    row.delete()


@transaction.atomic
def close(week: CountingWeek, *, by: Person, at: datetime) -> CountingWeek:
    """Nothing more is counted. Raises RefusedChange before the last day is over, and when nothing was counted."""
    locked = opened(week)
    if day_of(at) <= locked.ends_on:
        raise RefusedChange({"": _("Ugen kan lukkes, når den sidste dag er gået.")})
    if not CountedEnquiry.objects.filter(week=locked).exists():
        raise RefusedChange({"": _("Der er ikke talt noget.")})
    return changes.save(locked, {"closed_at": at}, by=by, at=at)


@transaction.atomic
def reopen(week: CountingWeek, *, by: Person, at: datetime) -> CountingWeek:
    """A sheet came late."""
    locked = CountingWeek.objects.select_for_update().get(pk=week.pk)
    return changes.save(locked, {"closed_at": None}, by=by, at=at)


def is_main_entry(week: CountingWeek) -> bool:
    """Whether the unit operates a contact centre, so that enquiries meet a main entry first unless their person's level
    says otherwise."""
    return ContactCentre.objects.filter(operator=week.unit_id).exists()


def opened(week: CountingWeek) -> CountingWeek:
    """The week, locked. Raises RefusedChange when it is closed."""
    locked = CountingWeek.objects.select_for_update().get(pk=week.pk)
    if locked.closed_at is not None:
        raise RefusedChange({"": _("Tælleugen er lukket.")})
    return locked


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    starts, ends = values["starts_on"], values["ends_on"]
    if ends < starts:
        raise RefusedChange({"ends_on": _("Den sidste dag ligger før den første.")})
    if (ends - starts).days >= LONGEST_DAYS:
        raise RefusedChange({"ends_on": _("Højst %(most)s dage.") % {"most": LONGEST_DAYS}})
    return dict(values)


def _usual_purposes(week: CountingWeek, at: datetime) -> list[tuple[str, Purpose, str]]:
    """Name, cross-cutting purpose and topic of each."""
    today = day_of(at)
    if week.service_id:
        own = LocalPurpose.objects.valid_on(today).filter(service=week.service_id).select_related("purpose")
        named = {each.name: (each.name, each.purpose, each.topic) for each in own}
        if named:
            return [*named.values()][:MOST_PURPOSES]
    return [(each.name, each, "") for each in Purpose.objects.valid_on(today)]
