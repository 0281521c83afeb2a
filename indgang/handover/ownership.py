"""Keeps every open hand-over with somebody who can act: it goes to the list of its unit when those it lies with leave,
are away for long, or are no group any more, and to the unit above when its unit ends.

It runs every minute, and at once for what a change of people, units or groups concerns. Each hand-over is placed in a
transaction of its own; one that somebody else is changing is left to the next minute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model, Q

from indgang.accounts.access import holders
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.audit import trail
from indgang.catalogue.models import Unit
from indgang.core.clock import day_of
from indgang.core.ranges import RangeSet, TimeRange
from indgang.entry.models import Alert
from indgang.entry.team import alerts
from indgang.handover import closed_days, deadlines, owning, promises, recipients, stream, windows
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.faults import Faults
from indgang.handover.models import Handover
from indgang.handover.owning import Lying, OwnerFacts, Placement, UnitFacts
from indgang.workforce import own_day
from indgang.workforce.day_line import DayKind
from indgang.workforce.models import Group, GroupMember, Substitute

_ROUTINE = trail.System("hand-overs")
#: alerts that last as long as a unit, or a centre's side of a hand-over, has nobody
NOBODY = "handover_nobody "
#: numbers that an alert names
_NAMED = 10


def restore(*, at: datetime) -> int:
    """Place what lies with nobody who can act, and raise the alerts about units without anybody. Returns how many were
    placed."""
    rows, facts = list(_open(Q())), facts_at(at)
    held = _lying(rows, at)
    with Faults() as faults:
        placed = {row.pk: row for row in _restore(rows, held, facts, faults, at)}
        rows = [placed.get(row.pk, row) for row in rows]
        _tell_of_nobody(rows, held | _lying(placed.values(), at), facts, at)
    return len(placed)


def follow_people(people: Sequence[Person], by: trail.Actor, at: datetime) -> None:
    """Listener: the rights of these people have changed."""
    _restore_some(Q(person__in=[person.pk for person in people]), at)


def follow_rows(rows: Sequence[Model], by: trail.Actor, at: datetime) -> None:
    """Listener: units, groups or their members have changed."""
    units = [row.pk for row in rows if isinstance(row, Unit)]
    groups = [row.pk for row in rows if isinstance(row, Group)]
    groups += [row.group_id for row in rows if isinstance(row, GroupMember)]
    if units or groups:
        _restore_some(Q(unit__in=units) | Q(group__in=groups), at)


def _restore_some(which: Q, at: datetime) -> None:
    rows = list(_open(which))
    if rows:
        with Faults() as faults:
            _restore(rows, _lying(rows, at), facts_at(at), faults, at)


def _restore(
    rows: Sequence[Handover], held: Mapping[UUID, Lying], facts: OwnerFacts, faults: Faults, at: datetime
) -> list[Handover]:
    """Those that were placed, as they are now."""
    due = deadlines.of(rows)
    placed: list[Handover] = []
    for row in rows:
        if owning.replacement(held[row.pk], facts, at, due[row.pk].at) is not None:
            with faults.of(row):
                placed += _place(row, facts, at)
    _tell_of_moved(placed, at)
    return placed


def _tell_of_moved(rows: Iterable[Handover], at: datetime) -> None:
    moved: dict[tuple[int | None, int], list[Handover]] = defaultdict(list)
    for row in rows:
        moved[row.centre_id, row.unit_id].append(row)
    for placed in moved.values():
        alerts.note("handover_moved", _moved_text(placed), at=at, centre=placed[0].centre)


def _open(which: Q) -> Iterable[Handover]:
    rows = Handover.objects.unsettled().filter(which).with_names()
    return rows.select_related("centre__schedule", "centre__owner", "centre__operator").order_by("pk")


@transaction.atomic
def _place(row: Handover, facts: OwnerFacts, at: datetime) -> list[Handover]:
    """Place the row as it is now; nothing when it has been acted on meanwhile, or is just now."""
    locked = stream.locked_if_free(row)
    if locked is None or not locked.is_open:
        return []
    held = _lying([locked], at)[locked.pk]
    found = owning.replacement(held, facts, at, deadlines.of_one(locked).at)
    if found is None:
        return []
    before = _data(locked.unit_id, locked.group_id, locked.person_id)
    if locked.state == Handover.State.RETURNED or locked.unit_id != found.unit:
        deadlines.begin_again(locked, at)
    _put(locked, found)
    promises.follow(locked)
    after = {"unit": locked.unit.code, "group": found.group, "recipient": found.person, "why": found.why.value}
    stream.append(locked, HandoverKind.PLACED, by=None, at=at, **after)
    trail.record(by=_ROUTINE, at=at, action="handover.place", target=locked, before=before, after=after)
    return [locked]


def _put(handover: Handover, found: Placement) -> None:
    if found.person is None or found.person != handover.person_id:
        handover.state = Handover.State.WAITING
    handover.unit = Unit.objects.get(pk=found.unit)
    handover.group_id, handover.person_id = found.group, found.person


def _data(unit: int, group: int | None, person: int | None) -> dict[str, object]:
    return {"unit": unit, "group": group, "recipient": person}


def _moved_text(placed: Sequence[Handover]) -> str:
    numbers = ", ".join(str(row.number) for row in placed[:_NAMED]) + ("…" if len(placed) > _NAMED else "")
    return f"{placed[0].unit.name}: {numbers}"


def _lying(handovers: Iterable[Handover], at: datetime) -> dict[UUID, Lying]:
    rows = list(handovers)
    in_windows, away_then = windows.people_of(rows, at), closed_days.without_person(rows, at=at)
    return {row.pk: _held(row, in_windows[row.pk], day_of(at), is_away_then=row.pk in away_then) for row in rows}


def _held(row: Handover, in_windows: frozenset[int], on: date, *, is_away_then: bool) -> Lying:
    state = row.state
    return Lying(
        row.unit_id, row.group_id, row.person_id, in_windows, is_accepted=state == Handover.State.ACCEPTED,
        is_back=state == Handover.State.RETURNED, senders=[unit.pk for unit in recipients.sides(row, on)],
        is_direct=row.centre_id is None, is_away_then=is_away_then,
    )  # fmt: skip


def without_anybody(rows: Iterable[Handover], *, at: datetime) -> set[UUID]:
    """Those of the open hand-overs on which nobody can act where they lie."""
    facts = facts_at(at)
    return {pk for pk, held in _lying(rows, at).items() if facts.has_nobody(held)}


@transaction.atomic
def _tell_of_nobody(rows: Iterable[Handover], held: Mapping[UUID, Lying], facts: OwnerFacts, at: datetime) -> None:
    """One alert for each centre and unit without anybody, as long as there are open hand-overs between them."""
    alone = [row for row in rows if facts.has_nobody(held[row.pk])]
    lasting = {f"{NOBODY}{row.unit_id} {row.centre_id or ''}": row for row in alone}
    for code, row in lasting.items():
        alerts.begin(code, row.unit.name, at=at, centre=row.centre)
    for code in Alert.objects.filter(code__startswith=NOBODY, over_at=None).values_list("code", flat=True):
        if code not in lasting:
            alerts.end(code, at=at)


# --- Facts -------------------------------------------------------------------------------------


def facts_at(at: datetime) -> OwnerFacts:
    """The facts at a moment, in a few queries."""
    day = day_of(at)
    leaders = holders(P.LEAD_TEAM, day)
    units = Unit.objects.values_list("pk", "path", "valid_from", "valid_to")
    substitutes = Substitute.objects.valid_on(day).values_list("person", "substitute")
    return OwnerFacts(
        units={pk: UnitFacts(path, starts <= day and (ends is None or day < ends)) for pk, path, starts, ends in units},
        takers=holders(P.TAKE_HANDOVERS, day),
        centre_people=_joined(holders(P.TAKE_CALLS, day), leaders),
        members=_members(at),
        leaders=leaders,
        away_until=_away_until(at),
        substitutes=dict(substitutes),
    )


def _joined(*several: Mapping[int, frozenset[str]]) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for each in several:
        for person, paths in each.items():
            found[person] = found.get(person, frozenset()) | paths
    return found


def _members(at: datetime) -> dict[int, frozenset[int]]:
    day = day_of(at)
    groups = Group.objects.valid_on(day).values("pk")
    rows = GroupMember.objects.valid_on(day).filter(person__is_active=True, group__in=groups)
    found: dict[int, set[int]] = defaultdict(set)
    for group, person in rows.values_list("group", "person"):
        found[group].add(person)
    return {group: frozenset(people) for group, people in found.items()}


def _away_until(at: datetime) -> dict[int, datetime | None]:
    """Until when the people are away who are away at the moment, over absences that follow each other."""
    notes: dict[int, list[TimeRange]] = defaultdict(list)
    away = own_day.lasting_after(at).exclude(kind__in=[kind for kind in DayKind if kind.can_be_asked])
    for person, starts, ends in away.values_list("person", "starts_at", "ends_at"):
        notes[person].append(TimeRange(starts, ends))
    found: dict[int, datetime | None] = {}
    for person, spans in notes.items():
        current = next((span for span in RangeSet(spans) if at in span), None)
        if current is not None:
            found[person] = current.end
    return found
