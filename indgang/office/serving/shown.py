"""The queues of a person with their days, and whether calls from them reach the person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from indgang.accounts.access import centres_led
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.entry.models import QueueMembership
from indgang.entry.setup.queues import steps_of
from indgang.entry.team.memberships import asked_after
from indgang.office.last_day import LastDayForm
from indgang.workforce.models import Competence


@dataclass(frozen=True, slots=True)
class MembershipShown:
    """A membership as a page shows it. `reach` says when calls reach the person, or why they do not."""

    membership: QueueMembership
    holds: bool
    is_planned: bool
    #: valid, but the person has no role that takes calls there
    lacks_role: bool
    reach: str
    end_form: LastDayForm | None


def queues_of(person: Person, *, leader: Person, typed: Mapping[QueueMembership, LastDayForm]) -> list[MembershipShown]:
    """All memberships of `person`: first those of today, then planned ones, then past ones."""
    rows = list(QueueMembership.objects.filter(person=person).select_related("person", "queue__centre__owner"))
    return described(rows, leader=leader, typed=typed)


def described(
    rows: Sequence[QueueMembership], *, leader: Person, typed: Mapping[QueueMembership, LastDayForm]
) -> list[MembershipShown]:
    """Memberships of any person and queue as pages show them. Three queries."""
    today = clock.today()
    pks = [row.pk for row in rows]
    serving = set(QueueMembership.objects.serving_on(today).filter(pk__in=pks).values_list("pk", flat=True))
    levels = _levels({row.person_id for row in rows}, today)
    led = set(centres_led(leader).values_list("pk", flat=True))
    shown = [
        MembershipShown(
            membership=row,
            holds=row.valid_on(today),
            is_planned=row.valid_from > today,
            lacks_role=row.valid_on(today) and row.pk not in serving,
            reach=_reach(row, levels[row.person_id]),
            end_form=(typed.get(row) or LastDayForm(row=row)) if row.queue.centre_id in led else None,
        )
        for row in rows
    ]
    return sorted(shown, key=lambda each: (not each.holds, not each.is_planned))


def _levels(people: Collection[int], day: date) -> Mapping[int, Mapping[str, int]]:
    """By person and skill."""
    found: dict[int, dict[str, int]] = {person: {} for person in people}
    rows = Competence.objects.valid_on(day).filter(person__in=people)
    for person, skill, level in rows.values_list("person", "skill__code", "level"):
        found[person][skill] = level
    return found


def _reach(row: QueueMembership, levels: Mapping[str, int]) -> str:
    seconds = asked_after(steps_of(row.queue.steps), levels)
    if seconds is None:
        return _("Får ingen opkald: kompetencerne når ikke køens krav.")
    if seconds:
        return _("Får opkald, der har ventet %(seconds)s sekunder.") % {"seconds": seconds}
    return _("Får opkald med det samme.")
