"""Who has which skill at which level, and in which period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.workforce.models import Competence, Skill

#: rows in a statement
_BATCH = 1000


@transaction.atomic
def set_level(
    person: Person,
    skill: Skill,
    level: int,
    *,
    day: date,
    until: date | None,
    by: trail.Actor,
    at: datetime,
    why: str = "",
) -> None:
    """Set the level of `skill` for `person` (0: none) from `day` until (not including) `until`; None: until further
    notice.

    Earlier levels stay as they are before `day`, and planned levels stay as they are from `until` on. Raises ValueError
    for a level outside 0 to 5 or an empty period.
    """
    if not 0 <= level <= 5:
        raise ValueError(f"level must be 0 to 5, not {level}")
    if until is not None and until <= day:
        raise ValueError("until must be after day")
    Person.objects.select_for_update().get(pk=person.pk)
    rows = Competence.objects.select_for_update().filter(person=person, skill=skill)
    before = next((row.level for row in rows if row.valid_on(day)), 0)
    for row in rows:
        _make_room(row, day, until)
    if level:
        Competence.objects.create(person=person, skill=skill, level=level, valid_from=day, valid_to=until)
    trail.record(
        by=by, at=at, why=why, action="competence.change", target=person,
        before={skill.code: before}, after={skill.code: level, "from": str(day), "until": str(until or "")},
    )  # fmt: skip


@transaction.atomic
def set_levels(
    wanted: Sequence[tuple[Person, Skill, int]], *, day: date, by: trail.Actor, at: datetime, why: str
) -> None:
    """Set many levels (1 to 5) from `day` until further notice. Skills that somebody has never had are written in a few
    statements, the others one by one, because they change earlier rows."""
    people = [person.pk for person, _skill, _level in wanted]
    list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    has = set(Competence.objects.filter(person__in=people).values_list("person", "skill"))
    fresh = [(person, skill, level) for person, skill, level in wanted if (person.pk, skill.pk) not in has]
    for person, skill, level in wanted:
        if (person.pk, skill.pk) in has:
            set_level(person, skill, level, day=day, until=None, by=by, at=at, why=why)
    Competence.objects.bulk_create(
        (Competence(person=person, skill=skill, level=level, valid_from=day) for person, skill, level in fresh),
        batch_size=_BATCH,
    )
    trail.record_all(
        [
            ("competence.change", person, {skill.code: 0}, {skill.code: level, "from": str(day), "until": ""})
            for person, skill, level in fresh
        ],
        by=by,
        at=at,
        why=why,
    )


def _make_room(row: Competence, day: date, until: date | None) -> None:
    """Remove the days from `day` until `until` from the row; a row that extends beyond both becomes two."""
    if (until is not None and row.valid_from >= until) or (row.valid_to is not None and row.valid_to <= day):
        return
    ends = row.valid_to
    if row.valid_from < day:
        row.valid_to = day
        row.save(update_fields=["valid_to"])
    else:
        row.delete()
    if until is not None and (ends is None or ends > until):
        Competence.objects.create(
            person_id=row.person_id, skill_id=row.skill_id, level=row.level, valid_from=until, valid_to=ends
        )
